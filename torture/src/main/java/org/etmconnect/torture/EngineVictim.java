// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.SyncOptions;
import org.etmconnect.sync.SyncService;
import org.etmconnect.sync.TransformMaps;

/**
 * The real engine, store, connector and snapshots in this process. It crashes by having its plug to the database pulled in
 * the middle of a statement; what it held in memory is thrown away, its thread is not waited for longer than it takes to
 * notice, and another engine is started over the same folder and database.
 */
final class EngineVictim implements Victim {

    private static final String AMPLE = "size=256m";

    private final Harness harness;
    private final String databaseName;
    private final Path folder;
    private final CortexXdrConnector connector = CortexXdrConnector.hurried(20);
    private final JumpingClock clock = new JumpingClock();
    private final int profileConnection;
    private final Optional<Path> smallDisk;
    private Parts parts;

    /** One life of the engine. */
    private record Parts(HikariDataSource pool, Plug plug, ConfigurationStore configuration, SyncService sync) {}

    /** @param disk what lies on a disk of its own, which can be filled, if this machine lets one be made */
    EngineVictim(Harness harness, CortexXdrSimulator tenant, Script.SmallDisk disk) throws Exception {
        this.harness = harness;
        this.databaseName = harness.newName();
        this.folder = harness.folder().resolve(databaseName);
        Path place =
                Files.createDirectories(folder.resolve(disk == Script.SmallDisk.DATABASE ? "database" : "snapshots"));
        this.smallDisk = disk != Script.SmallDisk.NONE && mount(place, AMPLE) ? Optional.of(place) : Optional.empty();
        if (disk == Script.SmallDisk.DATABASE && smallDisk.isPresent()) {
            harness.create(databaseName, place);
        } else {
            harness.create(databaseName);
        }
        this.parts = begin();
        this.profileConnection = connect(parts.configuration(), tenant);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            // The guard against closing much at once would hide what is closed wrongly.
            statement.execute("update connection set hold_percent = 100");
        }
    }

    private Parts begin() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(harness.source(databaseName));
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(2_000);
        config.setInitializationFailTimeout(60_000);
        HikariDataSource pool = new HikariDataSource(config);
        Plug plug = new Plug(harness::killPostgres);
        DataSource database = plug.over(pool);
        ConfigurationStore configuration =
                new ConfigurationStore(database, KeySet.openOrCreate(folder.resolve("keys")), true, clock);
        SyncService sync = new SyncService(
                database,
                new RunStore(database, clock),
                configuration,
                new SnapshotStore(folder.resolve("snapshots"), clock),
                List.of(connector),
                new TransformMaps(List.of(connector), new MapStore(database, clock)),
                // Small batches, so that there are several; a server that is silent for 400 ms counts as gone.
                new SyncOptions(
                        1L << 20,
                        folder.resolve("work"),
                        40,
                        5_000,
                        3,
                        Duration.ofMillis(400),
                        Duration.ofSeconds(60)));
        return new Parts(pool, plug, configuration, sync);
    }

    private int connect(ConfigurationStore configuration, CortexXdrSimulator tenant) {
        ConnectionSettings entered = new ConnectionSettings(
                Map.of("baseURL", tenant.baseUrl().toString(), "x-xdr-auth-id", SimulatorSettings.DEFAULT_KEY_ID),
                Map.of("apiKey", Secret.of(SimulatorSettings.DEFAULT_KEY)),
                Set.of(FindingType.values()),
                NetworkOptions.defaults().withPlainHttp(true).withBudget(1_000, 8));
        if (!(connector.checkSettings(entered) instanceof SettingsCheck.Accepted accepted)) {
            throw new IllegalStateException("The simulator's settings are not accepted");
        }
        String map = new TransformMaps(List.of(connector), new MapStore(harness.source(databaseName), clock))
                .shipped()
                .getFirst()
                .map()
                .name();
        SaveOutcome saved =
                configuration.create(new NewConnection("Tenant", "", connector.descriptor(), accepted.settings(), map));
        if (!(saved instanceof SaveOutcome.Saved made)) {
            throw new IllegalStateException("The connection was not saved: " + saved);
        }
        return made.connection().id();
    }

    @Override
    public void ask() {
        parts.sync()
                .queue(
                        parts.configuration()
                                .profiles(OptionalInt.of(profileConnection))
                                .getFirst(),
                        Run.Trigger.MANUAL);
    }

    @Override
    public void arm(Crash crash) {
        parts.plug().arm(crash);
    }

    @Override
    public boolean isArmed() {
        return parts.plug().isArmed();
    }

    @Override
    public void disarm() {
        parts.plug().disarm();
    }

    @Override
    public void tick(Connection database) {
        // Its crashes happen at statements.
    }

    @Override
    public boolean isUp() {
        return !parts.plug().isPulled();
    }

    @Override
    public void restart() throws InterruptedException {
        end();
        parts = begin();
        parts.sync().resumeAlone();
    }

    private void end() {
        parts.plug().pull();
        parts.sync().kill();
        // Its thread must be out of the folder; a killed process would be, too.
        parts.sync().close();
        parts.pool().close();
    }

    @Override
    public boolean jump(Duration by) {
        clock.jump(by);
        return true;
    }

    @Override
    public boolean fillDisk() throws Exception {
        return smallDisk.isPresent() && mount(smallDisk.get(), "remount,size=" + (used(smallDisk.get()) + 24) + "k");
    }

    /** In kB. */
    private static long used(Path disk) throws IOException {
        FileStore store = Files.getFileStore(disk);
        return (store.getTotalSpace() - store.getUnallocatedSpace()) >> 10;
    }

    @Override
    public void freeDisk() throws Exception {
        if (smallDisk.isPresent()) {
            mount(smallDisk.get(), "remount," + AMPLE);
        }
    }

    private static boolean mount(Path place, String options) throws IOException, InterruptedException {
        return Harness.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
    }

    @Override
    public Connection connect() throws SQLException {
        return harness.source(databaseName).getConnection();
    }

    @Override
    public void close() {
        end();
        try {
            harness.drop(databaseName);
            if (smallDisk.isPresent()) {
                Harness.run("umount", smallDisk.get().toString());
            }
            Harness.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + folder, e);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot drop " + databaseName, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
