// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.layout.CohortLayout.Format;
import org.etmconnect.benchmarks.layout.CohortLayout.Gin;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads a simulated fleet's findings into PostgreSQL in several layouts and says what each costs. */
@Command(
        name = "layout-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Loads the findings of a simulated fleet into the embedded PostgreSQL in several layouts, and measures for"
                    + " each the first load, a run without changes, a run with 1 %% of the hosts changed, bytes per finding,"
                    + " and first pages of 100. The layouts take turns, so that a busy moment spoils none alone.",
            ""
        },
        footerHeading = "%nLayouts:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class LayoutBenchmark implements Callable<Integer> {

    @Option(
            names = "--endpoints",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Hosts of the fleet. Default: ${DEFAULT-VALUE}")
    private int endpoints;

    @Option(
            names = "--cves",
            paramLabel = "N",
            defaultValue = "100",
            description = "CVEs of a host on average. Default: ${DEFAULT-VALUE}")
    private int cves;

    @Option(
            names = "--layouts",
            paramLabel = "NAME",
            split = ",",
            description = "Layouts to measure, with commas between them. Default: all")
    private List<String> names = List.of();

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "Times each layout is measured. Default: ${DEFAULT-VALUE}")
    private int repeat;

    @Option(
            names = "--tries",
            paramLabel = "N",
            defaultValue = "50",
            description = "Pages asked for each question. Default: ${DEFAULT-VALUE}")
    private int tries;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed is another fleet. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--shared-buffers",
            paramLabel = "MIB",
            defaultValue = "256",
            description = "PostgreSQL's page cache. Default: ${DEFAULT-VALUE}")
    private int sharedBuffers;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A further PostgreSQL setting; may be given several times")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "target/layout-benchmark",
            description = "Where the database is kept. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("target/layout-benchmark");

    @Option(names = "--out", paramLabel = "FILE", description = "Writes all single numbers there, as JSON")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public LayoutBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new LayoutBenchmark());
        command.getCommandSpec()
                .usageMessage()
                .footer(layouts().stream()
                        .map(layout -> "  %-22s %s".formatted(layout.name(), layout.description()))
                        .toArray(String[]::new));
        System.exit(command.execute(arguments));
    }

    static List<Layout> layouts() {
        return List.of(
                cohort("cohort", "host cohorts, binary COPY, GIN after the load", Format.BINARY, Gin.AFTER_THE_LOAD),
                cohort("cohort-text", "the same by COPY as text", Format.TEXT, Gin.AFTER_THE_LOAD),
                cohort("cohort-gin-first", "the GIN is there before the load", Format.BINARY, Gin.BEFORE_THE_LOAD),
                cohort(
                        "cohort-gin-pending",
                        "the GIN is there before, with its pending list",
                        Format.BINARY,
                        Gin.BEFORE_WITH_PENDING_LIST),
                new CohortLayout(
                        "cohort-intarray",
                        "GIN after the load, operators of intarray",
                        Format.BINARY,
                        Gin.AFTER_THE_LOAD,
                        "gin__int_ops",
                        ""),
                new CohortLayout(
                        "cohort-fill80",
                        "GIN after the load, a fifth of each page left free",
                        Format.BINARY,
                        Gin.AFTER_THE_LOAD,
                        "array_ops",
                        " with (fillfactor = 80)"),
                new CohortLayout(
                        "cohort-toast128",
                        "GIN after the load, arrays compressed from 128 bytes on",
                        Format.BINARY,
                        Gin.AFTER_THE_LOAD,
                        "array_ops",
                        " with (toast_tuple_target = 128)"),
                new BlockLayout(),
                new SharedSetLayout(),
                new RowLayout());
    }

    private static Layout cohort(String name, String description, Format format, Gin gin) {
        return new CohortLayout(name, description, format, gin, "array_ops", "");
    }

    @Override
    public Integer call() throws IOException, SQLException {
        PrintWriter console = spec.commandLine().getOut();
        List<Layout> chosen = choose();
        String commit = Surroundings.commit();
        console.println("Making " + endpoints + " hosts …");
        console.flush();
        FleetSets fleet = FleetSets.simulated(seed, endpoints, cves);
        FleetSets later = fleet.withHostsChanged(seed, 100);
        console.printf(
                Locale.ROOT,
                "%,d hosts, %,d definitions, %,d findings%n",
                fleet.records(),
                fleet.definitions(),
                fleet.findings());
        console.flush();

        PostgresOptions options = PostgresOptions.defaults()
                .withSharedBuffersMegabytes(sharedBuffers)
                .withStopAtExit(true);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            options = options.withSetting(setting.getKey(), setting.getValue());
        }
        List<Measurement> measurements = new ArrayList<>();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, options);
                Connection connection = DriverManager.getConnection(
                        server.jdbcUrl(), server.user(), server.password().reveal())) {
            LayoutRun run = new LayoutRun(connection, fleet, later, tries, seed);
            for (int repetition = 1; repetition <= repeat; repetition++) {
                for (Layout layout : chosen) {
                    Measurement measured = run.measure(layout, repetition, Surroundings.loadAverage());
                    measurements.add(measured);
                    console.printf(
                            Locale.ROOT,
                            "%d/%d %-18s %,9.0f findings/s (load %.1f)%n",
                            repetition,
                            repeat,
                            layout.name(),
                            measured.findingsPerSecond(),
                            measured.loadBefore());
                    console.flush();
                }
            }
        }
        printTable(console, chosen, measurements);
        if (out != null) {
            write(out, commit, fleet, options, measurements);
            console.println("Single numbers: " + out);
        }
        console.flush();
        return 0;
    }

    private List<Layout> choose() {
        List<Layout> all = layouts();
        if (names.isEmpty()) {
            return all;
        }
        return names.stream()
                .map(name -> all.stream()
                        .filter(layout -> layout.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new CommandLine.ParameterException(
                                spec.commandLine(),
                                "There is no layout '" + name + "'; there are "
                                        + all.stream().map(Layout::name).collect(Collectors.joining(", ")))))
                .toList();
    }

    private static void printTable(PrintWriter console, List<Layout> layouts, List<Measurement> measurements) {
        console.printf(
                "%n%-18s %13s %7s %7s %6s %9s %6s %9s %9s   %s%n",
                "layout",
                "findings/s",
                "copy s",
                "index s",
                "B/find",
                "WAL MB",
                "same s",
                "change s",
                "WAL MB",
                "pages, median/p95 ms: cve, severity, host, newest; the same after the changes");
        for (Layout layout : layouts) {
            List<Measurement> own = measurements.stream()
                    .filter(measurement -> measurement.layout().equals(layout.name()))
                    .toList();
            console.printf(
                    Locale.ROOT,
                    "%-18s %,13.0f %7.2f %7.2f %6.2f %9.1f %6.2f %9.2f %9.1f   %s; %s%n",
                    layout.name(),
                    median(own, Measurement::findingsPerSecond),
                    median(own, Measurement::copySeconds),
                    median(own, Measurement::indexSeconds),
                    median(own, Measurement::bytesPerFinding),
                    median(own, m -> m.loadWalBytes() / 1e6),
                    median(own, Measurement::unchangedSeconds),
                    median(own, Measurement::changeSeconds),
                    median(own, m -> m.changeWalBytes() / 1e6),
                    pages(own.stream().map(Measurement::pages).toList()),
                    pages(own.stream().map(Measurement::pagesAfterChange).toList()));
        }
        console.println("Medians of the repetitions. findings/s counts the indexes; lowest and highest of it:");
        for (Layout layout : layouts) {
            double[] speeds = measurements.stream()
                    .filter(measurement -> measurement.layout().equals(layout.name()))
                    .mapToDouble(Measurement::findingsPerSecond)
                    .sorted()
                    .toArray();
            console.printf(Locale.ROOT, "%-18s %,13.0f %,13.0f%n", layout.name(), speeds[0], speeds[speeds.length - 1]);
        }
    }

    private static String pages(List<Map<String, double[]>> repetitions) {
        return repetitions.getFirst().keySet().stream()
                .map(question -> {
                    double[] tries = repetitions.stream()
                            .flatMapToDouble(pages -> Arrays.stream(pages.getOrDefault(question, new double[0])))
                            .sorted()
                            .toArray();
                    return String.format(
                            Locale.ROOT,
                            "%.1f/%.1f",
                            Surroundings.quantile(tries, 0.5),
                            Surroundings.quantile(tries, 0.95));
                })
                .collect(Collectors.joining(" "));
    }

    private static double median(List<Measurement> measurements, ToDoubleFunction<Measurement> number) {
        return Surroundings.quantile(
                measurements.stream().mapToDouble(number).sorted().toArray(), 0.5);
    }

    private void write(
            Path file, String commit, FleetSets fleet, PostgresOptions options, List<Measurement> measurements)
            throws IOException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("benchmark", "layout");
        report.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.put("commit", commit);
        report.put("machine", Surroundings.machine());
        report.put(
                "fleet",
                Map.of(
                        "seed", seed,
                        "hosts", fleet.records(),
                        "definitions", fleet.definitions(),
                        "findings", fleet.findings()));
        report.put("postgres", options);
        report.put("layouts", layouts().stream().collect(Collectors.toMap(Layout::name, Layout::description)));
        report.put("measurements", measurements);
        Surroundings.write(file, report);
    }
}
