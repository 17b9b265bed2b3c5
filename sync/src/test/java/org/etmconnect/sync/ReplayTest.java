// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    @TempDir
    Path directory;

    private static Run replay(TenantUnderTest tenant) throws InterruptedException {
        return tenant.await(tenant.sync()
                .replay(tenant.profile(), tenant.profile().transformMap(), Optional.empty())
                .orElseThrow()
                .id());
    }

    @Test
    void aChangedMapIsAppliedToTheLastSnapshotWithoutAnyCall() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 20)) {
            Run first = tenant.run();
            tenant.useMap("Stricter", shipped -> shipped.replace("LOW: 2", "LOW: 3"));
            tenant.simulator.moveToDay(1);
            String requests = tenant.simulator.requests().toString();
            long low = tenant.number("select count(*) from definition where severity = 2");

            Run run = replay(tenant);

            assertThat(run.state()).as("%s", tenant.runs.log(run.id())).isEqualTo(RunState.PROCESSED);
            assertThat(run.replayOf()).contains(first.id());
            assertThat(run.transformMapVersion()).contains(1);
            assertThat(tenant.simulator.requests().toString()).isEqualTo(requests);
            assertThat(run.counts().apiCalls()).isZero();
            assertThat(run.counts().definitionsUpdated()).isEqualTo(low).isPositive();
            assertThat(run.counts().assetsUnchanged()).isEqualTo(first.counts().assetsNew());
            assertThat(run.counts().findingsUnchanged())
                    .isEqualTo(first.counts().findingsNew());
            assertThat(tenant.number("select count(*) from definition where severity = 2"))
                    .isZero();
            assertThat(tenant.snapshots.runs(tenant.connection.id())).containsExactly(first.id());
        }
    }

    @Test
    void whatALaterUnsealedRunBroughtIsNotClosedByAReplayHoweverOftenItIsMade() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_500, 5)) {
            tenant.run();
            tenant.simulator.moveToDay(1);
            tenant.simulator.inject("start_xql_query:quota");
            Run later = tenant.run();
            assertThat(later.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(later.counts().assetsNew()).isPositive();

            for (int i = 0; i < 2; i++) {
                Run run = replay(tenant);

                assertThat(run.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
                assertThat(run.missing()).singleElement().asString().contains("Run " + later.id());
                assertThat(run.counts().assetsRetired() + run.counts().findingsFixed())
                        .isZero();
            }
        }
    }

    @Test
    void aConnectionWithoutASealedSnapshotCannotBeReplayed() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 20, 5)) {
            assertThat(tenant.sync().replay(tenant.profile(), tenant.profile().transformMap(), Optional.empty()))
                    .isEmpty();
        }
    }

    @Test
    void aStoredMapThatNoLongerReadsFailsTheRunAsConfigurationAndSaysWhatToDo() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 20, 5)) {
            tenant.useMap("From the future", shipped -> shipped.replace("rows:", "tables: []\nrows:"));

            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.failure().orElseThrow().kind()).isEqualTo(FailureKind.CONFIGURATION);
            assertThat(run.failure().orElseThrow().message())
                    .contains("Version 1 of the transform map \"From the future\" cannot be read")
                    .contains("tables (line 4, column 1)")
                    .contains("Save a corrected version");
        }
    }
}
