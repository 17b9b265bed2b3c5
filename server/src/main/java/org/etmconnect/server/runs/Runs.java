// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.RunCountsDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.RunFailureDto;
import org.etmconnect.server.rest.model.RunProgressDto;
import org.etmconnect.sync.SyncService;
import org.springframework.stereotype.Component;

/** Starts and stops runs, and describes them. Safe for use by several threads. */
@Component
public final class Runs {

    private final RunStore store;
    private final SyncService sync;

    Runs(RunStore store, SyncService sync) {
        this.store = store;
        this.sync = sync;
    }

    /** Queues a run of an active profile. */
    public RunDto start(Profile profile) {
        return document(sync.queue(profile, Run.Trigger.MANUAL));
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
        RunDto document = new RunDto(
                run.id(),
                run.connectionId(),
                RunDto.TriggerEnum.valueOf(run.trigger().name()),
                RunDto.StateEnum.valueOf(run.state().name()),
                run.state().ended(),
                run.transformMap(),
                run.queuedAt(),
                run.sealed(),
                run.missing(),
                counts(run.counts()));
        run.profileId().ifPresent(document::setProfileId);
        run.observedAt().ifPresent(document::setObservedAt);
        run.finishedAt().ifPresent(document::setFinishedAt);
        run.failure()
                .ifPresent(failure -> document.setFailure(
                        new RunFailureDto(FailureKindDto.valueOf(failure.kind().name()), failure.message())));
        sync.progress(run.id()).ifPresent(progress -> {
            RunProgressDto progressDocument = new RunProgressDto(progress.stage(), progress.unit(), progress.done());
            progress.total().ifPresent(progressDocument::setTotal);
            document.setProgress(progressDocument);
        });
        return document;
    }

    private static RunCountsDto counts(RunCounts counts) {
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
