// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.NewConnection;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.ProfileDraft;
import org.etmconnect.inventory.configuration.ProfileOutcome;
import org.etmconnect.inventory.configuration.ProfileStore;
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.schedule.ProfileScheduler;
import org.etmconnect.sync.schedule.SchedulerOptions;

/** A simulated tenant, an empty inventory, and a connection between them. */
final class TenantUnderTest implements AutoCloseable {

    final CortexXdrSimulator simulator;
    final RunStore runs;
    final SnapshotStore snapshots;
    final ConfigurationStore configuration;
    final SavedConnection connection;
    private final TestDatabase database;
    private final HikariDataSource pool;
    private final CortexXdrConnector connector = CortexXdrConnector.hurried(20);
    private final Path directory;
    private final Duration silence;
    private final ConnectionSettings settings;
    private final String defaultMap;
    private SyncService sync;

    TenantUnderTest(Path directory, int endpoints, int cvesPerEndpoint) {
        this(
                directory,
                SimulatorSettings.of(new PopulationSettings(1, endpoints, cvesPerEndpoint)),
                Set.of(FindingType.values()));
    }

    TenantUnderTest(Path directory, int endpoints, int cvesPerEndpoint, Duration silence) {
        this(
                directory,
                SimulatorSettings.of(new PopulationSettings(1, endpoints, cvesPerEndpoint)),
                Set.of(FindingType.values()),
                silence);
    }

    TenantUnderTest(Path directory, SimulatorSettings settings, Set<FindingType> findingTypes) {
        this(directory, settings, findingTypes, Duration.ofSeconds(60));
    }

    /** Its inventory is in {@code database}, which has the schema and is closed with it. */
    TenantUnderTest(Path directory, int endpoints, int cvesPerEndpoint, Duration silence, TestDatabase database) {
        this(
                directory,
                SimulatorSettings.of(new PopulationSettings(1, endpoints, cvesPerEndpoint)),
                Set.of(FindingType.values()),
                silence,
                database);
    }

    private TenantUnderTest(
            Path directory, SimulatorSettings simulated, Set<FindingType> findingTypes, Duration silence) {
        this(directory, simulated, findingTypes, silence, TestDatabase.migrated());
    }

    private TenantUnderTest(
            Path directory,
            SimulatorSettings simulated,
            Set<FindingType> findingTypes,
            Duration silence,
            TestDatabase database) {
        this.database = database;
        this.pool = pool(database);
        this.directory = directory;
        this.silence = silence;
        simulator = CortexXdrSimulator.start(simulated.withPendingPolls(0));
        runs = new RunStore(pool, Clock.systemUTC());
        snapshots = new SnapshotStore(directory.resolve("snapshots"), Clock.systemUTC());
        configuration =
                new ConfigurationStore(pool, KeySet.openOrCreate(directory.resolve("keys")), true, Clock.systemUTC());
        ConnectionSettings entered = new ConnectionSettings(
                Map.of("baseURL", simulator.baseUrl().toString(), "x-xdr-auth-id", SimulatorSettings.DEFAULT_KEY_ID),
                Map.of("apiKey", Secret.of(SimulatorSettings.DEFAULT_KEY)),
                findingTypes,
                NetworkOptions.defaults().withPlainHttp(true).withBudget(1_000, 8));
        SettingsCheck.Accepted accepted = (SettingsCheck.Accepted) connector.checkSettings(entered);
        TransformMaps maps = new TransformMaps(List.of(connector), new MapStore(pool, Clock.systemUTC()));
        this.settings = accepted.settings();
        this.defaultMap = maps.shipped().getFirst().map().name();
        connection = connect("Tenant");
        sync = service();
    }

    /** Another connection to the same tenant. */
    SavedConnection connect(String name) {
        SaveOutcome saved =
                configuration.create(new NewConnection(name, "", connector.descriptor(), settings, defaultMap));
        return ((SaveOutcome.Saved) saved).connection();
    }

    Profile profile(SavedConnection of, String name, Schedule schedule) {
        ProfileOutcome saved =
                profiles().create(of.id(), new ProfileDraft(name, "", defaultMap, Optional.empty(), true, schedule));
        return ((ProfileOutcome.Saved) saved).profile();
    }

    private ProfileStore profiles() {
        return new ProfileStore(pool, Clock.systemUTC());
    }

    ProfileScheduler scheduler(SyncService service, InstantSource clock) {
        return new ProfileScheduler(
                pool,
                configuration,
                service::queueDue,
                () -> {},
                clock,
                new SchedulerOptions(
                        Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(1)));
    }

    /** Opening a connection for each statement would take longer than the statements. */
    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(30);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(1_000);
        return new HikariDataSource(config);
    }

    DataSource database() {
        return pool;
    }

    /** Another server on the same database and files. */
    SyncService service() {
        return service(SyncOptions.STUCK_AFTER);
    }

    /** The same server, more or less patient with runs that get no further. */
    void restartStuckAfter(Duration stuckAfter) {
        sync.close();
        sync = service(stuckAfter);
    }

    private SyncService service(Duration stuckAfter) {
        SyncOptions options = SyncOptions.defaults(directory.resolve("work"));
        return new SyncService(
                pool,
                runs,
                configuration,
                snapshots,
                List.of(connector),
                new TransformMaps(List.of(connector), new MapStore(pool, Clock.systemUTC())),
                new SyncOptions(
                        options.joinMemoryBytes(),
                        options.workDirectory(),
                        500,
                        options.findingsPerBatch(),
                        3,
                        silence,
                        stuckAfter));
    }

    /** Gives the profile a map of its own, made from the shipped one's text. */
    void useMap(String name, UnaryOperator<String> change) {
        MapStore maps = new MapStore(pool, Clock.systemUTC());
        TransformMaps.Shipped shipped =
                new TransformMaps(List.of(connector), maps).shipped().getFirst();
        String yaml = change.apply(shipped.yaml());
        assertThat(yaml).isNotEqualTo(shipped.yaml());
        assertThat(maps.create(name, yaml, "mira", "")).isPresent();
        Profile profile = profile();
        assertThat(profiles()
                        .update(
                                profile.id(),
                                new ProfileDraft(
                                        profile.name(),
                                        profile.description(),
                                        name,
                                        Optional.empty(),
                                        profile.active(),
                                        profile.schedule())))
                .isInstanceOf(ProfileOutcome.Saved.class);
    }

    TransformMaps maps() {
        return new TransformMaps(List.of(connector), new MapStore(database.dataSource(), Clock.systemUTC()));
    }

    CortexXdrConnector connector() {
        return connector;
    }

    /** The connection as it is now. */
    SavedConnection saved() {
        return configuration.connection(connection.id()).orElseThrow();
    }

    /** In batches smaller than the tenant. */
    DryRuns dryRuns() {
        SyncOptions options = SyncOptions.defaults(directory.resolve("work"));
        return new DryRuns(
                database.dataSource(),
                runs,
                maps(),
                new LastSnapshots(snapshots),
                new SyncOptions(
                        options.joinMemoryBytes(), options.workDirectory(), 60, options.findingsPerBatch(), 3, silence),
                Clock.systemUTC());
    }

    /** Where every row of every table lies and who wrote it: the same only if nothing was written. */
    String everyRow() throws SQLException {
        StringBuilder all = new StringBuilder();
        try (Connection sqlConnection = database.connect();
                Statement statement = sqlConnection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(
                    "select tablename from pg_tables where schemaname = 'public' order by tablename")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            for (String table : tables) {
                try (ResultSet row = statement.executeQuery("select md5(string_agg(t.ctid::text || t.xmin::text, ','"
                        + " order by t.ctid)) from " + table + " t")) {
                    row.next();
                    all.append(table).append(' ').append(row.getString(1)).append('\n');
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "select string_agg(sequencename || coalesce(last_value, 0), ',' order by sequencename) from pg_sequences")) {
                row.next();
                all.append(row.getString(1));
            }
        }
        return all.toString();
    }

    /** Cuts all connections to the database and lets nobody in until the run had to leave its work. */
    void takeDatabaseAwayFrom(int runId) throws SQLException, InterruptedException {
        String name = text("select current_database()");
        String postgres = database.jdbcUrl().replaceFirst("/[^/]*$", "/postgres");
        try (Connection other = DriverManager.getConnection(postgres, database.user(), database.password());
                Statement statement = other.createStatement()) {
            statement.execute("alter database " + name + " allow_connections false");
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
            while (sync.progress(runId).isPresent()) {
                Thread.sleep(20);
            }
            statement.execute("alter database " + name + " allow_connections true");
            awaitConnection();
        }
    }

    SyncService sync() {
        return sync;
    }

    /** The pool tries at growing intervals, so it may have none for a while after the database is back. */
    private void awaitConnection() throws InterruptedException {
        for (int tries = 0; tries < 60; tries++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isClosed()).isFalse();
                return;
            } catch (SQLException notYet) {
                Thread.sleep(100);
            }
        }
        throw new AssertionError("The database does not come back");
    }

    /** Stops the service as a server that ends does, and starts another over the same data. */
    void restart() {
        sync.close();
        sync = service();
        sync.resume();
    }

    Profile profile() {
        return configuration.profiles(OptionalInt.of(connection.id())).getFirst();
    }

    Run run() throws InterruptedException {
        return await(sync.queue(profile(), Run.Trigger.MANUAL).id());
    }

    Run await(int runId) throws InterruptedException {
        for (int tries = 0; tries < 6_000; tries++) {
            Run run = runs.find(runId).orElseThrow();
            if (run.state().ended()) {
                return run;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("Run " + runId + " did not end: " + runs.find(runId) + runs.log(runId));
    }

    String text(String sql) throws SQLException {
        try (Connection sqlConnection = pool.getConnection();
                Statement statement = sqlConnection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return String.valueOf(row.getString(1));
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    @Override
    public void close() {
        sync.close();
        simulator.close();
        pool.close();
        database.close();
    }
}
