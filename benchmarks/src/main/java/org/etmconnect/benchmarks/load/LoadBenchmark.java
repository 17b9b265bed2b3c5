// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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

/** Syncs a tenant alone and then beside clients, half of them hostile, and compares. */
@Command(
        name = "load-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Starts a server, syncs it with a simulated tenant, first alone and then while clients call it: one half as"
                        + " people and programs do, the other half slow, oversized, malformed or without a token.",
        footerHeading = "%nExample:%n",
        footer = "  ./etm bench load --minutes 10 --out load.json",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all bounds hold", "1:a bound is broken", "2:wrong options"})
public final class LoadBenchmark implements Callable<Integer> {

    private static final double MOST_SLOWER = 1.5;
    private static final long MORE_HEAP = 64_000_000;

    @Option(names = "--minutes", paramLabel = "N", description = "How long clients call. Default: ${DEFAULT-VALUE}")
    private int minutes = 10;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "How many; half are hostile. Default: ${DEFAULT-VALUE}")
    private int clients = 200;

    @Option(
            names = "--think",
            paramLabel = "MS",
            description = "What a well-behaved client waits between calls, on average. Default: ${DEFAULT-VALUE}")
    private int think = 2_000;

    @Option(
            names = "--hostile-think",
            paramLabel = "MS",
            description = "What a hostile client waits between calls. Default: ${DEFAULT-VALUE}")
    private int hostileThink = 500;

    @Mixin
    private FleetOptions options = new FleetOptions(10_000, 100, "target/load-benchmark");

    @Option(
            names = "--alone",
            paramLabel = "N",
            description = "Syncs without clients, before and after. Default: ${DEFAULT-VALUE}")
    private int alone = 3;

    @Option(names = "--heap", paramLabel = "SIZE", description = "The server's most heap. Default: ${DEFAULT-VALUE}")
    private String heap = "1g";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public LoadBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadBenchmark()).execute(arguments));
    }

    private record Bound(String what, String measured, boolean holds) {}

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        PrintWriter console = new PrintWriter(spec.commandLine().getOut(), true);
        double load = Surroundings.loadAverage();
        List<Double> syncsAlone = new ArrayList<>();
        List<Double> syncsAloneAgain = new ArrayList<>();
        List<Double> syncsUnderLoad = new ArrayList<>();
        List<Health> healths = new ArrayList<>();
        double first;
        Clients crowd;
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(SimulatorSettings.of(options.fleet()));
                MeasuredServer server = MeasuredServer.start(options.directory(), heap)) {
            int profile = server.connect(tenant);
            int day = 0;
            first = server.sync(profile);
            console.printf(Locale.ROOT, "first sync: %.1f s%n", first);
            for (int i = 0; i < alone; i++) {
                tenant.moveToDay(Math.min(++day, Population.LAST_DAY));
                syncsAlone.add(server.sync(profile));
                console.printf(Locale.ROOT, "alone: %.1f s%n", syncsAlone.getLast());
            }
            healths.add(server.health());
            crowd = new Clients(server, clients, Duration.ofMillis(think), Duration.ofMillis(hostileThink));
            long end = System.nanoTime() + minutes * 60_000_000_000L;
            crowd.begin();
            while (System.nanoTime() < end || syncsUnderLoad.isEmpty()) {
                tenant.moveToDay(Math.min(++day, Population.LAST_DAY));
                syncsUnderLoad.add(server.sync(profile));
                healths.add(server.health());
                console.printf(
                        Locale.ROOT,
                        "beside %d clients: %.1f s, heap %.1f MB%n",
                        clients,
                        syncsUnderLoad.getLast(),
                        healths.getLast().heapBytes() / 1e6);
            }
            crowd.end();
            // what hostile clients left open is closed by the server's time limits
            Thread.sleep(25_000);
            healths.add(server.health());
            // by now the server has compiled what it runs often: an alone that was slow for that reason flatters
            for (int i = 0; i < alone; i++) {
                tenant.moveToDay(Math.min(++day, Population.LAST_DAY));
                syncsAloneAgain.add(server.sync(profile));
                console.printf(Locale.ROOT, "alone again: %.1f s%n", syncsAloneAgain.getLast());
            }
        }
        double before = Math.min(median(syncsAlone), median(syncsAloneAgain));
        double under = median(syncsUnderLoad);
        double[] latencies = crowd.latencies();
        Health calm = healths.getFirst();
        Health afterwards = healths.getLast();
        long faults = crowd.faultsOfWellBehaved();
        List<Bound> bounds = List.of(
                new Bound(
                        "a sync takes at most %.1f times as long".formatted(MOST_SLOWER),
                        "%.1f s, then %.1f s: %.2f times".formatted(before, under, under / before),
                        under <= MOST_SLOWER * before),
                new Bound("no well-behaved client gets a 5xx or no answer", faults + " did", faults == 0),
                new Bound(
                        "memory stays flat",
                        "%.1f MB, then %.1f MB".formatted(calm.heapBytes() / 1e6, afterwards.heapBytes() / 1e6),
                        afterwards.heapBytes() <= calm.heapBytes() + MORE_HEAP),
                new Bound(
                        "threads and open files come back",
                        "%d and %d, then %d and %d"
                                .formatted(
                                        calm.threads(), calm.openFiles(), afterwards.threads(), afterwards.openFiles()),
                        afterwards.threads() <= calm.threads() + 16
                                && afterwards.openFiles() <= calm.openFiles() + 32));
        crowd.statuses().forEach((kind, statuses) -> console.printf(Locale.ROOT, "%-16s %s%n", kind, statuses));
        if (latencies.length > 0) {
            console.printf(
                    Locale.ROOT,
                    "well-behaved: p50 %.0f ms, p95 %.0f ms, p99 %.0f ms of %,d calls%n",
                    Surroundings.quantile(latencies, 0.5),
                    Surroundings.quantile(latencies, 0.95),
                    Surroundings.quantile(latencies, 0.99),
                    latencies.length);
        }
        bounds.forEach(bound -> console.printf(
                Locale.ROOT, "%-46s %s: %s%n", bound.what(), bound.holds() ? "holds " : "BROKEN", bound.measured()));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapLimit", heap);
        figures.put("firstSyncSeconds", first);
        figures.put("syncSecondsAlone", syncsAlone);
        figures.put("syncSecondsUnderLoad", syncsUnderLoad);
        figures.put("syncSecondsAloneAgain", syncsAloneAgain);
        figures.put("statuses", crowd.statuses());
        figures.put(
                "latencyMilliseconds",
                latencies.length == 0
                        ? Map.of()
                        : Map.of(
                                "p50", Surroundings.quantile(latencies, 0.5),
                                "p95", Surroundings.quantile(latencies, 0.95),
                                "p99", Surroundings.quantile(latencies, 0.99)));
        figures.put("bounds", bounds);
        figures.put("health", healths);
        options.report("load", spec, load, figures);
        return bounds.stream().allMatch(Bound::holds) ? 0 : 1;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return Surroundings.quantile(sorted, 0.5);
    }
}
