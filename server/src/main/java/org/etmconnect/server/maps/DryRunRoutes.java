// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.net.URI;
import org.etmconnect.connector.Connector;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.DryRunsApi;
import org.etmconnect.server.rest.model.DryRunDto;
import org.etmconnect.server.rest.model.DryRunListDto;
import org.etmconnect.server.rest.model.DryRunRequestDto;
import org.etmconnect.server.security.Actor;
import org.etmconnect.sync.DryRun;
import org.etmconnect.sync.DryRuns;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DryRunRoutes implements DryRunsApi {

    private final DryRuns dryRuns;
    private final ChosenMap chosen;
    private final Connectors connectors;
    private final Actor actor;

    DryRunRoutes(DryRuns dryRuns, ChosenMap chosen, Connectors connectors, Actor actor) {
        this.dryRuns = dryRuns;
        this.chosen = chosen;
        this.connectors = connectors;
        this.actor = actor;
    }

    @Override
    public ResponseEntity<DryRunListDto> listDryRuns() {
        return ResponseEntity.ok(new DryRunListDto(dryRuns.all().stream()
                .map(dryRun -> DryRunDocuments.document(dryRun, false))
                .toList()));
    }

    @Override
    public ResponseEntity<DryRunDto> startDryRun(DryRunRequestDto request) {
        SavedConnection connection = connectors.connection(request.getConnectionId());
        ChosenMap.Usable map = chosen.choose(request.getYaml(), request.getMap(), request.getVersion());
        Connector connector = connectors.of(connection, map.map());
        return switch (dryRuns.start(connection, connector, map.map(), map.version(), actor.name())) {
            case DryRuns.Start.Accepted(DryRun dryRun) ->
                ResponseEntity.accepted()
                        .location(URI.create("/api/v1/dry-runs/" + dryRun.id()))
                        .body(DryRunDocuments.document(dryRun, false));
            case DryRuns.Start.NoSnapshot() -> throw MapTrialRoutes.noSnapshot(connection);
            case DryRuns.Start.Busy(int waiting) ->
                throw ApiProblem.conflict(
                        waiting + " dry runs wait already",
                        "Wait for them, or cancel one: POST /api/v1/dry-runs/{id}/cancel.");
        };
    }

    @Override
    public ResponseEntity<DryRunDto> getDryRun(Integer dryRunId) {
        return ResponseEntity.ok(DryRunDocuments.document(find(dryRunId), true));
    }

    @Override
    public ResponseEntity<DryRunDto> cancelDryRun(Integer dryRunId) {
        find(dryRunId);
        if (!dryRuns.cancel(dryRunId)) {
            throw ApiProblem.conflict("Dry run " + dryRunId + " has ended already", "There is nothing to cancel.");
        }
        return ResponseEntity.accepted().body(DryRunDocuments.document(find(dryRunId), false));
    }

    private DryRun find(int id) {
        return dryRuns.find(id)
                .orElseThrow(() -> ApiProblem.notFound(
                        "dry run " + id,
                        "A server remembers its own for some hours; GET /api/v1/dry-runs lists them."));
    }
}
