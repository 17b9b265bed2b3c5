// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.baselines;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Our first sync beside a shell pipeline and an Apache Camel route over the same tenant, into the same PostgreSQL. */
@Command(
        name = "baselines-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Has three programs land the hosts and findings of one simulated tenant in the same PostgreSQL, each in a database"
                    + " of its own and as a process of its own, one after the other: our first sync, a pipeline of curl, jq"
                    + " and psql, and an Apache Camel route. The tenant answers at once and as often as it is asked, so that"
                    + " the programs are measured and not the vendor's limit. Fails unless all landed the same numbers.",
            "The other two are asked for less. They keep the hosts' ids, names and systems, the CVEs' severities and who"
                    + " has what, and no more: no history, no proof of completeness, no stored answers. And they ask for the"
                    + " CVEs of each host by its id (va_endpoints); ours asks for each CVE's hosts, with all that is known of"
                    + " the CVE (va_cves), turns that round, and asks by id for hosts that share their name alone."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured, and all agree", "1:failed, or they do not agree", "2:wrong options"})
public final class BaselinesBenchmark implements Callable<Integer> {

    private static final long SAMPLE_MILLISECONDS = 50;
    private static final int LONGEST_OUTPUT = 4_000;

    @Mixin
    private FleetOptions options = new FleetOptions(10_000, 100, "target/baselines-benchmark");

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "How often each is run, in turns. Default: ${DEFAULT-VALUE}")
    private int repeat = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public BaselinesBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BaselinesBenchmark()).execute(arguments));
    }

    private enum Program {
        OURS("ours"),
        SHELL("curl, jq, psql"),
        CAMEL("Apache Camel");

        private final String inWords;

        Program(String inWords) {
            this.inWords = inWords;
        }

        List<String> missing() {
            List<String> tools = this == SHELL ? List.of("curl", "jq", "psql") : List.of();
            return tools.stream().filter(tool -> !onPath(tool)).toList();
        }

        private static boolean onPath(String tool) {
            return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
        }
    }

    /**
     * What one program took and left.
     *
     * @param seconds from the start of its process to its end
     * @param memoryBytes the most that its processes held resident at one moment, PostgreSQL's apart; looked at every
     *     50 ms, and pages shared by two of them count twice
     * @param databaseBytes of its database with all it holds
     */
    record Landed(String program, double seconds, long hosts, long findings, long memoryBytes, long databaseBytes) {

        double findingsPerSecond() {
            return findings / seconds;
        }

        double bytesPerFinding() {
            return databaseBytes / (double) findings;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        Leftovers.delete(options.directory());
        List<Landed> landed = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(SimulatorSettings.of(options.fleet()));
                EmbeddedPostgres postgres = EmbeddedPostgres.start(
                        options.directory().resolve("database"),
                        PostgresOptions.defaults().withStopAtExit(true))) {
            for (int i = 0; i < repeat; i++) {
                for (Program program : Program.values()) {
                    if (!program.missing().isEmpty()) {
                        if (i == 0) {
                            skipped.add(program.inWords);
                            console.println(
                                    program.inWords + " is skipped, since " + String.join(" and ", program.missing())
                                            + " is missing: apt install curl jq postgresql-client");
                        }
                        continue;
                    }
                    Landed one =
                            land(program, "run_" + i + "_" + program.name().toLowerCase(Locale.ROOT), tenant, postgres);
                    landed.add(one);
                    console.printf(
                            Locale.ROOT,
                            "%-15s %,d hosts, %,d findings in %.1f s: %,.0f findings/s; %.0f MB of memory; %.1f bytes a"
                                    + " finding in the database%n",
                            one.program(),
                            one.hosts(),
                            one.findings(),
                            one.seconds(),
                            one.findingsPerSecond(),
                            one.memoryBytes() / 1e6,
                            one.bytesPerFinding());
                    console.flush();
                }
            }
        }
        boolean agree = landed.stream()
                        .map(one -> one.hosts() + " " + one.findings())
                        .distinct()
                        .count()
                == 1;
        console.println(agree ? "All landed the same." : "They did not land the same, so nothing is compared.");
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("requestsPerSecond", "no limit");
        figures.put("agree", agree);
        figures.put("skipped", skipped);
        figures.put("landed", landed);
        options.report("baselines", spec, load, figures);
        console.flush();
        return agree ? 0 : 1;
    }

    private Landed land(Program program, String name, CortexXdrSimulator tenant, EmbeddedPostgres postgres)
            throws IOException, InterruptedException, SQLException {
        execute(postgres, postgres.jdbcUrl(), "create database " + name);
        String url = postgres.jdbcUrl(name);
        Path home = Path.of(System.getProperty("etm.home", "."));
        Path baselines = home.resolve("benchmarks/src/main/baselines");
        if (program != Program.OURS) {
            execute(postgres, url, Files.readString(baselines.resolve("tables.sql")));
        }
        long before = number(postgres, url, "select pg_database_size(current_database())");
        Path files = Files.createDirectories(options.directory().resolve(name));
        Path log = files.resolve("output.log");
        ProcessBuilder process = new ProcessBuilder(
                switch (program) {
                    case OURS -> java(System.getProperty("java.class.path"), OurSync.class.getName());
                    case SHELL ->
                        List.of("bash", baselines.resolve("pipeline.sh").toString());
                    case CAMEL ->
                        java(
                                home.resolve("baseline-camel/target/classes") + File.pathSeparator
                                        + home.resolve("baseline-camel/target/lib") + "/*",
                                "org.etmconnect.baseline.CamelBaseline");
                });
        process.environment()
                .putAll(Map.of(
                        "TENANT",
                        tenant.baseUrl().toString(),
                        "KEY_ID",
                        SimulatorSettings.DEFAULT_KEY_ID,
                        "KEY",
                        SimulatorSettings.DEFAULT_KEY,
                        "JDBC_URL",
                        url,
                        "PGHOST",
                        "127.0.0.1",
                        "PGPORT",
                        Integer.toString(postgres.port()),
                        "PGUSER",
                        postgres.user(),
                        "PGPASSWORD",
                        postgres.password().reveal(),
                        "PGDATABASE",
                        name,
                        "DIRECTORY",
                        files.toString()));
        long begun = System.nanoTime();
        Process running =
                process.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long memory = 0;
        while (!running.waitFor(SAMPLE_MILLISECONDS, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            memory = Math.max(
                    memory,
                    Stream.concat(Stream.of(running.toHandle()), running.descendants())
                            .mapToLong(BaselinesBenchmark::residentBytes)
                            .sum());
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (running.exitValue() != 0) {
            String said = Files.readString(log);
            throw new IOException(program.inWords + " ended with " + running.exitValue() + ": "
                    + said.substring(0, Math.min(said.length(), LONGEST_OUTPUT)));
        }
        boolean ours = program == Program.OURS;
        return new Landed(
                program.inWords,
                seconds,
                number(postgres, url, ours ? "select count(*) from source_record" : "select count(*) from host"),
                number(
                        postgres,
                        url,
                        ours
                                ? "select coalesce(sum(cardinality(definitions)), 0) from finding_cohort where fixed_run is null"
                                : "select count(*) from finding"),
                memory,
                // An empty database has its catalogue; the tables that ours makes first are its own.
                number(postgres, url, "select pg_database_size(current_database())") - before);
    }

    private static List<String> java(String classPath, String program) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                program);
    }

    /** 0 if the process is gone. */
    private static long residentBytes(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException | java.io.UncheckedIOException gone) {
            return 0;
        }
    }

    private static void execute(EmbeddedPostgres postgres, String url, String sql) throws SQLException {
        try (Connection connection = connect(postgres, url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(EmbeddedPostgres postgres, String url, String sql) throws SQLException {
        try (Connection connection = connect(postgres, url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres, String url) throws SQLException {
        return DriverManager.getConnection(
                url, postgres.user(), postgres.password().reveal());
    }
}
