// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.delivery;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.qql.FleetApply;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.csv.CsvForm;
import org.etmconnect.delivery.csv.EtmCsvWriter;
import org.etmconnect.delivery.ocsf.OcsfFormat;
import org.etmconnect.delivery.ocsf.OcsfWriter;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.simulator.population.Population;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads a simulated fleet into the inventory and says how fast it is written to files. */
@Command(
        name = "delivery-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Writes a simulated fleet into the inventory, then the whole inventory into files, several times: CSV, and OCSF events as JSON Lines and Parquet.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class DeliveryBenchmark implements Callable<Integer> {

    @Mixin
    private FleetOptions options = new FleetOptions(100_000, 50, "target/delivery-benchmark");

    @Option(names = "--repeat", paramLabel = "N", description = "How often. Default: ${DEFAULT-VALUE}")
    private int repeat = 3;

    @Option(names = "--keep", description = "Use the inventory that the last run left in the directory; load nothing")
    private boolean keep;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public DeliveryBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DeliveryBenchmark()).execute(arguments));
    }

    /**
     * One writing of the inventory.
     *
     * @param cpuSeconds what all threads of this process took; the database's are others'
     * @param heapMegabytes the most that the heap's pools held at once, as far as the JVM kept note
     */
    record Written(
            String form,
            double seconds,
            double cpuSeconds,
            long assets,
            long findings,
            long bytes,
            double heapMegabytes) {

        double findingsPerSecond() {
            return findings / seconds;
        }
    }

    @Override
    public Integer call() throws IOException, SQLException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        List<Written> written = new ArrayList<>();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(
                        options.directory().resolve("database"),
                        PostgresOptions.defaults().withStopAtExit(true));
                HikariDataSource database = DatabasePool.of(server, 3)) {
            if (!keep) {
                FleetApply fleet = new FleetApply(database);
                fleet.begin();
                fleet.apply("day 0", Population.of(options.fleet()).day(0), Duration.ofDays(1));
            }
            for (int i = 0; i < repeat; i++) {
                for (Form form : Form.values()) {
                    Written one = write(form, database);
                    written.add(one);
                    console.printf(
                            Locale.ROOT,
                            "%-16s %,d assets, %,d findings, %.1f MB in %.1f s, %.1f s of CPU: %,.0f findings/s, heap at most %.0f MB%n",
                            one.form(),
                            one.assets(),
                            one.findings(),
                            one.bytes() / 1e6,
                            one.seconds(),
                            one.cpuSeconds(),
                            one.findingsPerSecond(),
                            one.heapMegabytes());
                    console.flush();
                }
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapLimitMegabytes", Runtime.getRuntime().maxMemory() / 1e6);
        figures.put("written", written);
        options.report("delivery", spec, load, figures);
        return 0;
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    private enum Form {
        CSV,
        OCSF_JSON_LINES,
        OCSF_PARQUET;

        DeliveryCounts write(HikariDataSource database, OutputStream assets, OutputStream findings) {
            return switch (this) {
                case CSV -> new EtmCsvWriter(database, CsvForm.defaults()).write(assets, findings);
                case OCSF_JSON_LINES -> new OcsfWriter(database, OcsfFormat.JSON_LINES).write(assets, findings);
                case OCSF_PARQUET -> new OcsfWriter(database, OcsfFormat.PARQUET).write(assets, findings);
            };
        }
    }

    private Written write(Form form, HikariDataSource database) throws IOException {
        Path assets = options.directory().resolve("assets");
        Path findings = options.directory().resolve("findings");
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        long begun = System.nanoTime();
        double cpuBefore = cpuSeconds();
        DeliveryCounts counts;
        try (OutputStream assetFile = Files.newOutputStream(assets);
                OutputStream findingFile = Files.newOutputStream(findings)) {
            counts = form.write(database, assetFile, findingFile);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double cpu = cpuSeconds() - cpuBefore;
        long bytes = Files.size(assets) + Files.size(findings);
        Files.delete(assets);
        Files.delete(findings);
        long peak =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        return new Written(form.name(), seconds, cpu, counts.assets(), counts.findings(), bytes, peak / 1e6);
    }
}
