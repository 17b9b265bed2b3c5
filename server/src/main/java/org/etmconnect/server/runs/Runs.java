// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.RunCountsDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.RunFailureDto;
import org.springframework.stereotype.Component;

/** Starts and stops runs, and describes them. Safe for use by several threads. */
@Component
public final class Runs {

    private final RunStore store;

    Runs(RunStore store) {
        this.store = store;
    }

    /** Queues a run of an active profile. */
    public RunDto start(Profile profile) {
        return document(store.queue(profile.connectionId(), profile.id(), Run.Trigger.MANUAL, profile.transformMap()));
    }

    RunDto cancel(int runId) {
        store.end(runId, RunState.CANCELLED, List.of(), Optional.empty());
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
                counts.recordsRead());
    }
}
