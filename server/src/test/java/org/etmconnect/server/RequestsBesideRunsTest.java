// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;

/** Requests that keep the database waiting hold up neither runs nor searches. */
class RequestsBesideRunsTest {

    private static final int CALLS = 40;

    @Test
    void requestsThatHangLeaveConnectionsForRunsAndSearches() throws Exception {
        try (OwnServer server = OwnServer.start("requests-beside-runs-server");
                CortexXdrSimulator tenant =
                        CortexXdrSimulator.start(SimulatorSettings.of(new PopulationSettings(3, 2_000, 20)));
                Connection locker = BuiltInDatabase.connect(server.data().resolve("database"));
                // of its own, since a transaction sees who does what as it was at first
                Connection other = BuiltInDatabase.connect(server.data().resolve("database"));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            int profile = TestServer.json(
                            server.post("/api/v1/connections", HeadOffice.input(tenant, "Beside requests", true)))
                    .at("/profiles/0/id")
                    .asInt();
            locker.setAutoCommit(false);
            try (Statement statement = locker.createStatement()) {
                statement.execute("lock table saved_query in access exclusive mode");
            }
            int run = TestServer.json(server.post("/api/v1/profiles/" + profile + "/runs", ""))
                    .path("id")
                    .asInt();

            List<Future<Integer>> hanging = new ArrayList<>();
            for (int call = 0; call < CALLS; call++) {
                hanging.add(callers.submit(
                        () -> server.get("/api/v1/saved-queries?subject=ASSET").statusCode()));
            }

            assertThat(eventually(other, "select count(*) from pg_stat_activity where wait_event_type = 'Lock'", "8"))
                    .isEqualTo("8");
            assertThat(server.get("/api/v1/assets?limit=1").statusCode()).isEqualTo(200);
            assertThat(eventually(other, "select state from run where run_id = " + run, "PROCESSED"))
                    .isEqualTo("PROCESSED");
            assertThat(hanging).as("they still wait").noneMatch(Future::isDone);

            locker.rollback();
            for (Future<Integer> call : hanging) {
                assertThat(call.get()).isEqualTo(200);
            }
        }
    }

    private static Optional<String> last(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    /** What {@code sql} says once it is {@code awaited}, or in the end. */
    private static String eventually(Connection connection, String sql, String awaited) throws Exception {
        String said = "";
        for (int tries = 0; tries < 250 && !said.equals(awaited); tries++) {
            Thread.sleep(100);
            said = last(connection, sql).orElse("");
        }
        return said;
    }
}
