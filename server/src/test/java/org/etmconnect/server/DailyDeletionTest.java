// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Optional;
import java.util.stream.Stream;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that was started by its command line deletes what its settings say, at night. */
class DailyDeletionTest {

    @TempDir
    Path directory;

    @Test
    void atNightAServerDeletesWhatIsOlderThanItsSettingsSayAndAfterEachRunOldSnapshots() throws Exception {
        String database = ServerProcess.newDatabase("daily_deletion");
        SimulatorSettings settings = SimulatorSettings.of(new PopulationSettings(5, 60, 10, LocalDate.of(2026, 1, 5)));
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(settings.withPort(0));
                Connection sql = ServerProcess.connect(database)) {
            Process process = ServerProcess.launch(
                    directory, "daily", database, "--keep-snapshots=2", "--keep-details=30", "--keep-history=100");
            try (ServerProcess server = ServerProcess.up(process, directory, "daily")) {
                String runs = "/api/v1/profiles/"
                        + server.send("POST", "/api/v1/connections", Optional.of("""
                                {"name": "Head office", "connector": "cortex-xdr",
                                 "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"}}
                                """.formatted(
                                                tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)))
                                .at("/profiles/0/id")
                                .asInt()
                        + "/runs";
                for (int day = 0; day < 4; day++) {
                    tenant.moveToDay(day * 20);
                    int run = server.send("POST", runs, Optional.empty())
                            .path("id")
                            .asInt();
                    ServerProcess.await(() ->
                            server.get("/api/v1/runs/" + run).path("ended").asBoolean());
                }
                // a run deletes them when it has ended
                ServerProcess.await(() -> snapshots() == 2);
                assertThat(text(sql, "select count(*) from run where state = 'PROCESSED'"))
                        .isEqualTo("4");
                assertThat(text(
                                sql,
                                "select to_char(execution_time at time zone 'UTC', 'HH24:MI') from scheduled_tasks"
                                        + " where task_name = 'daily-upkeep' and execution_time > now()"
                                        + " and execution_time <= now() + interval '1 day'"))
                        .as("the deletion is due in the next night")
                        .isEqualTo("03:17");
                execute(sql, """
                        update run set queued_at = queued_at - interval '200 days', observed_at = observed_at - interval '200 days',
                                       finished_at = finished_at - interval '200 days' where run_id <= 2""");
                String fixedLately =
                        text(sql, "select sum(cardinality(definitions)) from finding_cohort where fixed_run > 2");
                String open =
                        text(sql, "select sum(cardinality(definitions)) from finding_cohort where fixed_run is null");
                assertThat(
                                text(
                                        sql,
                                        "select count(*) > 0 from finding_cohort where fixed_run <= 2 and reopened_run is null"))
                        .isEqualTo("t");
                assertThat(text(sql, "select count(distinct run_id) from run_log"))
                        .isEqualTo("4");

                // night falls
                execute(sql, "update scheduled_tasks set execution_time = now() where task_name = 'daily-upkeep'");

                ServerProcess.await(() ->
                        text(sql, "select count(distinct run_id) from run_log").equals("2"));
                assertThat(text(
                                sql,
                                "select count(*) from finding_cohort where fixed_run <= 2 and reopened_run is null"))
                        .isEqualTo("0");
                assertThat(text(sql, "select sum(cardinality(definitions)) from finding_cohort where fixed_run > 2"))
                        .isEqualTo(fixedLately);
                assertThat(text(
                                sql,
                                "select sum(cardinality(definitions)) from finding_cohort where fixed_run is null"))
                        .isEqualTo(open)
                        .isEqualTo(text(sql, "select sum(open_findings) from definition_count"));
                assertThat(server.get("/api/v1/findings?limit=1&count=1000000&asOf=3")
                                .at("/count/value")
                                .asInt())
                        .isPositive();
                assertThat(server.get("/api/v1/assets/1/history").toString()).contains("HISTORY_BEGINS");
                ServerProcess.await(() -> text(
                                sql,
                                "select count(*) from scheduled_tasks where task_name = 'daily-upkeep'"
                                        + " and execution_time > now() + interval '1 minute' and last_success is not null")
                        .equals("1"));
                assertThat(Files.readString(directory.resolve("daily.log")))
                        .contains("Deleted history older than 100 days");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private long snapshots() throws Exception {
        try (Stream<Path> connections = Files.list(directory.resolve("daily/snapshots"))) {
            Path ofConnection = connections.findFirst().orElseThrow();
            try (Stream<Path> runs = Files.list(ofConnection)) {
                return runs.count();
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "nothing";
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
