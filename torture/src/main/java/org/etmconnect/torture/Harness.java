// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.population.PopulationSettings;
import org.postgresql.ds.PGSimpleDataSource;

/** What all seeds of one program share: a PostgreSQL, a folder, and the states of histories without faults. */
final class Harness implements AutoCloseable {

    private static final String TEMPLATE = "torture_template";

    private final Path folder;
    private final EmbeddedPostgres postgres;
    private final Map<PopulationSettings, List<InventoryState>> references = new HashMap<>();
    private Optional<Path> serverTemplate = Optional.empty();
    private int databases;

    private Harness(Path folder, EmbeddedPostgres postgres) {
        this.folder = folder;
        this.postgres = postgres;
    }

    /** @param folder made, and deleted in the end */
    static Harness start(Path folder) throws IOException, SQLException {
        Files.createDirectories(folder);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("postgres"), PostgresOptions.forTests());
        Harness harness = new Harness(folder.toRealPath(), postgres);
        harness.execute("create database " + TEMPLATE);
        Schema.migrate(harness.source(TEMPLATE));
        return harness;
    }

    Path folder() {
        return folder;
    }

    /** A name that no database has. */
    String newName() {
        return "torture_" + ++databases;
    }

    /** Makes a database that is migrated and empty. */
    void create(String database) throws SQLException {
        execute("create database " + database + " template " + TEMPLATE + " strategy file_copy");
    }

    /** The same, whose files lie in {@code folder}, which is there and empty. */
    void create(String database, Path folder) throws SQLException {
        execute("create tablespace " + database + " location '" + folder + "'");
        execute("create database " + database + " template " + TEMPLATE + " strategy file_copy tablespace " + database);
    }

    void drop(String database) throws SQLException {
        execute("drop database if exists " + database + " with (force)");
        execute("drop tablespace if exists " + database);
    }

    PGSimpleDataSource source(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(postgres.jdbcUrl(database));
        source.setUser(postgres.user());
        source.setPassword(postgres.password().reveal());
        return source;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(), postgres.user(), postgres.password().reveal());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void killPostgres() {
        killPostgres(folder.resolve("postgres"));
    }

    /** By SIGKILL of the first process of the PostgreSQL in a directory. */
    static void killPostgres(Path directory) {
        try {
            Path file = directory.resolve("data").resolve("postmaster.pid");
            long pid = Long.parseLong(Files.readAllLines(file).getFirst().strip());
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            process.ifPresent(ProcessHandle::destroyForcibly);
            for (int tries = 0; tries < 500 && process.map(Harness::isAtWork).orElse(false); tries++) {
                Thread.sleep(10);
            }
        } catch (IOException | RuntimeException notThere) {
            // It is down already, from the crash before.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A dead process counts as alive until its parent takes note; it has no program by then. */
    private static boolean isAtWork(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** What a history of these days leaves if nothing goes wrong, after each day. */
    List<InventoryState> reference(PopulationSettings population, List<Integer> days) throws Exception {
        List<InventoryState> known = references.get(population);
        if (known != null) {
            return known;
        }
        List<InventoryState> states = new ArrayList<>();
        try (CortexXdrSimulator tenant = Trial.tenant(population);
                EngineVictim engine = new EngineVictim(this, tenant, Script.SmallDisk.NONE)) {
            for (int day : days) {
                tenant.moveToDay(day);
                Trial.awaitEnd(engine, "PROCESSED");
                try (Connection database = engine.connect()) {
                    states.add(InventoryState.read(database));
                }
            }
        }
        references.put(population, states);
        return states;
    }

    /** A copy of the data directory of a server that was started once, since making its database takes seconds. */
    Path newServerDirectory(String name) throws Exception {
        if (serverTemplate.isEmpty()) {
            Path made = folder.resolve("server-template");
            try (ServerProcess server = ServerProcess.start(made, folder.resolve("server-template.log"))) {
                server.stop();
            }
            serverTemplate = Optional.of(made);
        }
        Path copy = folder.resolve(name);
        run("cp", "-a", serverTemplate.get().toString(), copy.toString());
        return copy;
    }

    /** Runs a program of the system; false if it fails. */
    static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(Duration.ofMinutes(1).toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
        delete(folder);
    }
}
