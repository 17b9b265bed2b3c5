// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.inventory.apply.Held;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunFilter;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.RunsApi;
import org.etmconnect.server.rest.model.HeldClosuresDto;
import org.etmconnect.server.rest.model.HeldDto;
import org.etmconnect.server.rest.model.HeldHostDto;
import org.etmconnect.server.rest.model.HeldVulnerabilityDto;
import org.etmconnect.server.rest.model.LogLineDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.RunLogDto;
import org.etmconnect.server.rest.model.RunPageDto;
import org.etmconnect.server.rest.model.RunStateDto;
import org.etmconnect.server.security.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
class RunRoutes implements RunsApi {

    private final Runs runs;
    private final RunStore store;
    private final ConfigurationStore configuration;
    private final RunEvents events;
    private final HeldClosures heldClosures;
    private final Actor actor;

    RunRoutes(
            Runs runs,
            RunStore store,
            ConfigurationStore configuration,
            RunEvents events,
            HeldClosures heldClosures,
            Actor actor) {
        this.runs = runs;
        this.store = store;
        this.configuration = configuration;
        this.events = events;
        this.heldClosures = heldClosures;
        this.actor = actor;
    }

    @Override
    public ResponseEntity<RunPageDto> listRuns(
            @Nullable Integer connectionId,
            @Nullable Integer profileId,
            @Nullable List<RunStateDto> state,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String cursor,
            Integer limit) {
        if (connectionId != null && configuration.connection(connectionId).isEmpty()) {
            throw ApiProblem.notFound("connection " + connectionId, "GET /api/v1/connections lists those there are.");
        }
        RunFilter filter = new RunFilter(
                Optional.ofNullable(connectionId),
                Optional.ofNullable(profileId),
                Optional.ofNullable(state).stream()
                        .flatMap(List::stream)
                        .map(each -> RunState.valueOf(each.name()))
                        .collect(Collectors.toSet()),
                Optional.ofNullable(from),
                Optional.ofNullable(to));
        List<Run> found = store.list(filter, RunCursor.of(cursor), limit + 1);
        List<Run> page = found.subList(0, Math.min(limit, found.size()));
        RunPageDto document = new RunPageDto(runs.documents(page));
        if (found.size() > limit) {
            document.setNextCursor(Integer.toString(page.getLast().id()));
        }
        return ResponseEntity.ok(document);
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
        return ResponseEntity.ok(new RunLogDto(
                store.log(runId, after).stream().map(RunRoutes::document).toList()));
    }

    @Override
    public ResponseEntity<String> downloadRunLog(Integer runId) {
        runs.find(runId);
        StringBuilder text = new StringBuilder();
        store.log(runId)
                .forEach(line -> text.append(line.at().truncatedTo(ChronoUnit.MILLIS))
                        .append("  ")
                        .append(line.level())
                        .repeat(' ', 9 - line.level().name().length())
                        // what a vendor sent must not look like lines of ours
                        .append(line.message().replaceAll("\\R", " "))
                        .append('\n'));
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("run-" + runId + ".log")
                                .build()
                                .toString())
                .body(text.toString());
    }

    @Override
    public ResponseEntity<SseEmitter> followRun(Integer runId, @Nullable String lastEventID) {
        runs.find(runId);
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // a proxy that collects answers would keep the events back
                .header("X-Accel-Buffering", "no")
                .body(events.follow(runId, lastSeen(lastEventID)));
    }

    private static int lastSeen(@Nullable String lastEventId) {
        return lastEventId != null && lastEventId.matches("\\d{1,9}") ? Integer.parseInt(lastEventId) : 0;
    }

    static LogLineDto document(LogLine line) {
        return new LogLineDto(
                line.line(),
                line.at(),
                LogLineDto.LevelEnum.valueOf(line.level().name()),
                line.message());
    }

    @Override
    public ResponseEntity<HeldClosuresDto> getHeldClosures(Integer runId, Integer limit, Integer offset) {
        Held held = Optional.ofNullable(
                        heldClosures.of(List.of(runs.find(runId).id())).get(runId))
                .orElseThrow(() -> heldNothing(runId));
        return ResponseEntity.ok(new HeldClosuresDto(
                Runs.document(held),
                heldClosures.hosts(runId, limit, offset).stream()
                        .map(host -> {
                            HeldHostDto document =
                                    new HeldHostDto(host.assetId(), host.nativeKey(), host.retired(), host.findings());
                            host.name().ifPresent(document::setName);
                            return document;
                        })
                        .toList(),
                heldClosures.vulnerabilities(runId, limit, offset).stream()
                        .map(vulnerability -> {
                            HeldVulnerabilityDto document =
                                    new HeldVulnerabilityDto(vulnerability.externalFindingId(), vulnerability.hosts());
                            vulnerability.cve().ifPresent(document::setCve);
                            vulnerability.severity().ifPresent(document::setSeverity);
                            return document;
                        })
                        .toList()));
    }

    @Override
    public ResponseEntity<HeldDto> confirmHeldClosures(Integer runId) {
        return ResponseEntity.ok(
                decided(runId, heldClosures.confirm(runs.find(runId).id(), actor.name()), "confirmed"));
    }

    @Override
    public ResponseEntity<HeldDto> rejectHeldClosures(Integer runId) {
        return ResponseEntity.ok(
                decided(runId, heldClosures.reject(runs.find(runId).id(), actor.name()), "rejected"));
    }

    private HeldDto decided(int runId, HeldClosures.Outcome outcome, String how) {
        return switch (outcome) {
            case HeldClosures.Outcome.Done(Held held) -> {
                store.log(runId, LogLine.Level.INFO, actor.name() + " " + how + " what was held.");
                yield Runs.document(held);
            }
            case HeldClosures.Outcome.Missing() -> throw heldNothing(runId);
            case HeldClosures.Outcome.Decided(Held held) ->
                throw ApiProblem.conflict(
                        "There is nothing to decide any more",
                        held.state() == Held.State.SUPERSEDED
                                ? "A later run of the connection looked again; see what that one held."
                                : held.decidedBy().orElse("Somebody") + " decided it: " + held.state() + ".");
        };
    }

    private static ApiProblem heldNothing(int runId) {
        return ApiProblem.notFound(
                "closure that run " + runId + " held", "GET /api/v1/runs/" + runId + " says what it did.");
    }
}
