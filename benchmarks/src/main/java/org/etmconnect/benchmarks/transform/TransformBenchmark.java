// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.transform;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.TenantSync;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast the default map is, by JMH. */
@Command(
        name = "transform-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Maps hosts and CVEs, as a run reads them off a snapshot of a simulated tenant, with the default transform map: how"
                    + " many a second on one core. Measured by JMH, one thread in processes of its own. A run maps each CVE"
                    + " once, however many hosts have it, so the two are measured apart."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class TransformBenchmark implements Callable<Integer> {

    private static final int HOSTS = 1_000;
    private static final int CVES = 100;
    private static final double UNBOUNDED_PER_SECOND = 1_000;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "Processes, one after the other. Default: ${DEFAULT-VALUE}")
    private int forks = 3;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds that a process measures, after as many to warm up. Default: ${DEFAULT-VALUE}")
    private int seconds = 5;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where the snapshot is kept; emptied first. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("target/transform-benchmark");

    @Option(names = "--out", paramLabel = "FILE", description = "Writes all single numbers there, as JSON")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public TransformBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new TransformBenchmark()).execute(arguments));
    }

    /**
     * One of the two.
     *
     * @param perSecond the mean over all seconds of all processes
     * @param error half the width of the 99.9 % confidence interval of the mean; not a number if there was one second only
     * @param seconds the single figures
     */
    record Measured(String name, double perSecond, double error, List<Double> seconds) {}

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        fetch();
        List<Measured> measured = new ArrayList<>();
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include(Mapping.class.getName() + "\\..*")
                        .forks(forks)
                        .threads(1)
                        .warmupIterations(seconds)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(seconds)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgsAppend(
                                "-D" + Mapping.SNAPSHOTS + "="
                                        + directory.resolve("snapshots").toAbsolutePath(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run()) {
            Result<?> mean = result.getPrimaryResult();
            Measured one = new Measured(
                    mean.getLabel(),
                    mean.getScore(),
                    mean.getScoreError(),
                    result.getBenchmarkResults().stream()
                            .flatMap(fork -> fork.getIterationResults().stream())
                            .map(second -> second.getPrimaryResult().getScore())
                            .toList());
            measured.add(one);
            console.printf(
                    Locale.ROOT,
                    "%-5s %,9.0f a second on one core, ± %,.0f%n",
                    one.name(),
                    one.perSecond(),
                    one.error());
        }
        if (out != null) {
            Map<String, Object> report = Surroundings.report("transform", spec, load);
            report.put("fleet", Map.of("seed", 1, "endpoints", HOSTS, "cves", CVES));
            report.put("forks", forks);
            report.put("measured", measured);
            Surroundings.write(out, report);
            console.println("Single numbers: " + out);
        }
        console.flush();
        return 0;
    }

    /** Leaves a snapshot in the directory. */
    private void fetch() throws IOException, InterruptedException {
        Leftovers.delete(directory);
        try (CortexXdrSimulator tenant =
                        CortexXdrSimulator.start(SimulatorSettings.of(new PopulationSettings(1, HOSTS, CVES)));
                EmbeddedPostgres postgres = EmbeddedPostgres.start(
                        directory.resolve("database"),
                        PostgresOptions.defaults().withStopAtExit(true));
                HikariDataSource database = DatabasePool.of(postgres, 10)) {
            Schema.migrate(database);
            try (TenantSync sync = TenantSync.open(database, tenant.baseUrl(), UNBOUNDED_PER_SECOND, 4, directory)) {
                sync.run();
            }
        }
    }
}
