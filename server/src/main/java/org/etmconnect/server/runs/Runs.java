// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.inventory.apply.Held;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunActivity;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunShapes;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.inventory.runs.RunWarning;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.HeldDto;
import org.etmconnect.server.rest.model.RunCountsDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.RunFailureDto;
import org.etmconnect.server.rest.model.RunProgressDto;
import org.etmconnect.server.rest.model.RunQuotaDto;
import org.etmconnect.server.rest.model.RunStageDto;
import org.etmconnect.server.rest.model.RunStateDto;
import org.etmconnect.server.rest.model.RunWarningDto;
import org.etmconnect.sync.RunProgress;
import org.etmconnect.sync.SyncService;
import org.springframework.stereotype.Component;

/** Starts and stops runs, and describes them. Safe for use by several threads. */
@Component
public final class Runs {

    private final RunStore store;
    private final SyncService sync;
    private final HeldClosures heldClosures;
    private final RunShapes shapes;

    Runs(RunStore store, SyncService sync, HeldClosures heldClosures, RunShapes shapes) {
        this.store = store;
        this.sync = sync;
        this.heldClosures = heldClosures;
        this.shapes = shapes;
    }

    /** Queues a run of an active profile. */
    public RunDto start(Profile profile) {
        return document(sync.queue(profile, Run.Trigger.MANUAL));
    }

    /** Queues a replay of an active profile's connection; empty if there is no sealed snapshot. */
    public Optional<RunDto> replay(Profile profile, String transformMap, Optional<Integer> version) {
        return sync.replay(profile, transformMap, version).map(this::document);
    }

    /** Queues a run that tries again what a run put into quarantine; empty if there is no sealed snapshot. */
    Optional<RunDto> retry(Profile profile, int ofRun, Optional<Set<Integer>> ids) {
        return sync.retry(profile, ofRun, ids).map(this::document);
    }

    RunDto cancel(int runId) {
        Run run = find(runId);
        if (run.state().ended() || !sync.cancel(runId)) {
            throw ApiProblem.conflict("Run " + runId + " has ended already", "There is nothing to cancel.");
        }
        return document(find(runId));
    }

    Run find(int runId) {
        return store.find(runId)
                .orElseThrow(() -> ApiProblem.notFound(
                        "run " + runId, "GET /api/v1/runs?connectionId=N lists a connection's runs."));
    }

    RunDto document(Run run) {
        return documents(List.of(run)).getFirst();
    }

    List<RunDto> documents(List<Run> several) {
        List<Integer> ids = several.stream().map(Run::id).toList();
        Map<Integer, RunActivity> activities = store.activities(ids);
        Map<Integer, Held> held = heldClosures.of(ids);
        Map<Integer, Integer> retries = store.retries(ids);
        Map<Integer, List<RunWarning>> warnings = shapes.warnings(ids);
        return several.stream()
                .map(run -> {
                    RunDto document = document(run, activities.getOrDefault(run.id(), RunActivity.NONE));
                    Optional.ofNullable(held.get(run.id())).map(Runs::document).ifPresent(document::setHeld);
                    document.setWarnings(warnings.getOrDefault(run.id(), List.of()).stream()
                            .map(Runs::document)
                            .toList());
                    Optional.ofNullable(retries.get(run.id()))
                            .ifPresent(ofRun ->
                                    document.kind(RunDto.KindEnum.RETRY).setRetryOf(ofRun));
                    return document;
                })
                .toList();
    }

    private static RunWarningDto document(RunWarning warning) {
        RunWarningDto document = new RunWarningDto(
                RunWarningDto.KindEnum.valueOf(warning.kind().name()),
                warning.information() ? RunWarningDto.LevelEnum.INFO : RunWarningDto.LevelEnum.WARNING,
                warning.stream(),
                warning.message());
        if (!warning.field().isEmpty()) {
            document.setField(warning.field());
        }
        return document;
    }

    static HeldDto document(Held held) {
        HeldDto document = new HeldDto(
                HeldDto.StateEnum.valueOf(held.state().name()),
                held.findings(),
                held.ofFindings(),
                held.hosts(),
                held.ofHosts());
        held.decidedBy().ifPresent(document::setDecidedBy);
        held.decidedAt().ifPresent(document::setDecidedAt);
        return document;
    }

    private RunDto document(Run run, RunActivity activity) {
        RunDto document = new RunDto(
                run.id(),
                run.connectionId(),
                RunDto.TriggerEnum.valueOf(run.trigger().name()),
                RunStateDto.valueOf(run.state().name()),
                run.state().ended(),
                run.transformMap(),
                run.queuedAt(),
                run.sealed(),
                run.missing(),
                counts(run.counts()));
        document.setKind(run.replayOf().isPresent() ? RunDto.KindEnum.REPLAY : RunDto.KindEnum.SYNC);
        run.replayOf().ifPresent(document::setReplayOf);
        run.transformMapVersion().ifPresent(document::setTransformMapVersion);
        run.profileId().ifPresent(document::setProfileId);
        run.observedAt().ifPresent(document::setObservedAt);
        run.finishedAt().ifPresent(document::setFinishedAt);
        run.failure()
                .ifPresent(failure -> document.setFailure(
                        new RunFailureDto(FailureKindDto.valueOf(failure.kind().name()), failure.message())));
        document.setStages(activity.milliseconds().entrySet().stream()
                .map(stage -> new RunStageDto(
                        RunStageDto.StageEnum.valueOf(stage.getKey().name()), stage.getValue()))
                .toList());
        activity.quota().ifPresent(quota -> document.setQuota(new RunQuotaDto(quota.spent(), quota.left())));
        if (!run.state().ended()) {
            // this server knows to the moment; of another's run, what that noted within the last second
            sync.progress(run.id())
                    .map(RunProgress::kept)
                    .or(activity::progress)
                    .ifPresent(progress -> document.setProgress(progress(progress)));
        }
        if (run.state() == RunState.QUEUED) {
            store.waitsFor(run).ifPresent(document::setWaitsForRunId);
        }
        return document;
    }

    /** How far a run, or dry run, has got. */
    public static RunProgressDto progress(RunProgress progress) {
        return progress(progress.kept());
    }

    private static RunProgressDto progress(RunActivity.Progress progress) {
        RunProgressDto document = new RunProgressDto(progress.stage(), progress.unit(), progress.done());
        progress.total().ifPresent(document::setTotal);
        return document;
    }

    /** What a run did, or would do, in numbers. */
    public static RunCountsDto counts(RunCounts counts) {
        return new RunCountsDto(
                        counts.assetsNew(),
                        counts.assetsUpdated(),
                        counts.assetsUnchanged(),
                        counts.assetsRetired(),
                        counts.assetsReturned(),
                        counts.findingsNew(),
                        counts.findingsReopened(),
                        counts.findingsFixed(),
                        counts.findingsUnchanged(),
                        counts.definitionsNew(),
                        counts.definitionsUpdated(),
                        counts.quarantined(),
                        counts.apiCalls(),
                        counts.throttled(),
                        counts.pagesFetched(),
                        counts.recordsRead())
                .assetsSkipped(counts.assetsSkipped());
    }
}
