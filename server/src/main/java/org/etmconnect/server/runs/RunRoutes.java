// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Quarantined;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.RunsApi;
import org.etmconnect.server.rest.model.LogLineDto;
import org.etmconnect.server.rest.model.QuarantineListDto;
import org.etmconnect.server.rest.model.QuarantinedDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.RunLogDto;
import org.etmconnect.server.rest.model.RunPageDto;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class RunRoutes implements RunsApi {

    private final Runs runs;
    private final RunStore store;
    private final ConfigurationStore configuration;

    RunRoutes(Runs runs, RunStore store, ConfigurationStore configuration) {
        this.runs = runs;
        this.store = store;
        this.configuration = configuration;
    }

    @Override
    public ResponseEntity<RunPageDto> listRuns(Integer connectionId, @Nullable String cursor, Integer limit) {
        if (configuration.connection(connectionId).isEmpty()) {
            throw ApiProblem.notFound("connection " + connectionId, "GET /api/v1/connections lists those there are.");
        }
        List<Run> found = store.list(connectionId, Optional.ofNullable(cursor).map(RunRoutes::before), limit + 1);
        List<Run> page = found.subList(0, Math.min(limit, found.size()));
        RunPageDto document = new RunPageDto(page.stream().map(runs::document).toList());
        if (found.size() > limit) {
            document.setNextCursor(Integer.toString(page.getLast().id()));
        }
        return ResponseEntity.ok(document);
    }

    private static int before(String cursor) {
        try {
            return Integer.parseInt(cursor);
        } catch (NumberFormatException foreign) {
            throw ApiProblem.badRequest(
                    "The cursor cannot be read",
                    "Pass nextCursor of the page before, unchanged; leave it out for the first.");
        }
    }

    @Override
    public ResponseEntity<RunDto> getRun(Integer runId) {
        return ResponseEntity.ok(runs.document(runs.find(runId)));
    }

    @Override
    public ResponseEntity<RunDto> cancelRun(Integer runId) {
        return ResponseEntity.accepted().body(runs.cancel(runId));
    }

    @Override
    public ResponseEntity<RunLogDto> getRunLog(Integer runId, Integer after) {
        runs.find(runId);
        return ResponseEntity.ok(new RunLogDto(store.log(runId).stream()
                .filter(line -> line.line() > after)
                .map(RunRoutes::document)
                .toList()));
    }

    private static LogLineDto document(LogLine line) {
        return new LogLineDto(
                line.line(),
                line.at(),
                LogLineDto.LevelEnum.valueOf(line.level().name()),
                line.message());
    }

    @Override
    public ResponseEntity<QuarantineListDto> listQuarantine(Integer runId, Integer limit) {
        runs.find(runId);
        return ResponseEntity.ok(new QuarantineListDto(store.quarantined(runId, limit).stream()
                .map(RunRoutes::document)
                .toList()));
    }

    private static QuarantinedDto document(Quarantined thing) {
        QuarantinedDto document = new QuarantinedDto(
                QuarantinedDto.StageEnum.valueOf(thing.stage().name()),
                thing.stream(),
                thing.page(),
                thing.row(),
                thing.reason(),
                thing.sourceText());
        thing.nativeKey().ifPresent(document::setNativeKey);
        thing.findingKey().ifPresent(document::setFindingKey);
        return document;
    }
}
