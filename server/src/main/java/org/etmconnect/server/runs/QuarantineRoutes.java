// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.quarantine.KeptThing;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.quarantine.Quarantined;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.QuarantineApi;
import org.etmconnect.server.rest.model.QuarantineChangeDto;
import org.etmconnect.server.rest.model.QuarantineChoiceDto;
import org.etmconnect.server.rest.model.QuarantineDismissalDto;
import org.etmconnect.server.rest.model.QuarantineListDto;
import org.etmconnect.server.rest.model.QuarantineStateDto;
import org.etmconnect.server.rest.model.QuarantinedDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.security.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuarantineRoutes implements QuarantineApi {

    private final Runs runs;
    private final RunStore log;
    private final QuarantineStore store;
    private final ConfigurationStore configuration;
    private final Actor actor;

    QuarantineRoutes(Runs runs, RunStore log, QuarantineStore store, ConfigurationStore configuration, Actor actor) {
        this.runs = runs;
        this.log = log;
        this.store = store;
        this.configuration = configuration;
        this.actor = actor;
    }

    @Override
    public ResponseEntity<QuarantineListDto> listQuarantine(
            Integer runId, @Nullable List<QuarantineStateDto> state, @Nullable String cursor, Integer limit) {
        runs.find(runId);
        Set<KeptThing.State> states = state == null || state.isEmpty()
                ? EnumSet.allOf(KeptThing.State.class)
                : state.stream()
                        .map(each -> KeptThing.State.valueOf(each.name()))
                        .collect(Collectors.toSet());
        List<KeptThing> found = store.list(runId, states, RunCursor.of(cursor).orElse(0), limit + 1);
        List<KeptThing> page = found.subList(0, Math.min(limit, found.size()));
        Map<KeptThing.State, Long> counts = store.counts(runId);
        QuarantineListDto document = new QuarantineListDto(
                page.stream().map(QuarantineRoutes::document).toList(),
                counts.getOrDefault(KeptThing.State.OPEN, 0L),
                counts.getOrDefault(KeptThing.State.DISMISSED, 0L),
                counts.getOrDefault(KeptThing.State.RESOLVED, 0L));
        if (found.size() > limit) {
            document.setNextCursor(Integer.toString(page.getLast().id()));
        }
        return ResponseEntity.ok(document);
    }

    @Override
    public ResponseEntity<RunDto> retryQuarantine(Integer runId, @Nullable QuarantineChoiceDto choice) {
        Run run = runs.find(runId);
        Profile profile = run.profileId()
                .flatMap(configuration::profile)
                .orElseThrow(() -> ApiProblem.conflict(
                        "The profile of run " + runId + " was deleted",
                        "Run another profile of the connection; it tries everything again."));
        if (!profile.active()) {
            throw ApiProblem.conflict("Profile \"" + profile.name() + "\" is Inactive", "Set it Active first.");
        }
        if (!run.state().ended()) {
            throw ApiProblem.conflict("Run " + runId + " is under way", "Wait until it has ended.");
        }
        Map<KeptThing.State, Long> counts = store.counts(runId);
        if (counts.getOrDefault(KeptThing.State.OPEN, 0L) + counts.getOrDefault(KeptThing.State.DISMISSED, 0L) == 0) {
            throw ApiProblem.conflict(
                    "There is nothing of run " + runId + " to try again", "Its quarantine is empty or resolved.");
        }
        RunDto queued = runs.retry(profile, runId, ids(choice == null ? null : choice.getIds()))
                .orElseThrow(() -> ApiProblem.conflict(
                        "There is no sealed snapshot that is kept of the connection",
                        "Run the profile instead; it fetches and tries everything again."));
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/runs/" + queued.getId()))
                .body(queued);
    }

    @Override
    public ResponseEntity<QuarantineChangeDto> dismissQuarantine(
            Integer runId, @Nullable QuarantineDismissalDto dismissal) {
        runs.find(runId);
        Optional<QuarantineDismissalDto> given = Optional.ofNullable(dismissal);
        int changed = store.dismiss(
                runId,
                ids(given.map(QuarantineDismissalDto::getIds).orElse(null)),
                actor.name(),
                given.map(QuarantineDismissalDto::getNote).orElse(""));
        return changed(runId, changed, "put aside");
    }

    @Override
    public ResponseEntity<QuarantineChangeDto> restoreQuarantine(Integer runId, @Nullable QuarantineChoiceDto choice) {
        runs.find(runId);
        return changed(
                runId, store.restore(runId, ids(choice == null ? null : choice.getIds())), "took back into sight");
    }

    private ResponseEntity<QuarantineChangeDto> changed(int runId, int changed, String how) {
        if (changed > 0) {
            log.log(runId, LogLine.Level.INFO, actor.name() + " " + how + " " + changed + " things of the quarantine.");
        }
        return ResponseEntity.ok(new QuarantineChangeDto(changed));
    }

    private static Optional<Set<Integer>> ids(@Nullable Set<Integer> given) {
        return Optional.ofNullable(given).filter(some -> !some.isEmpty());
    }

    private static QuarantinedDto document(KeptThing kept) {
        Quarantined thing = kept.thing();
        QuarantinedDto document = new QuarantinedDto(
                kept.id(),
                QuarantineStateDto.valueOf(kept.state().name()),
                QuarantinedDto.StageEnum.valueOf(thing.stage().name()),
                thing.stream(),
                thing.page(),
                thing.row(),
                thing.reason(),
                thing.sourceText());
        thing.nativeKey().ifPresent(document::setNativeKey);
        thing.findingKey().ifPresent(document::setFindingKey);
        kept.resolvedRun().ifPresent(document::setResolvedRun);
        kept.dismissal()
                .ifPresent(dismissal -> document.dismissedBy(dismissal.by())
                        .dismissedAt(dismissal.at())
                        .note(dismissal.note()));
        return document;
    }
}
