// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The whole server in a process of its own, with its own PostgreSQL. Both are killed by SIGKILL. */
final class ServerVictim implements Victim {

    private final Path data;
    private final Path log;
    private final int profile;
    private ServerProcess server;
    private @Nullable Crash armed;
    private long armedAt;

    ServerVictim(Harness harness, CortexXdrSimulator tenant, String name) throws Exception {
        this.data = harness.newServerDirectory(name);
        this.log = harness.folder().resolve(name + ".log");
        this.server = ServerProcess.start(data, log);
        JsonNode connection =
                server.post("/api/v1/connections", """
                {"name": "Tenant", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET", "VULNERABILITY"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"},
                 "network": {"requestsPerSecond": 1000, "parallelRequests": 8}}
                """.formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY));
        this.profile = connection.at("/profiles/0/id").asInt();
        try (Connection database = connect();
                Statement statement = database.createStatement()) {
            statement.execute("update connection set hold_percent = 100");
        }
    }

    @Override
    public void ask() throws Exception {
        server.post("/api/v1/profiles/" + profile + "/runs", "");
    }

    @Override
    public void arm(Crash crash) {
        armed = crash;
        armedAt = System.nanoTime();
    }

    @Override
    public boolean isArmed() {
        return armed != null;
    }

    @Override
    public void disarm() {
        armed = null;
    }

    @Override
    public void tick(Connection database) throws SQLException {
        Crash crash = armed;
        if (crash == null || !isMoment(crash.moment(), database)) {
            return;
        }
        armed = null;
        try {
            switch (crash.what()) {
                case SERVER -> server.kill();
                case POSTGRES, CONNECTIONS -> Harness.killPostgres(data.resolve("database"));
                case MACHINE -> {
                    Harness.killPostgres(data.resolve("database"));
                    server.kill();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A moment between statements cannot be hit from outside: a count is taken for so many times 10 ms, a stage for itself. */
    private boolean isMoment(Crash.Moment moment, Connection database) throws SQLException {
        return switch (moment) {
            case Crash.Statement statement -> System.nanoTime() - armedAt > statement.count() * 10_000_000L;
            case Crash.AtStage stage -> {
                String reached = switch (stage.stage()) {
                    case BEGIN, FETCH -> "state in ('FETCHING', 'APPLYING')";
                    case SEAL, QUARANTINE, OPEN, DEFINE -> "state = 'APPLYING'";
                    case IDENTIFY, INSERT, UPDATE, NOTE ->
                        "state = 'APPLYING' and counts->>'definitionsNew' is not null";
                    case CLOSE, RETIRE, COMPLETE, END -> "state = 'APPLYING' and applied_records > 0";
                };
                try (Statement statement = database.createStatement();
                        ResultSet row = statement.executeQuery(
                                "select exists(select from run where run_id = (select max(run_id) from run) and ("
                                        + reached + " or finished_at is not null))")) {
                    row.next();
                    yield row.getBoolean(1);
                }
            }
        };
    }

    @Override
    public boolean isUp() {
        return server.isAlive();
    }

    @Override
    public void restart() throws Exception {
        server = ServerProcess.start(data, log);
    }

    @Override
    public boolean jump(Duration by) {
        return false;
    }

    @Override
    public boolean fillDisk() {
        return false;
    }

    @Override
    public void freeDisk() {
        // It was never filled.
    }

    @Override
    public Connection connect() throws SQLException {
        Path folder = data.resolve("database");
        try {
            return DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:"
                            + Files.readString(folder.resolve("port")).strip() + "/postgres",
                    "etmconnect",
                    Files.readString(folder.resolve("password")).strip());
        } catch (IOException e) {
            throw new SQLException("The server's database has no port yet", "08001", e);
        }
    }

    @Override
    public void close() {
        server.close();
        // A server that was killed last has left it behind.
        Harness.killPostgres(data.resolve("database"));
        try {
            Harness.delete(data);
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + data, e);
        }
    }
}
