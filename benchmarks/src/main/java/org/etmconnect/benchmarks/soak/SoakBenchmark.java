// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.MeasuredServer;
import org.etmconnect.benchmarks.MeasuredServer.Health;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.Population;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Syncs every minute for hours, a tenant's day further each time, and says what grows. */
@Command(
        name = "soak-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Starts a server, syncs it with a simulated tenant again and again, each time a day later, and watches heap,"
                        + " threads, connections, open files, temporary files and the database.",
        footerHeading = "%nExample:%n",
        footer = "  ./etm bench soak --minutes 240 --out soak.json",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing grew", "1:something grew, or failed", "2:wrong options"})
public final class SoakBenchmark implements Callable<Integer> {

    /** What is there before everything was used once says little. */
    private static final int RUNS_TO_WARM_UP = 3;

    @Option(names = "--minutes", paramLabel = "N", description = "How long. Default: ${DEFAULT-VALUE}")
    private int minutes = 240;

    @Option(names = "--every", paramLabel = "S", description = "Seconds from sync to sync. Default: ${DEFAULT-VALUE}")
    private int every = 60;

    @Mixin
    private FleetOptions options = new FleetOptions(2_000, 50, "target/soak-benchmark");

    @Option(names = "--heap", paramLabel = "SIZE", description = "The server's most heap. Default: ${DEFAULT-VALUE}")
    private String heap = "512m";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public SoakBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SoakBenchmark()).execute(arguments));
    }

    /**
     * How one quantity went.
     *
     * @param what the quantity
     * @param before its greatest value in the first half after warming up; of what may grow, its growth in that half
     * @param after its least value in the last quarter: noise goes up and down, growth does not come back; of what may grow, its
     *     growth in the second half
     * @param most more than that, after, is growth
     */
    record Course(String what, long before, long after, long most) {

        boolean grew() {
            return after > most;
        }
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        List<Health> healths = new ArrayList<>();
        List<Double> syncs = new ArrayList<>();
        long end = System.nanoTime() + minutes * 60_000_000_000L;
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(SimulatorSettings.of(options.fleet()));
                MeasuredServer server = MeasuredServer.start(options.directory(), heap)) {
            int profile = server.connect(tenant);
            long next = System.nanoTime();
            for (int run = 0; System.nanoTime() < end || run < RUNS_TO_WARM_UP + 4; run++) {
                tenant.moveToDay(Math.min(run, Population.LAST_DAY));
                syncs.add(server.sync(profile));
                Health health = server.health();
                healths.add(health);
                console.printf(
                        Locale.ROOT,
                        "run %d: %.1f s; heap %.1f MB, %d threads, %d open files, %d connections, %d temporary files, database"
                                + " %.1f MB, snapshots %.1f MB%n",
                        run + 1,
                        syncs.getLast(),
                        health.heapBytes() / 1e6,
                        health.threads(),
                        health.openFiles(),
                        health.databaseConnections(),
                        health.temporaryFiles(),
                        health.databaseBytes() / 1e6,
                        health.snapshotBytes() / 1e6);
                console.flush();
                next += every * 1_000_000_000L;
                Thread.sleep(Math.max(0, Math.min(next, end) - System.nanoTime()) / 1_000_000L);
            }
        }
        List<Course> courses = List.of(
                course(healths, "heap after a full collection, bytes", Health::heapBytes, 1.1, 8_000_000),
                course(healths, "threads", Health::threads, 1, 4),
                course(healths, "open files", Health::openFiles, 1, 8),
                course(healths, "connections to the database", Health::databaseConnections, 1, 4),
                course(healths, "temporary files", Health::temporaryFiles, 1, 2),
                // five are kept, whatever they hold
                course(healths, "snapshots, bytes", Health::snapshotBytes, 1.25, 4_000_000),
                growth(healths, "growth of the database in one half, bytes", Health::databaseBytes));
        boolean grew = false;
        for (Course course : courses) {
            grew |= course.grew();
            console.printf(
                    "%-40s %,d, then %,d%s%n",
                    course.what(),
                    course.before(),
                    course.after(),
                    course.grew() ? ": GREW (more than " + course.most() + ")" : "");
        }
        console.flush();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("loadAfter", Surroundings.loadAverage());
        figures.put("heapLimit", heap);
        figures.put("courses", courses);
        figures.put("syncSeconds", syncs);
        figures.put("health", healths);
        options.report("soak", spec, load, figures);
        return grew ? 1 : 0;
    }

    private static Course course(
            List<Health> healths, String what, ToLongFunction<Health> value, double times, long plus) {
        List<Health> warm = healths.subList(Math.min(RUNS_TO_WARM_UP, healths.size() - 1), healths.size());
        List<Health> first = warm.subList(0, Math.max(1, warm.size() / 2));
        List<Health> last = warm.subList(warm.size() - Math.max(1, warm.size() / 4), warm.size());
        long before = first.stream().mapToLong(value).max().orElse(0);
        long after = last.stream().mapToLong(value).min().orElse(0);
        return new Course(what, before, after, (long) (before * times) + plus);
    }

    /** History grows by what changes, about the same each day: in the second half no more than half as much again. */
    private static Course growth(List<Health> healths, String what, ToLongFunction<Health> value) {
        List<Health> warm = healths.subList(Math.min(RUNS_TO_WARM_UP, healths.size() - 1), healths.size());
        long begin = value.applyAsLong(warm.getFirst());
        long middle = value.applyAsLong(warm.get(warm.size() / 2));
        long end = value.applyAsLong(warm.getLast());
        return new Course(what, middle - begin, end - middle, (middle - begin) * 3 / 2 + 8_000_000);
    }
}
