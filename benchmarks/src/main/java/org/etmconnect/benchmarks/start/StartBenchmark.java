// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.start;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.qql.FleetApply;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.simulator.population.Population;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** From the launcher to the first answer. */
@Command(
        name = "start-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Starts the server by ./etm serve, in turns over an inventory that is loaded and over an empty folder, with and"
                    + " without the launcher's cache of loaded classes, and takes the time from the launcher's start until"
                    + " a search of findings is answered. Builds nothing: run ./etm build first."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class StartBenchmark implements Callable<Integer> {

    private static final Pattern UP = Pattern.compile("ETM Connect is up on (http://[0-9.:]+) \\(([0-9.]+) s\\)");
    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    @Mixin
    private FleetOptions options = new FleetOptions(100_000, 100, "target/start-benchmark");

    @Option(names = "--repeat", paramLabel = "N", description = "Starts of each kind. Default: ${DEFAULT-VALUE}")
    private int repeat = 5;

    @Option(names = "--keep", description = "Use the inventory that the last run left in the directory; load nothing")
    private boolean keep;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public StartBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StartBenchmark()).execute(arguments));
    }

    /**
     * One start.
     *
     * @param inventory {@code loaded} or {@code fresh}
     * @param cache whether the launcher's cache of classes was used
     * @param seconds from the launcher's start to the end of the first answer
     * @param saidSeconds what the server says it took, without launcher and JVM
     */
    record Start(String inventory, boolean cache, double seconds, double saidSeconds) {}

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        Path loaded = options.directory().resolve("loaded");
        if (!keep) {
            Leftovers.delete(options.directory());
            load(loaded);
        }
        List<Start> starts = new ArrayList<>();
        // Once for the disk's cache, and to bring what was loaded up to date.
        start(loaded, "loaded", true);
        boolean cached = Files.exists(home().resolve(".etm/server.aot"));
        if (!cached) {
            console.println(
                    "The launcher could make no cache: see .etm/logs/aot.log. Only starts without it are measured.");
        }
        List<Boolean> kinds = cached ? List.of(true, false) : List.of(false);
        for (int i = 0; i < repeat; i++) {
            for (boolean cache : kinds) {
                starts.add(start(loaded, "loaded", cache));
                Path fresh = options.directory().resolve("fresh");
                Leftovers.delete(fresh);
                starts.add(start(fresh, "fresh", cache));
            }
        }
        for (String inventory : List.of("loaded", "fresh")) {
            for (boolean cache : kinds) {
                double[] seconds = starts.stream()
                        .filter(start -> start.inventory().equals(inventory) && start.cache() == cache)
                        .mapToDouble(Start::seconds)
                        .sorted()
                        .toArray();
                console.printf(
                        Locale.ROOT,
                        "%-7s %-14s median %.2f s, %.2f s to %.2f s%n",
                        inventory,
                        cache ? "with cache" : "without cache",
                        Surroundings.quantile(seconds, 0.5),
                        seconds[0],
                        seconds[seconds.length - 1]);
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("starts", starts);
        options.report("start", spec, load, figures);
        console.flush();
        return 0;
    }

    private void load(Path data) throws SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(
                        data.resolve("database"), PostgresOptions.defaults().withStopAtExit(true));
                HikariDataSource database = DatabasePool.of(server, 3)) {
            FleetApply fleet = new FleetApply(database);
            fleet.begin();
            fleet.apply("day 0", Population.of(options.fleet()).day(0), Duration.ofDays(1));
        }
    }

    private Start start(Path data, String inventory, boolean cache) throws IOException, InterruptedException {
        Path log = options.directory().resolve("console.log");
        Path launcher = home().resolve("etm");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash",
                        launcher.toString(),
                        "serve",
                        "--data=" + data.toAbsolutePath(),
                        "--port=0",
                        "--log-format=plain")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "ETM_JAVA_HOME",
                        System.getProperty("java.home"),
                        "ETM_BUILD",
                        "never",
                        "ETM_AOT_CACHE",
                        cache ? "auto" : "never"));
        long begun = System.nanoTime();
        Process server = builder.start();
        Thread atExit = new Thread(server::destroy);
        Runtime.getRuntime().addShutdownHook(atExit);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (server.isAlive() && System.nanoTime() - begun < LONGEST_START.toNanos()) {
                Matcher up = UP.matcher(Files.readString(log));
                if (up.find()) {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create(up.group(1)).resolve("/api/v1/findings"))
                                    .header(
                                            "Authorization",
                                            "Bearer "
                                                    + Files.readString(data.resolve("api-token"))
                                                            .strip())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() != 200) {
                        throw new IOException("The search was answered " + answer.statusCode() + ": " + answer.body());
                    }
                    return new Start(
                            inventory, cache, (System.nanoTime() - begun) / 1e9, Double.parseDouble(up.group(2)));
                }
                Thread.sleep(5);
            }
            throw new IOException("The server did not start. It said: " + Files.readString(log));
        } finally {
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("etm.home", "."));
    }
}
