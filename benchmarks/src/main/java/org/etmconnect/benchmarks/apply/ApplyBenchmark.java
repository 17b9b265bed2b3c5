// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.apply;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Footprint;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.NewConnection;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunActivity;
import org.etmconnect.inventory.runs.RunStage;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.snapshot.Seal;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.SyncOptions;
import org.etmconnect.sync.SyncService;
import org.etmconnect.sync.TransformMaps;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a run takes whose fetch is done, against plain {@code COPY} of the same rows. */
@Command(
        name = "apply-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Writes two days of a simulated tenant to disk as a fetch would have left them, and makes three runs over them: the"
                    + " first, the same again, and the day after. The rows of the first are then loaded once more by plain COPY"
                    + " into empty tables, whose indexes are made after that: the load floor.",
            "With ETM_JAVA_OPTS=-Xmx512m the heap is that of a small server. Making the snapshots takes some 30 bytes a host"
                    + " besides; with --keep they are made once, by a run of its own."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class ApplyBenchmark implements Callable<Integer> {

    @Mixin
    private FleetOptions options = new FleetOptions(100_000, 100, "target/apply-benchmark");

    @Option(
            names = "--join-memory",
            paramLabel = "MB",
            description = "What the join may hold before it spills, in MiB. Default: ${DEFAULT-VALUE}, as the server")
    private int joinMemory = 64;

    @Option(
            names = "--keep",
            description =
                    "Leave snapshots and database where they are at the end, and take the snapshots that are there"
                            + " already. Without it nothing is left")
    private boolean keep;

    @Option(names = "--make-only", description = "Make the snapshots and end; with --keep")
    private boolean makeOnly;

    @Option(
            names = "--no-floor",
            description = "Leave the load floor out, which takes the room of the inventory twice more")
    private boolean noFloor;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "1: the first load only; 2: and the same again; 3: and a day later. Default: ${DEFAULT-VALUE}")
    private int runs = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public ApplyBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ApplyBenchmark()).execute(arguments));
    }

    /**
     * One run.
     *
     * @param seconds from its beginning to its end
     * @param milliseconds what each stage took
     * @param databaseBytes all tables and indexes after it
     * @param most what this process took
     */
    record Measured(
            String name,
            double seconds,
            long hosts,
            long findings,
            Map<RunStage, Long> milliseconds,
            long databaseBytes,
            Footprint.Most most) {

        double findingsPerSecond() {
            return findings / seconds;
        }

        double bytesPerFinding() {
            return (double) databaseBytes / Math.max(1, findings);
        }
    }

    /** A snapshot that was written or found. */
    record Stored(int day, double seconds, long bytes) {}

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        Path fleet = options.directory().resolve("fleet-" + options.endpoints() + "-" + options.cves());
        List<Stored> stored = new ArrayList<>();
        for (int day = 0; day <= (runs > 2 ? 1 : 0); day++) {
            stored.add(store(fleet, day));
            console.printf(
                    Locale.ROOT,
                    "day %d: snapshot of %,.1f MB, made in %.1f s%n",
                    day,
                    stored.getLast().bytes() / 1e6,
                    stored.getLast().seconds());
            console.flush();
        }
        if (makeOnly) {
            return 0;
        }
        List<Measured> measured = new ArrayList<>();
        List<LoadFloor.Measured> floor = new ArrayList<>();
        for (String old : List.of("database", "snapshots", "work", "keys")) {
            Leftovers.delete(options.directory().resolve(old));
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(
                        options.directory().resolve("database"),
                        PostgresOptions.defaults().withStopAtExit(true));
                HikariDataSource database = DatabasePool.of(postgres, 20)) {
            Schema.migrate(database);
            measure(postgres, database, fleet, console, measured, floor);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapLimitMegabytes", Runtime.getRuntime().maxMemory() / 1e6);
        figures.put("joinMemoryMegabytes", joinMemory);
        figures.put("snapshots", stored);
        figures.put("runs", measured);
        figures.put("floor", floor);
        options.report("apply", spec, load, figures);
        if (!keep) {
            for (String left : List.of("database", "snapshots", "work", "keys")) {
                Leftovers.delete(options.directory().resolve(left));
            }
            Leftovers.delete(fleet);
        }
        console.flush();
        return 0;
    }

    private Stored store(Path fleet, int day) throws IOException, InterruptedException {
        SnapshotStore store = new SnapshotStore(fleet, Clock.systemUTC(), false);
        Path folder = fleet.resolve("0").resolve(Integer.toString(day));
        if (keep && Files.exists(folder)) {
            if (store.find(0, day).flatMap(Snapshot::seal).map(Seal::sealed).orElse(false)) {
                return new Stored(day, 0, Footprint.bytesOf(folder));
            }
        }
        Leftovers.delete(folder);
        long begun = System.nanoTime();
        PopulationSettings settings = options.fleet();
        PopulationDay population = Population.of(settings).day(day);
        new StoredFleet(population, settings).write(store.openOrCreate(0, day));
        return new Stored(day, (System.nanoTime() - begun) / 1e9, Footprint.bytesOf(folder));
    }

    private void measure(
            EmbeddedPostgres postgres,
            HikariDataSource database,
            Path fleet,
            PrintWriter console,
            List<Measured> measured,
            List<LoadFloor.Measured> floor)
            throws InterruptedException, IOException, SQLException {
        CortexXdrConnector connector = new CortexXdrConnector();
        TransformMaps maps = new TransformMaps(List.of(connector), new MapStore(database, Clock.systemUTC()));
        ConfigurationStore configuration = new ConfigurationStore(
                database, KeySet.openOrCreate(options.directory().resolve("keys")), true, Clock.systemUTC());
        int connection = connect(connector, configuration, maps);
        Profile profile = configuration.profiles(OptionalInt.of(connection)).getFirst();
        List<String> names = List.of("first load", "the same again", "a day later");
        for (int i = 0; i < Math.min(runs, names.size()); i++) {
            execute(database, "checkpoint");
            Measured one = run(names.get(i), i / 2, fleet, database, connector, configuration, maps, profile);
            measured.add(one);
            print(console, one, measured.getFirst());
            if (i == 0 && !noFloor) {
                execute(database, "create database floor");
                try (HikariDataSource empty = DatabasePool.of(postgres, postgres.jdbcUrl("floor"), 20)) {
                    floor.add(new LoadFloor(database, empty, options.directory().resolve("work")).measure());
                }
                execute(database, "drop database floor");
                LoadFloor.Measured least = floor.getFirst();
                console.printf(
                        Locale.ROOT,
                        "%-15s %,11d rows of %,.1f MB in %.1f s: COPY %.1f s, indexes and keys %.1f s; the first load took"
                                + " %.2f times that%n",
                        "load floor",
                        least.rows(),
                        least.bytes() / 1e6,
                        least.seconds(),
                        least.copySeconds(),
                        least.indexSeconds(),
                        one.seconds() / least.seconds());
                console.flush();
            }
        }
    }

    private static void print(PrintWriter console, Measured one, Measured first) {
        console.printf(
                Locale.ROOT,
                "%-15s %,9d hosts, %,13d findings in %.1f s: %,.0f findings/s, %,.0f hosts/s, %.2f times the first load%n",
                one.name(),
                one.hosts(),
                one.findings(),
                one.seconds(),
                one.findingsPerSecond(),
                one.hosts() / one.seconds(),
                one.seconds() / first.seconds());
        console.printf(
                Locale.ROOT,
                "                %s%n                heap after collection %,.0f MB, resident %,.0f MB, spilled %,.1f MB;"
                        + " database %,.1f MB, %.2f bytes a finding%n",
                one.milliseconds().entrySet().stream()
                        .map(stage -> String.format(
                                Locale.ROOT,
                                "%s %.1f s",
                                stage.getKey().name().toLowerCase(Locale.ROOT),
                                stage.getValue() / 1e3))
                        .collect(Collectors.joining(", ")),
                one.most().heapAfterCollection() / 1e6,
                one.most().resident() / 1e6,
                one.most().spilled() / 1e6,
                one.databaseBytes() / 1e6,
                one.bytesPerFinding());
        console.flush();
    }

    /** The run finds its snapshot closed, as one does that was cut off after its fetch. */
    private Measured run(
            String name,
            int day,
            Path fleet,
            DataSource database,
            CortexXdrConnector connector,
            ConfigurationStore configuration,
            TransformMaps maps,
            Profile profile)
            throws InterruptedException, IOException, SQLException {
        RunStore runStore = new RunStore(database, Clock.systemUTC());
        int runId = runStore.queue(
                        profile.connectionId(),
                        profile.id(),
                        Run.Trigger.MANUAL,
                        profile.transformMap(),
                        profile.transformMapVersion())
                .id();
        Path snapshots = options.directory().resolve("snapshots");
        Path ofConnection = Files.createDirectories(snapshots.resolve(Integer.toString(profile.connectionId())));
        Files.createSymbolicLink(
                ofConnection.resolve(Integer.toString(runId)),
                fleet.resolve("0").resolve(Integer.toString(day)).toAbsolutePath());
        Path work = options.directory().resolve("work");
        SyncOptions defaults = SyncOptions.defaults(work);
        SyncOptions asTheServer = new SyncOptions(
                (long) joinMemory << 20,
                work,
                defaults.recordsPerBatch(),
                defaults.findingsPerBatch(),
                defaults.keptSnapshots(),
                defaults.silence(),
                Duration.ofHours(3));
        System.gc();
        Run run;
        Footprint.Most most;
        long begun = System.nanoTime();
        double seconds;
        try (Footprint footprint = Footprint.watch(work);
                SyncService sync = new SyncService(
                        database,
                        runStore,
                        configuration,
                        new SnapshotStore(snapshots, Clock.systemUTC()),
                        List.of(connector),
                        maps,
                        asTheServer)) {
            sync.resumeAlone();
            run = runStore.find(runId).orElseThrow();
            while (!run.state().ended()) {
                Thread.sleep(20);
                run = runStore.find(runId).orElseThrow();
            }
            seconds = (System.nanoTime() - begun) / 1e9;
            most = footprint.most();
        }
        if (run.state() != RunState.PROCESSED) {
            throw new IllegalStateException("The run ended as " + run.state() + ": " + run.failure() + run.missing());
        }
        return new Measured(
                name,
                seconds,
                run.counts().recordsRead(),
                run.counts().findingsNew()
                        + run.counts().findingsUnchanged()
                        + run.counts().findingsReopened(),
                runStore.activities(List.of(runId))
                        .getOrDefault(runId, RunActivity.NONE)
                        .milliseconds(),
                inventoryBytes(database),
                most);
    }

    private static int connect(CortexXdrConnector connector, ConfigurationStore configuration, TransformMaps maps) {
        if (configuration.create(new NewConnection(
                        "Tenant",
                        "",
                        connector.descriptor(),
                        StoredFleet.settings(),
                        maps.shipped().getFirst().map().name()))
                instanceof SaveOutcome.Saved saved) {
            return saved.connection().id();
        }
        throw new IllegalStateException("The connection could not be saved");
    }

    private static long inventoryBytes(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select sum(pg_total_relation_size(oid)) from pg_class
                        where relnamespace = 'public'::regnamespace and relkind = 'r'""")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
