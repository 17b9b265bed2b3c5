// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.join;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Footprint;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.apply.StoredFleet;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.cortexxdr.stored.Streams;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast the hosts of each CVE become the CVEs of each host, and in how much memory. */
@Command(
        name = "join-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Writes the CVEs of a simulated tenant with their hosts to disk as a fetch would have left them, and joins them"
                    + " several times, in turn with the floor: unpacking the same bytes without a look at them.",
            "ETM_JAVA_OPTS=-Xmx1g sets the heap."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class JoinBenchmark implements Callable<Integer> {

    @Mixin
    private FleetOptions options = new FleetOptions(100_000, 100, "target/join-benchmark");

    @Option(
            names = "--memory",
            paramLabel = "MB",
            description = "What the join may hold before it spills, in MiB. Default: ${DEFAULT-VALUE}, as the server")
    private int memory = 64;

    @Option(names = "--repeat", paramLabel = "N", description = "Times each is done. Default: ${DEFAULT-VALUE}")
    private int repeat = 3;

    @Option(names = "--keep", description = "Leave the CVEs on disk, and take those that are there already")
    private boolean keep;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public JoinBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new JoinBenchmark()).execute(arguments));
    }

    /**
     * One try.
     *
     * @param seconds of the join
     * @param floorSeconds of unpacking alone
     */
    record Try(double seconds, double floorSeconds, Footprint.Most most) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        Path fleet = options.directory().resolve("cves-" + options.endpoints() + "-" + options.cves());
        Path counted = fleet.resolve("pairs");
        SnapshotStore store = new SnapshotStore(fleet, Clock.systemUTC(), false);
        if (!keep || Files.notExists(counted)) {
            Leftovers.delete(fleet);
            PopulationSettings settings = options.fleet();
            PopulationDay day = Population.of(settings).day(0);
            new StoredFleet(day, settings).writeCves(store.openOrCreate(0, 0));
            long[] pairs = {0};
            for (int cve = 0; cve < day.cveCount(); cve++) {
                day.forEachAffectedHost(cve, rank -> pairs[0]++);
            }
            Files.writeString(counted, Long.toString(pairs[0]));
        }
        long pairs = Long.parseLong(Files.readString(counted).strip());
        Snapshot snapshot = store.openOrCreate(0, 0);
        StoredPage page = snapshot.pages(Streams.CVES).getFirst();
        Path work = Files.createDirectories(options.directory().resolve("work"));
        List<Try> tries = new ArrayList<>();
        for (int i = 0; i < repeat; i++) {
            double floor = unpack(snapshot, page);
            tries.add(join(snapshot, work, floor));
        }
        double seconds = median(tries.stream().mapToDouble(Try::seconds).toArray());
        double floor = median(tries.stream().mapToDouble(Try::floorSeconds).toArray());
        console.printf(
                Locale.ROOT,
                "%,d pairs of %,d hosts, %,.1f MB of JSON: %.2f s, %,.0f pairs/s; unpacking alone %.2f s, so %.2f times"
                        + " that%n",
                pairs,
                options.endpoints(),
                page.bytes() / 1e6,
                seconds,
                pairs / seconds,
                floor,
                seconds / floor);
        for (Try one : tries) {
            console.printf(
                    Locale.ROOT,
                    "    %.2f s, unpacking %.2f s; heap after collection %,.0f MB, resident %,.0f MB, spilled %,.1f MB%n",
                    one.seconds(),
                    one.floorSeconds(),
                    one.most().heapAfterCollection() / 1e6,
                    one.most().resident() / 1e6,
                    one.most().spilled() / 1e6);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapLimitMegabytes", Runtime.getRuntime().maxMemory() / 1e6);
        figures.put("memoryMegabytes", memory);
        figures.put("pairs", pairs);
        figures.put("jsonBytes", page.bytes());
        figures.put("tries", tries);
        options.report("join", spec, load, figures);
        Leftovers.delete(work);
        if (!keep) {
            Leftovers.delete(fleet);
        }
        console.flush();
        return 0;
    }

    private static double unpack(Snapshot snapshot, StoredPage page) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long begun = System.nanoTime();
        try (InputStream body = snapshot.open(page)) {
            while (body.read(buffer) >= 0) {
                // not looked at
            }
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private Try join(Snapshot snapshot, Path work, double floor) {
        System.gc();
        try (Footprint footprint = Footprint.watch(work)) {
            long begun = System.nanoTime();
            try (SourceRecords records = new CortexXdrConnector()
                    .openRecords(snapshot, new RecordOptions((long) memory << 20, work), row -> {
                        throw new IllegalStateException("A row was rejected: " + row.reason());
                    })) {
                double seconds = (System.nanoTime() - begun) / 1e9;
                if (records.sharedItemCount() == 0) {
                    throw new IllegalStateException("No CVE was found");
                }
                System.gc();
                return new Try(seconds, floor, footprint.most());
            }
        }
    }

    private static double median(double[] values) {
        return Surroundings.quantile(Arrays.stream(values).sorted().toArray(), 0.5);
    }
}
