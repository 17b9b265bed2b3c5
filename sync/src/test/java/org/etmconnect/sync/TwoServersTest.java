// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoServersTest {

    @TempDir
    Path directory;

    @Test
    void aRunWhoseServerDiedIsFinishedByTheOther() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_000, 5, Duration.ofSeconds(2));
                SyncService other = tenant.service()) {
            tenant.simulator.inject("get_endpoint@4+:slow=150");
            int runId =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            other.resume();
            assertThat(other.progress(runId)).as("a live server keeps its run").isEmpty();

            tenant.sync().kill();
            tenant.simulator.clearFaults();
            Run run = tenant.await(runId);

            assertThat(run.state()).as("%s", tenant.runs.log(runId)).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.runs.log(runId))
                    .anySatisfy(line ->
                            assertThat(line.message()).contains("The server that executed the run has stopped"));
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                    .getFirst();
            assertThat(tenant.number("select count(*) from asset where retired_run is null"))
                    .isEqualTo(truth.assets());
        }
    }

    @Test
    void aDueRunThatBothServersAskForIsMadeOnceAndSaysThatItWaits() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 500, 5, Duration.ofSeconds(60));
                SyncService other = tenant.service()) {
            tenant.simulator.inject("get_endpoint:slow=200");
            int first =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            Instant due = Instant.parse("2026-11-24T02:00:00Z");

            Run waiting = tenant.sync().queueDue(tenant.profile(), due).orElseThrow();
            assertThat(other.queueDue(tenant.profile(), due)).isEmpty();
            assertThat(other.queueDue(tenant.profile(), due.plusSeconds(3600))).isEmpty();

            assertThat(waiting.state()).isEqualTo(RunState.QUEUED);
            assertThat(tenant.runs.log(waiting.id()))
                    .anySatisfy(line -> assertThat(line.message()).contains("waits"));
            tenant.simulator.clearFaults();
            tenant.await(first);
            assertThat(tenant.await(waiting.id()).state()).isEqualTo(RunState.PROCESSED);
            assertThat(other.queueDue(tenant.profile(), due)).isEmpty();
        }
    }
}
