// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are cut off from their database or their server, and what they count in the end. */
@Timeout(120)
class InterruptedRunTest {

    @TempDir
    Path directory;

    @Test
    void aRunWhoseDatabaseIsAwayForAWhileGoesOnWhereItWas() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_500, 5, Duration.ofSeconds(2))) {
            tenant.simulator.inject("get_endpoint@4+:slow=120");
            int runId =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            awaitPages(tenant, runId, 10);

            // The fetch ends meanwhile, and that cannot be noted.
            tenant.takeDatabaseAwayFrom(runId);
            tenant.simulator.clearFaults();
            Run run = tenant.await(runId);

            assertThat(run.state()).as("%s", tenant.runs.log(runId)).isEqualTo(RunState.PROCESSED);
            assertThat(run.counts().assetsNew()).isEqualTo(truth(tenant).assets());
            assertThat(run.counts().findingsNew()).isEqualTo(truth(tenant).openFindings());
            assertThat(tenant.runs.log(runId))
                    .anySatisfy(line -> assertThat(line.message()).contains("could not be reached"));
        }
    }

    @Test
    void aRunThatIsCutOffJustBeforeItsEndCountsNothingTwice() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 100)) {
            tenant.run();
            tenant.simulator.moveToDay(1);
            tenant.simulator.inject("get_query_results_stream:malformed=7");
            Run first = tenant.run();
            assertThat(first.counts().quarantined()).isEqualTo(1);

            Run again = cutOffAndResume(tenant, first);

            assertThat(again.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(again.counts()).isEqualTo(first.counts());
        }
    }

    @Test
    void aRunThatIsCutOffAfterItHeldItsClosuresHoldsTheSame() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 400, 20)) {
            tenant.run();
            try (Connection database = tenant.database().getConnection();
                    Statement statement = database.createStatement()) {
                statement.execute("update connection set hold_percent = 0, hold_at_least = 1");
            }
            tenant.simulator.moveToDay(1);
            Run first = tenant.run();
            String held = tenant.text("select h::text from held_closure h");
            String noted =
                    tenant.text("select string_agg(p::text, ' ' order by p.source_record_id) from pending_closure p");

            Run again = cutOffAndResume(tenant, first);

            assertThat(again.state()).as("%s", again.failure()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(again.counts()).isEqualTo(first.counts());
            assertThat(tenant.text("select h::text from held_closure h")).isEqualTo(held);
            assertThat(tenant.text(
                            "select string_agg(p::text, ' ' order by p.source_record_id) from pending_closure p"))
                    .isEqualTo(noted);
        }
    }

    @Test
    void aRunThatGoesOnWithoutItsSnapshotCountsNothingTwice() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_200, 10)) {
            tenant.run();
            tenant.simulator.moveToDay(1);
            Run first = tenant.run();
            tenant.snapshots.delete(tenant.connection.id(), first.id());

            Run again = cutOffAndResume(tenant, first);

            assertThat(again.state()).as("%s", again.failure()).isEqualTo(RunState.PROCESSED);
            assertThat(again.counts().assetsNew()).isEqualTo(first.counts().assetsNew());
            assertThat(again.counts().findingsNew()).isEqualTo(first.counts().findingsNew());
            assertThat(again.counts().findingsReopened())
                    .isEqualTo(first.counts().findingsReopened());
            assertThat(again.counts().findingsFixed()).isEqualTo(first.counts().findingsFixed());
            assertThat(again.counts().assetsRetired()).isEqualTo(first.counts().assetsRetired());
            assertThat(again.counts().assetsReturned()).isEqualTo(first.counts().assetsReturned());
            assertThat(again.counts().findingsUnchanged())
                    .isEqualTo(first.counts().findingsUnchanged());
            assertThat(again.counts().recordsRead()).isEqualTo(first.counts().recordsRead());
        }
    }

    @Test
    void aRunWhoseDiskIsFullIsEndedAndSaysSoAndTheNextOneIsWhole() throws Exception {
        Path snapshots = Files.createDirectories(directory.resolve("snapshots"));
        assumeTrue(
                done("mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", snapshots.toString()),
                "only root can make a disk that is small");
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.failure().orElseThrow().message())
                    .contains(
                            "There is no room on the disk of the data directory. Make room, then run the profile again.");

            assertThat(done("mount", "-o", "remount,size=64m", snapshots.toString()))
                    .isTrue();
            Run next = tenant.run();
            assertThat(next.state()).as("%s", tenant.runs.log(next.id())).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select count(*) from source_record"))
                    .isEqualTo(truth(tenant).assets());
        } finally {
            done("umount", snapshots.toString());
        }
    }

    /** Where its end could be noted it has failed, and says why; else it waits for the database, and goes on. */
    @Test
    void whenTheDatabasesDiskWasFullARunIsWholeOnceThereIsRoom() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("database"));
        assumeTrue(
                done("mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", disk.toString()),
                "only root can make a disk that is small");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(disk, PostgresOptions.forTests());
                TenantUnderTest tenant =
                        new TenantUnderTest(directory, 3_000, 20, Duration.ofSeconds(2), migratedIn(server))) {
            Path ballast = disk.resolve("ballast");
            fill(ballast, Files.getFileStore(disk).getUsableSpace() - (2 << 20));
            int runId =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            for (int tries = 0; tries < 100 && !isToldOfNoRoom(tenant, runId); tries++) {
                Thread.sleep(100);
            }
            assertThat(tenant.runs.find(runId).orElseThrow().state()).isNotEqualTo(RunState.PROCESSED);

            Files.delete(ballast);

            Run run = tenant.await(runId);
            if (run.state() == RunState.FAILED) {
                assertThat(run.failure().orElseThrow().message()).contains("no room on the disk of the database");
                run = tenant.run();
            }
            assertThat(run.state()).as("%s", tenant.runs.log(run.id())).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select count(*) from source_record"))
                    .isEqualTo(truth(tenant).assets());
        } finally {
            done("umount", "-l", disk.toString());
        }
    }

    private static TestDatabase migratedIn(EmbeddedPostgres server) {
        TestDatabase database = TestDatabase.createIn(server);
        Schema.migrate(database.dataSource());
        return database;
    }

    private static boolean isToldOfNoRoom(TenantUnderTest tenant, int runId) {
        return tenant.runs.log(runId).stream()
                .anyMatch(line -> line.message().contains("no room on the disk of the database"));
    }

    private static void fill(Path file, long bytes) throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < bytes; written += block.length) {
                out.write(block);
            }
        }
    }

    private static boolean done(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    @Test
    void aServerThatLostItsRunWritesNothingMore() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 900, 5)) {
            tenant.simulator.inject("get_endpoint@4+:slow=60");
            int runId =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            awaitPages(tenant, runId, 3);

            assertThat(tenant.runs.takeOver(runId, "another", Duration.ZERO)).isPresent();
            while (tenant.sync().progress(runId).isPresent()) {
                Thread.sleep(20);
            }

            assertThat(tenant.runs.find(runId).orElseThrow().state()).isEqualTo(RunState.FETCHING);
            assertThat(tenant.number("select count(*) from source_record")).isZero();
        }
    }

    @Test
    void aRunThatWaitsForTheTenantForTooLongIsEndedAndSaysSo() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            tenant.restartStuckAfter(Duration.ofSeconds(2));
            tenant.simulator.inject("get_endpoint@2+:slow=100000");

            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.failure().orElseThrow().message())
                    .contains("got no further for 2 s")
                    .contains("waited for an answer to /public_api/v1/endpoints/get_endpoint")
                    .contains("./etm connections test " + tenant.connection.id())
                    .contains("--stuck-after");
        }
    }

    @Test
    void aRunThatTheDatabaseHoldsUpForTooLongIsEndedAndTheNextOneIsWhole() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            tenant.restartStuckAfter(Duration.ofSeconds(2));
            try (Connection database = tenant.database().getConnection();
                    Statement statement = database.createStatement()) {
                database.setAutoCommit(false);
                statement.execute("lock table source_record in access exclusive mode");

                Run run = tenant.run();

                assertThat(run.state()).isEqualTo(RunState.FAILED);
                assertThat(run.failure().orElseThrow().message()).contains("waited for the database");
                database.rollback();
                database.setAutoCommit(true);
            }

            Run next = tenant.run();

            assertThat(next.state()).as("%s", tenant.runs.log(next.id())).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select count(*) from source_record"))
                    .isEqualTo(truth(tenant).assets());
        }
    }

    /** As if the server had been killed in the moment before it noted that the run had ended. */
    private static Run cutOffAndResume(TenantUnderTest tenant, Run ended) throws SQLException, InterruptedException {
        tenant.simulator.clearFaults();
        try (Connection database = tenant.database().getConnection();
                Statement statement = database.createStatement()) {
            statement.execute(
                    "update run set state = 'APPLYING', finished_at = null, owner = null where run_id = " + ended.id());
        }
        tenant.restart();
        return tenant.await(ended.id());
    }

    private static Truth truth(TenantUnderTest tenant) {
        return Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                .getFirst();
    }

    static void awaitPages(TenantUnderTest tenant, int runId, int pages) throws InterruptedException {
        while (tenant.snapshots
                        .openOrCreate(tenant.connection.id(), runId)
                        .pages("endpoints")
                        .size()
                < pages) {
            Thread.sleep(10);
        }
    }
}
