// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What callers are told when all places are taken, held here by a database that keeps the others waiting. */
class FullHouseTest {

    private static final String EXPORT = "/api/v1/findings/export";

    private static OwnServer server;

    @BeforeAll
    static void start() {
        System.setProperty("etm.patience-with-connections", "2000");
        try {
            server = OwnServer.start("full-house-server");
        } finally {
            System.clearProperty("etm.patience-with-connections");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void nobodyHoldsAllExportsAndWhoIsRefusedIsToldWhatToDo() throws Exception {
        String one = token("One");
        String other = token("Other");
        try (Connection locker = lock();
                Connection watcher = connect();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> held = new ArrayList<>();
            for (String caller : List.of(server.token(), server.token(), one)) {
                held.add(callers.submit(() -> server.get(EXPORT, caller).statusCode()));
            }
            waiting(watcher, 3);

            HttpResponse<String> third = server.get(EXPORT, server.token());
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.headers().firstValue("Retry-After")).contains("30");
            assertThat(TestServer.json(third).path("title").asString()).isEqualTo("You have 2 exports under way");
            assertThat(TestServer.json(third).path("detail").asString())
                    .contains("Try again when one of yours is done");

            held.add(callers.submit(() -> server.get(EXPORT, one).statusCode()));
            waiting(watcher, 4);
            HttpResponse<String> fifth = server.get(EXPORT, other);
            assertThat(fifth.statusCode()).isEqualTo(429);
            assertThat(TestServer.json(fifth).path("title").asString()).isEqualTo("There are 4 exports under way");

            locker.rollback();
            for (Future<Integer> export : held) {
                assertThat(export.get()).isEqualTo(200);
            }
            assertThat(server.get(EXPORT, server.token()).statusCode()).isEqualTo(200);
            assertThat(server.get(EXPORT, other).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aSearchThatGetsNoConnectionInTimeIsToldToTryAgain() throws Exception {
        int connections = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);
        try (Connection locker = lock();
                Connection watcher = connect();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> held = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                held.add(callers.submit(() ->
                        server.get("/api/v1/findings?limit=1", server.token()).statusCode()));
            }
            waiting(watcher, connections);

            HttpResponse<String> late = server.get("/api/v1/findings?limit=1", server.token());

            assertThat(late.statusCode()).isEqualTo(503);
            assertThat(late.headers().firstValue("Retry-After")).contains("5");
            assertThat(TestServer.json(late).path("title").asString()).isEqualTo("The database is busy or away");
            assertThat(TestServer.json(late).path("detail").asString()).contains("Try again");
            assertThat(held).as("those before it are still served").noneMatch(Future::isDone);
            locker.rollback();
            for (Future<Integer> search : held) {
                assertThat(search.get()).isEqualTo(200);
            }
        }
    }

    private static String token(String name) {
        return TestServer.json(server.post("/api/v1/tokens", """
                        {"name": "%s", "role": "VIEWER", "days": 1}
                        """.formatted(name)))
                .path("token")
                .asString();
    }

    private static Connection connect() throws Exception {
        return BuiltInDatabase.connect(server.data().resolve("database"));
    }

    /** Whoever reads findings waits until the connection is rolled back. */
    private static Connection lock() throws Exception {
        Connection connection = connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table finding_cohort, definition in access exclusive mode");
        }
        return connection;
    }

    private static void waiting(Connection watcher, int expected) throws Exception {
        int waiting = 0;
        for (int tries = 0; tries < 200 && waiting < expected; tries++) {
            Thread.sleep(50);
            try (Statement statement = watcher.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'")) {
                row.next();
                waiting = row.getInt(1);
            }
        }
        assertThat(waiting).isEqualTo(expected);
    }
}
