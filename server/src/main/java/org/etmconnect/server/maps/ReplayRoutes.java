// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.net.URI;
import java.util.Optional;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ReplaysApi;
import org.etmconnect.server.rest.model.ReplayRequestDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.runs.Runs;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ReplayRoutes implements ReplaysApi {

    private final ConfigurationStore configuration;
    private final Connectors connectors;
    private final ChosenMap chosen;
    private final Runs runs;

    ReplayRoutes(ConfigurationStore configuration, Connectors connectors, ChosenMap chosen, Runs runs) {
        this.configuration = configuration;
        this.connectors = connectors;
        this.chosen = chosen;
        this.runs = runs;
    }

    @Override
    public ResponseEntity<RunDto> startReplay(Integer profileId, @Nullable ReplayRequestDto request) {
        Profile profile = configuration
                .profile(profileId)
                .orElseThrow(() ->
                        ApiProblem.notFound("profile " + profileId, "GET /api/v1/profiles lists those there are."));
        if (!profile.active()) {
            throw ApiProblem.conflict("Profile \"" + profile.name() + "\" is Inactive", "Set it Active first.");
        }
        SavedConnection connection = connectors.connection(profile.connectionId());
        Optional<ReplayRequestDto> asked = Optional.ofNullable(request);
        String name = asked.map(ReplayRequestDto::getMap).orElse(profile.transformMap());
        Optional<Integer> version = asked.map(ReplayRequestDto::getVersion);
        connectors.of(
                connection, chosen.choose(null, name, version.orElse(null)).map());
        RunDto run = runs.replay(profile, name, version)
                .orElseThrow(() -> ApiProblem.conflict(
                        "Connection \"" + connection.name() + "\" has no sealed snapshot that is kept",
                        "Run the profile first; only what was fetched whole can be replayed."));
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/runs/" + run.getId()))
                .body(run);
    }
}
