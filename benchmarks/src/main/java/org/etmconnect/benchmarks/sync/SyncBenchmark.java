// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.sync;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.TenantSync;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunActivity;
import org.etmconnect.inventory.runs.RunStage;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.snapshot.Snapshot;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How much of the vendor's request budget a run uses, and what its stages take. */
@Command(
        name = "sync-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Makes three runs against a simulated tenant that allows so many requests a second and answers each late: the"
                    + " first, the same again, and the day after. Tells how much of the budget fetching used, and what each"
                    + " stage took. With --floor also the least time in which the same bytes can be read. Simulator, engine"
                    + " and database share this machine."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class SyncBenchmark implements Callable<Integer> {

    private static final List<String> RUNS = List.of("first", "the same again", "a day later");

    @Mixin
    private FleetOptions options = new FleetOptions(100_000, 100, "target/sync-benchmark");

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests a second that the tenant allows and the connection asks. Default: ${DEFAULT-VALUE}")
    private int rate = 10;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Requests at the same time. Default: ${DEFAULT-VALUE}")
    private int parallel = 4;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            description = "How late each answer is, in milliseconds. Default: ${DEFAULT-VALUE}")
    private int latency = 200;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "How many of the three runs are made: 1 for the first alone. Default: ${DEFAULT-VALUE}")
    private int wanted = 3;

    @Option(
            names = "--floor",
            description =
                    "After the runs, ask the tenant once more for what the last run fetched, at the same pace, and"
                            + " throw the answers away")
    private boolean withFloor;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public SyncBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SyncBenchmark()).execute(arguments));
    }

    /**
     * One run.
     *
     * @param seconds from asking for it to its end
     * @param calls requests spent
     * @param throttled how many of them the tenant refused as too fast
     * @param budgetSeconds what these requests take at least
     * @param fetchSeconds what fetching took
     * @param milliseconds what each stage took
     */
    record Measured(
            String name,
            double seconds,
            long calls,
            long throttled,
            double budgetSeconds,
            double fetchSeconds,
            long hosts,
            long findings,
            Map<RunStage, Long> milliseconds) {

        double budgetUsed() {
            return budgetSeconds / fetchSeconds;
        }

        double afterFetchSeconds() {
            return seconds - fetchSeconds;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        empty(options.directory());
        List<Measured> measured = new ArrayList<>();
        Optional<FetchFloor.Floor> floor;
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(SimulatorSettings.of(options.fleet())
                        .withRequestsPerSecond(rate)
                        .withLatency(Duration.ofMillis(latency)));
                EmbeddedPostgres postgres = EmbeddedPostgres.start(
                        options.directory().resolve("database"),
                        PostgresOptions.defaults().withStopAtExit(true));
                HikariDataSource database = DatabasePool.of(postgres, 20)) {
            Schema.migrate(database);
            floor = measure(database, tenant, console, measured);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heapLimitMegabytes", Runtime.getRuntime().maxMemory() / 1e6);
        figures.put("rate", rate);
        figures.put("parallel", parallel);
        figures.put("latencyMilliseconds", latency);
        figures.put("runs", measured);
        floor.ifPresent(least -> figures.put("fetchFloor", least));
        options.report("sync", spec, load, figures);
        console.flush();
        return 0;
    }

    private Optional<FetchFloor.Floor> measure(
            HikariDataSource database, CortexXdrSimulator tenant, PrintWriter console, List<Measured> measured)
            throws InterruptedException {
        RunStore runs;
        Snapshot snapshot;
        try (TenantSync sync = TenantSync.open(database, tenant.baseUrl(), rate, parallel, options.directory())) {
            runs = sync.runs();
            for (String name : RUNS.subList(0, Math.clamp(wanted, 1, RUNS.size()))) {
                if (name.equals("a day later")) {
                    tenant.moveToDay(1);
                }
                Measured one = measured(name, runs, sync.run(), rate);
                measured.add(one);
                console.printf(
                        Locale.ROOT,
                        "%-15s %,9d hosts, %,11d findings in %.1f s: %,d requests (%d refused) in %.1f s, %.1f %% of the budget;"
                                + " then %.1f s, %,.0f findings/s; %.2f times what the budget allows%n",
                        one.name(),
                        one.hosts(),
                        one.findings(),
                        one.seconds(),
                        one.calls(),
                        one.throttled(),
                        one.fetchSeconds(),
                        one.budgetUsed() * 100,
                        one.afterFetchSeconds(),
                        one.findings() / one.afterFetchSeconds(),
                        one.seconds() / one.budgetSeconds());
                console.println("                "
                        + one.milliseconds().entrySet().stream()
                                .map(stage -> String.format(
                                        Locale.ROOT,
                                        "%s %.1f s",
                                        stage.getKey().name().toLowerCase(Locale.ROOT),
                                        stage.getValue() / 1e3))
                                .reduce((left, right) -> left + ", " + right)
                                .orElse(""));
                console.flush();
            }
            snapshot = sync.lastSnapshot();
        }
        if (!withFloor) {
            return Optional.empty();
        }
        List<StoredPage> pages = Stream.of("endpoints", "va_cves", "va_endpoints")
                .flatMap(stream -> snapshot.pages(stream).stream())
                .toList();
        FetchFloor.Floor floor;
        try {
            floor = new FetchFloor(tenant.baseUrl(), rate, parallel).read(pages);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The tenant did not answer the floor's calls", e.getCause());
        }
        Measured last = measured.getLast();
        console.printf(
                Locale.ROOT,
                "fetch floor     %,d requests (%d refused), %.1f MB in %.1f s; fetching took %.3f times that%n",
                floor.calls(),
                floor.refused(),
                floor.bytes() / 1e6,
                floor.seconds(),
                last.fetchSeconds() / floor.seconds());
        return Optional.of(floor);
    }

    private static Measured measured(String name, RunStore runs, Run run, int rate) {
        int runId = run.id();
        Map<RunStage, Long> stages = runs.activities(List.of(runId))
                .getOrDefault(runId, RunActivity.NONE)
                .milliseconds();
        double seconds =
                Duration.between(run.queuedAt(), run.finishedAt().orElseThrow()).toMillis() / 1e3;
        return new Measured(
                name,
                seconds,
                run.counts().apiCalls(),
                run.counts().throttled(),
                run.counts().apiCalls() / (double) rate,
                stages.getOrDefault(RunStage.FETCH, 0L) / 1e3,
                run.counts().recordsRead(),
                run.counts().findingsNew()
                        + run.counts().findingsUnchanged()
                        + run.counts().findingsReopened(),
                stages);
    }

    private static void empty(Path directory) throws IOException {
        Leftovers.delete(directory);
        Files.createDirectories(directory);
    }
}
