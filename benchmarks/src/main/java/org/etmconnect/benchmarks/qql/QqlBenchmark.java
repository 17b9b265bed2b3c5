// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.qql;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.etmconnect.benchmarks.DatabasePool;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.inventory.InTurn;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.OverviewReader;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads a simulated fleet into the inventory and says how long queries over it take. */
@Command(
        name = "qql-benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a simulated fleet into the inventory by the way a sync does: its first day, the same day again, and the"
                    + " day after. Then asks a fixed list of queries: pages of 100 rows, the first and the second, and"
                    + " counts bounded at 10,000. Then --clients at the same time ask two fixed sets, each in orders of its own"
                    + " and without a pause: 40 first pages and counts, and the groups of the overview and findings pages.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class QqlBenchmark implements Callable<Integer> {

    /** As many as the server has for searches. */
    private static final int CONNECTIONS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);

    private static final int SLOWEST = 12;

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
            names = "--clients",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many ask the fixed sets at the same time. Default: ${DEFAULT-VALUE}")
    private int clients;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description =
                    "Connections to the database that they share. Default: as many as the server has for searches")
    private int connections = CONNECTIONS;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Times each question is asked by each client, after once to warm up. Default: ${DEFAULT-VALUE}")
    private int repeat;

    @Option(names = "--only-sets", description = "Ask the fixed sets alone")
    private boolean onlySets;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed is another fleet. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--keep",
            description = "Ask the inventory that the last run left in the directory; load nothing. A server that was"
                    + " stopped and started has nothing in its page cache, so the first tries are cold")
    private boolean keep;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "target/qql-benchmark",
            description = "Where the database is kept. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("target/qql-benchmark");

    @Option(names = "--out", paramLabel = "FILE", description = "Writes all single numbers there, as JSON")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public QqlBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new QqlBenchmark()).execute(arguments));
    }

    private record Measured(String question, double first, List<Double> milliseconds, String result) {

        double median() {
            return at(0.5);
        }

        double p95() {
            return at(0.95);
        }

        private double at(double q) {
            return Surroundings.quantile(
                    milliseconds.stream()
                            .mapToDouble(Double::doubleValue)
                            .sorted()
                            .toArray(),
                    q);
        }
    }

    private record Inventory(long findings, Map<String, Long> bytes) {

        double bytesPerFinding() {
            return (double) bytes.values().stream().mapToLong(Long::longValue).sum() / Math.max(1, findings);
        }
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException, ExecutionException {
        PrintWriter console = spec.commandLine().getOut();
        String commit = Surroundings.commit();
        double load = Surroundings.loadAverage();
        PostgresOptions options = PostgresOptions.defaults().withStopAtExit(true);
        List<FleetApply.Applied> applied = new ArrayList<>();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, options);
                HikariDataSource database = DatabasePool.of(server, connections)) {
            if (keep) {
                Schema.migrate(database);
                if (text(database, "select count(*) from definition_count").equals("0")) {
                    throw new IllegalStateException(
                            "There is no inventory in " + directory + " to be asked: run once without --keep.");
                }
            } else {
                applied.addAll(load(database, console));
            }
            Inventory inventory = weigh(database);
            console.printf(
                    Locale.ROOT,
                    "%,d open findings, %.2f bytes each in all tables and indexes%n",
                    inventory.findings(),
                    inventory.bytesPerFinding());
            inventory
                    .bytes()
                    .forEach((relation, bytes) ->
                            console.printf(Locale.ROOT, "  %-34s %8.1f MB%n", relation, bytes / 1e6));
            console.flush();
            DataSource asked = new InTurn(database, connections, Duration.ofSeconds(30)).connections();
            Question.Searches searches = new Question.Searches(
                    new FindingSearch(asked),
                    new AssetSearch(asked),
                    new OverviewReader(asked, InstantSource.system(), Duration.ofSeconds(30)));
            Map<String, String> values = values(database);
            List<Measured> measured = onlySets ? List.of() : ask(searches, values);
            printTable(console, measured);
            Map<String, List<Measured>> sets = new LinkedHashMap<>();
            for (Question.Fixed set : Question.fixed()) {
                sets.put(set.name(), atOnce(set, searches, values));
                print(console, set, sets.get(set.name()));
            }
            if (out != null) {
                Map<String, Object> report = new LinkedHashMap<>();
                report.put("benchmark", "qql");
                report.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                report.put("commit", commit);
                report.put("machine", Surroundings.machine());
                report.put("loadBefore", load);
                report.put("fleet", Map.of("seed", seed, "endpoints", endpoints, "cves", cves));
                report.put("clients", clients);
                report.put("connections", connections);
                report.put("postgres", options);
                report.put("applied", applied);
                report.put("inventory", inventory);
                report.put("bytesPerFinding", inventory.bytesPerFinding());
                report.put("questions", measured);
                report.put("sets", sets);
                Surroundings.write(out, report);
                console.println("Single numbers: " + out);
            }
        }
        console.flush();
        return 0;
    }

    private List<FleetApply.Applied> load(DataSource database, PrintWriter console) throws SQLException {
        FleetApply fleet = new FleetApply(database);
        fleet.begin();
        Population population = Population.of(new PopulationSettings(seed, endpoints, cves));
        List<FleetApply.Applied> applied = new ArrayList<>();
        applied.add(fleet.apply("first load", population.day(0), Duration.ofDays(30)));
        print(console, applied.getLast());
        applied.add(fleet.apply("the same again", population.day(0), Duration.ofDays(29)));
        print(console, applied.getLast());
        applied.add(fleet.apply("a day later", population.day(1), Duration.ofDays(1)));
        print(console, applied.getLast());
        // what autovacuum does within a minute or two
        execute(database, "vacuum analyze");
        execute(database, "checkpoint");
        return applied;
    }

    private static void print(PrintWriter console, FleetApply.Applied applied) {
        console.printf(
                Locale.ROOT,
                "%-15s %,7d hosts, %,11d findings in %6.2f s: %,10.0f findings/s%n",
                applied.day(),
                applied.hosts(),
                applied.findings(),
                applied.seconds(),
                applied.findingsPerSecond());
        console.flush();
    }

    /** One client asks everything, one question after the other. */
    private List<Measured> ask(Question.Searches searches, Map<String, String> values) {
        Map<String, List<Double>> tries = new LinkedHashMap<>();
        Map<String, Double> first = new LinkedHashMap<>();
        Map<String, String> results = new LinkedHashMap<>();
        for (int repetition = 0; repetition <= repeat; repetition++) {
            for (Question question : Question.all()) {
                for (Question.Answer answer : question.ask(searches, values)) {
                    String name = question.name(values) + ", " + answer.what();
                    if (repetition == 0) {
                        first.put(name, answer.milliseconds());
                        results.put(name, answer.result());
                    } else {
                        tries.computeIfAbsent(name, none -> new ArrayList<>(repeat))
                                .add(answer.milliseconds());
                    }
                }
            }
        }
        return measured(tries, first, results);
    }

    /** All clients ask the questions of a set, each in orders of its own. */
    private List<Measured> atOnce(Question.Fixed set, Question.Searches searches, Map<String, String> values)
            throws InterruptedException, ExecutionException {
        Map<String, List<Double>> tries = new LinkedHashMap<>();
        Map<String, Double> first = new LinkedHashMap<>();
        Map<String, String> results = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (int repetition = 0; repetition <= repeat; repetition++) {
                List<Future<Map<String, Question.Answer>>> futures = new ArrayList<>();
                for (int client = 0; client < clients; client++) {
                    Random random = new Random(repetition * 1_000L + client);
                    futures.add(threads.submit(() -> round(set, searches, values, random)));
                }
                for (Future<Map<String, Question.Answer>> future : futures) {
                    for (Map.Entry<String, Question.Answer> asked : future.get().entrySet()) {
                        if (repetition == 0) {
                            first.putIfAbsent(asked.getKey(), asked.getValue().milliseconds());
                            results.put(asked.getKey(), asked.getValue().result());
                        } else {
                            tries.computeIfAbsent(asked.getKey(), none -> new ArrayList<>())
                                    .add(asked.getValue().milliseconds());
                        }
                    }
                }
            }
        }
        return measured(tries, first, results);
    }

    private static Map<String, Question.Answer> round(
            Question.Fixed set, Question.Searches searches, Map<String, String> values, Random random) {
        List<Question> questions = new ArrayList<>(set.questions());
        Collections.shuffle(questions, random);
        Map<String, Question.Answer> answers = new LinkedHashMap<>();
        questions.forEach(question -> answers.put(question.name(values), question.askFirst(searches, values)));
        return answers;
    }

    private static List<Measured> measured(
            Map<String, List<Double>> tries, Map<String, Double> first, Map<String, String> results) {
        List<Measured> measured = new ArrayList<>();
        tries.forEach((name, milliseconds) -> measured.add(new Measured(
                name, first.getOrDefault(name, Double.NaN), milliseconds, results.getOrDefault(name, ""))));
        measured.sort(Comparator.comparingDouble(Measured::median).reversed());
        return measured;
    }

    private void print(PrintWriter console, Question.Fixed set, List<Measured> measured) {
        double[] all = measured.stream()
                .flatMap(one -> one.milliseconds().stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        console.printf(
                Locale.ROOT,
                "%n%s, %d clients, %,d answers: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms; aim p95 %d ms. The slowest:%n",
                set.name(),
                clients,
                all.length,
                Surroundings.quantile(all, 0.5),
                Surroundings.quantile(all, 0.95),
                Surroundings.quantile(all, 0.99),
                set.aimMilliseconds());
        printTable(console, measured.subList(0, Math.min(SLOWEST, measured.size())));
        console.flush();
    }

    private static void printTable(PrintWriter console, List<Measured> measured) {
        if (measured.isEmpty()) {
            return;
        }
        console.printf("%n%9s %9s %9s  %-9s %s%n", "median ms", "p95 ms", "first ms", "result", "question");
        for (Measured one : measured) {
            console.printf(
                    Locale.ROOT,
                    "%9.1f %9.1f %9.1f  %-9s %s%n",
                    one.median(),
                    one.p95(),
                    one.first(),
                    one.result(),
                    one.question());
        }
    }

    /** Values that the fleet has, so that each kind of question finds something. */
    private static Map<String, String> values(DataSource database) throws SQLException {
        String byCount = "select d.cve_id from definition d join definition_count n using (definition_id)"
                + " where n.open_findings > 0 order by %s, d.definition_id limit 1";
        Map<String, String> values = new LinkedHashMap<>();
        values.put("common", text(database, byCount.formatted("n.open_findings desc")));
        values.put(
                "middling",
                text(
                        database,
                        byCount.formatted(
                                "abs(n.open_findings - (select count(*) from source_record where retired_run is null) / 20)")));
        values.put("rare", text(database, byCount.formatted("n.open_findings")));
        values.put(
                "os",
                text(
                        database,
                        "select os_name from asset where os_name not like 'Windows%' group by os_name"
                                + " order by count(*) desc, os_name limit 1"));
        values.put(
                "host",
                text(
                        database,
                        "select name from asset order by asset_id offset (select count(*) / 2 from asset) limit 1"));
        return values;
    }

    private static Inventory weigh(DataSource database) throws SQLException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select c.relname, case c.relkind when 'i' then pg_relation_size(c.oid) else pg_table_size(c.oid) end
                        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i')
                        order by 2 desc""")) {
            while (row.next()) {
                bytes.put(row.getString(1), row.getLong(2));
            }
        }
        return new Inventory(Long.parseLong(text(database, "select sum(open_findings) from definition_count")), bytes);
    }

    private static String text(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new IllegalStateException("The inventory is empty: leave out --keep to load it");
            }
            return row.getString(1);
        }
    }

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
