// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.etmconnect.inventory.apply.IncomingDefinition;
import org.etmconnect.inventory.apply.IncomingRecord;
import org.etmconnect.inventory.apply.InventoryWriter;
import org.etmconnect.inventory.apply.KeptHistory;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random tenants over many runs: what was listed when a run had finished is what is listed as of it for ever after, and
 * what happened between two runs is what differs from list to list.
 */
class PastStatesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant BEGIN = Instant.parse("2026-03-01T08:00:00Z");
    private static final int HOSTS = 7;
    private static final int VULNERABILITIES = 9;

    /** Of this test alone, since another runs beside it. */
    private final TestDatabase database = TestDatabase.migrated();

    private final HikariDataSource source = SearchFixture.pool(database, 4);
    private final Ticking clock = new Ticking();
    private RunStore runs;
    private FindingSearch findings;
    private AssetSearch assets;
    private Map<Integer, Seen> empty = Map.of();

    /** A minute later each time it is looked at. */
    private static final class Ticking extends Clock {
        private Instant now = BEGIN;

        @Override
        public Instant instant() {
            now = now.plusSeconds(60);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @AfterEach
    void close() {
        source.close();
        database.close();
    }

    @BeforeEach
    void emptyInventory() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    -- so that hosts have definitions of two blocks
                    alter table definition alter column definition_id restart with 65535;
                    insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                    select 'Tenant ' || n, 'x', 'Vendor', 'Product ' || n, '{VULNERABILITY}', '{}', '{}', now()
                    from generate_series(1, 2) n;
                    insert into profile (connection_id, name, transform_map, created_at)
                    select n, 'Default', 'map', now() from generate_series(1, 2) n""");
        }
        runs = new RunStore(source, clock);
        findings = new FindingSearch(source, clock, Duration.ofSeconds(30));
        assets = new AssetSearch(source, clock, Duration.ofSeconds(30));
    }

    /** What a person saw of one connection when one of its runs had finished. */
    private record Seen(
            int run, int connection, List<String> findings, List<String> assets, SortedMap<String, Boolean> open) {}

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(longs = {1, 2})
    void whatWasListedAfterARunIsListedAsOfIt(long seed) {
        replay(new Random(seed), false);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(longs = {3, 4, 5})
    void incompleteAndFailedRunsAndThoseOfOtherConnectionsUnderWayAreToldApart(long seed) {
        replay(new Random(seed), true);
    }

    private void replay(Random random, boolean trouble) {
        List<Seen> history = new ArrayList<>();
        live(tenants(random), random, trouble, history, 9);
        checkStates(history, 0, Map.of(), trouble);
        checkChanges(history, 0, random);
    }

    private static Map<Integer, Tenant> tenants(Random random) {
        return Map.of(1, new Tenant(1, random), 2, new Tenant(2, random));
    }

    private Seen nothing(int connection, boolean trouble) {
        return new Seen(
                0,
                connection,
                listFindings(connection, "", trouble),
                listAssets(connection, "", trouble),
                new TreeMap<>());
    }

    private void live(Map<Integer, Tenant> tenants, Random random, boolean trouble, List<Seen> history, int steps) {
        if (history.isEmpty()) {
            empty = Map.of(1, nothing(1, trouble), 2, nothing(2, trouble));
        }
        for (int step = 0; step < steps; step++) {
            int one = 1 + random.nextInt(2);
            if (random.nextInt(3) == 0) {
                // the first to begin is the last to finish
                Under first = begin(tenants.get(one));
                first.applyHalf();
                Under second = begin(tenants.get(3 - one));
                history.add(end(second, RunState.PROCESSED, trouble));
                history.add(end(first, RunState.PROCESSED, trouble));
            } else {
                Under only = begin(tenants.get(one));
                RunState end = !trouble
                        ? RunState.PROCESSED
                        : List.of(RunState.PROCESSED, RunState.PROCESSED_INCOMPLETE, RunState.FAILED)
                                .get(random.nextInt(3));
                history.add(end(only, end, trouble));
            }
        }
    }

    /**
     * A plain model of what is forgotten: of the findings that were fixed when the kept history begins, those that no run up to
     * the deletion found again. Everything else is told as it was told before.
     */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsOlderThanTheKeptHistoryIsRefusedAndTheRestIsToldAsBefore(long seed) throws SQLException {
        Random random = new Random(seed);
        boolean trouble = seed % 2 == 0;
        Map<Integer, Tenant> tenants = tenants(random);
        List<Seen> history = new ArrayList<>();
        live(tenants, random, trouble, history, 9);
        int begin = 3 + random.nextInt(history.size() - 4);
        Instant since = finished(history.get(begin));
        Map<Integer, TreeSet<String>> forgotten = forgotten(history, begin);

        Map<String, Long> deleted = new KeptHistory(source, InstantSource.fixed(since.plus(Duration.ofDays(100))))
                .keep(Duration.ofDays(100));

        assertThat(new KeptHistory(source, clock).since()).contains(since);
        assertThat(deleted.get("finding_cohort")).isPositive();
        countsAreRight();
        noRunIsMissing();
        checkStates(history, begin, forgotten, trouble);
        checkChanges(history, begin, random);
        for (Seen before : history.subList(0, begin)) {
            assertThat(refusal("asOf:" + before.run()))
                    .containsAnyOf("History is kept since " + since, "There is no run " + before.run());
            assertThat(refusal("finding.fixedBetween:[" + before.run() + " .. now]"))
                    .contains(since.toString());
            assertThat(refusal("asOf:'" + finished(before, since) + "'")).contains("History is kept since " + since);
        }
        int atDeletion = history.size();
        live(tenants, random, trouble, history, 5);
        countsAreRight();
        noRunIsMissing();
        checkStates(history, begin, forgotten, trouble);
        for (Seen after : history.subList(atDeletion, history.size())) {
            assertThat(after.findings()).isNotEmpty();
        }
        assertThat(new KeptHistory(source, InstantSource.fixed(since.plus(Duration.ofDays(100))))
                        .keep(Duration.ofDays(100))
                        .get("finding_cohort"))
                .as("a second time nothing is left to delete")
                .isZero();
        assertThat(new KeptHistory(source, InstantSource.fixed(since)).keep(Duration.ofDays(10)))
                .isEmpty();
        assertThat(new KeptHistory(source, clock).since()).contains(since);
    }

    @Test
    void aFindingThatComesBackAfterItWasForgottenIsNew() {
        Host withIt = new Host("ep-1-1", new TreeSet<>(List.of(1)));
        Host without = new Host("ep-1-1", new TreeSet<>());
        run(withIt);
        run(without);
        run(without);
        Instant since = clock.instant();
        new KeptHistory(source, InstantSource.fixed(since.plus(Duration.ofDays(1)))).keep(Duration.ofDays(1));
        assertThat(ids("finding.severity:*")).isEmpty();

        run(withIt);

        assertThat(ids("finding.status:NEW")).hasSize(1);
    }

    @Test
    void aRunThatChangedNothingGoesUnlessAFindingWasLastFoundByIt() {
        Host withIt = new Host("ep-1-1", new TreeSet<>(List.of(1)));
        Host without = new Host("ep-1-1", new TreeSet<>());
        List.of(withIt, withIt, withIt, without, without, without, withIt).forEach(this::run);
        Instant since = runs.find(5).orElseThrow().finishedAt().orElseThrow();
        List<String> before = listFindings(1, "asOf:6", false);

        Map<String, Long> deleted =
                new KeptHistory(source, InstantSource.fixed(since.plus(Duration.ofDays(90)))).keep(Duration.ofDays(90));

        assertThat(deleted).containsEntry("run", 1L);
        assertThat(refusal("asOf:2")).contains("There is no run 2").contains(since.toString());
        assertThat(runs.find(3))
                .as("by it the finding was last found before it was fixed")
                .isPresent();
        assertThat(listFindings(1, "asOf:6", false)).isEqualTo(before);
    }

    private void run(Host host) {
        Run run = runs.queue(1, 1, Run.Trigger.MANUAL, "map", Optional.empty());
        assertThat(runs.begin(run.id(), "server")).isTrue();
        end(new Under(run, List.of(host)), RunState.PROCESSED, false);
    }

    private Instant finished(Seen seen) {
        return runs.find(seen.run()).orElseThrow().finishedAt().orElseThrow();
    }

    /** Of a run that was deleted, some time before. */
    private Instant finished(Seen seen, Instant since) {
        return runs.find(seen.run()).flatMap(Run::finishedAt).orElse(since.minusSeconds(1));
    }

    private static Map<Integer, TreeSet<String>> forgotten(List<Seen> history, int begin) {
        Map<Integer, TreeSet<String>> forgotten = new HashMap<>(Map.of(1, new TreeSet<>(), 2, new TreeSet<>()));
        for (int at = 0; at < history.size(); at++) {
            TreeSet<String> closed =
                    Objects.requireNonNull(forgotten.get(history.get(at).connection()));
            if (at < begin) {
                closed.clear();
                history.get(at).open().forEach((id, open) -> {
                    if (!open) {
                        closed.add(id);
                    }
                });
            } else {
                history.get(at).open().forEach((id, open) -> {
                    if (open) {
                        closed.remove(id);
                    }
                });
            }
        }
        return forgotten;
    }

    private void countsAreRight() throws SQLException {
        assertThat(
                        rows(
                                "select definition_id, open_findings from definition_count where open_findings <> 0 order by 1"))
                .isEqualTo(rows(
                        "select id, count(*) from finding_cohort, definition_ids(block, definitions) id where fixed_run is null"
                                + " group by 1 order by 1"));
        assertThat(rows("select first_run, open_findings from open_by_first_run where open_findings <> 0 order by 1"))
                .isEqualTo(rows("select first_run, sum(cardinality(definitions)) from finding_cohort"
                        + " where fixed_run is null group by 1 order by 1"));
        assertThat(rows("select asset_id, findings from open_by_severity where findings <> 0 order by 1"))
                .isEqualTo(
                        rows(
                                "select asset_id, sum(cardinality(definitions)) from finding_cohort"
                                        + " join source_record using (source_record_id) where fixed_run is null group by 1 order by 1"));
        assertThat(rows("select os_name, d, sum(n) from open_by_definition, unnest(definitions, findings) u(d, n)"
                        + " group by 1, 2 having sum(n) <> 0 order by 1, 2"))
                .isEqualTo(rows(
                        "select a.os_name, d, count(*) from finding_cohort c join source_record using (source_record_id)"
                                + " join asset a using (asset_id), definition_ids(c.block, c.definitions) d where c.fixed_run is null"
                                + " group by 1, 2 order by 1, 2"));
        assertThat(rows("select coalesce(sum(findings), 0) from open_by_system"))
                .isEqualTo(
                        rows(
                                "select coalesce(sum(cardinality(definitions)), 0) from finding_cohort where fixed_run is null"));
    }

    private void noRunIsMissing() throws SQLException {
        assertThat(rows("""
                select named.* from (
                    select 'cohort', first_run from finding_cohort union select 'cohort', opened_run from finding_cohort
                    union select 'cohort', fixed_run from finding_cohort union select 'cohort', reopened_run from finding_cohort
                    union select 'record', created_run from source_record union select 'record', last_seen_run from source_record
                    union select 'record', retired_run from source_record
                    union select 'asset', created_run from asset union select 'asset', updated_run from asset
                    union select 'asset', retired_run from asset
                    union select 'definition', created_run from definition union select 'definition', updated_run from definition
                    union select 'connection', last_applied_run from connection
                    union select 'connection', last_complete_run from connection) named(what, run_id)
                where run_id is not null and not exists (select from run r where r.run_id = named.run_id)""")).isEmpty();
    }

    private List<String> rows(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                StringJoiner columns = new StringJoiner(" ");
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(row.getString(i));
                }
                rows.add(columns.toString());
            }
            return rows;
        }
    }

    /**
     * @param from the first state that is looked at
     * @param forgotten fixed findings that are not listed any more, by connection
     */
    private void checkStates(List<Seen> history, int from, Map<Integer, TreeSet<String>> forgotten, boolean trouble) {
        Map<Integer, Seen> latest = new HashMap<>(empty);
        for (int at = 0; at < history.size(); at++) {
            Seen seen = history.get(at);
            latest.put(seen.connection(), seen);
            if (at < from) {
                continue;
            }
            for (int connection = 1; connection <= 2; connection++) {
                Seen expected = Objects.requireNonNull(latest.get(connection));
                TreeSet<String> without = forgotten.getOrDefault(connection, new TreeSet<>());
                String asOf = "asOf:" + seen.run();
                assertThat(told(listFindings(connection, asOf, trouble), without))
                        .as("findings of connection %d as of run %d", connection, seen.run())
                        .isEqualTo(told(expected.findings(), without));
                assertThat(told(listAssets(connection, asOf, trouble), without))
                        .as("assets of connection %d as of run %d", connection, seen.run())
                        .isEqualTo(told(expected.assets(), without));
            }
            TreeSet<String> without = forgotten.getOrDefault(seen.connection(), new TreeSet<>());
            assertThat(told(listFindings(seen.connection(), "asOf:'" + finished(seen) + "'", trouble), without))
                    .isEqualTo(told(seen.findings(), without));
        }
    }

    /** Without fixed findings that are forgotten, and without the counts that they are in. */
    private static List<String> told(List<String> all, TreeSet<String> forgotten) {
        return forgotten.isEmpty()
                ? all
                : all.stream()
                        .filter(line -> !line.contains("FIXED") || line.matches("\\d+-\\d+ FIXED .*"))
                        .filter(line -> !line.contains(" FIXED ") || !forgotten.contains(line.split(" ", 2)[0]))
                        .toList();
    }

    private void checkChanges(List<Seen> history, int begin, Random random) {
        for (int i = 0; i < 12; i++) {
            int from = begin + random.nextInt(history.size() - begin);
            int to = from + random.nextInt(history.size() - from);
            TreeSet<String> opened = new TreeSet<>();
            TreeSet<String> fixed = new TreeSet<>();
            TreeSet<String> reopened = new TreeSet<>();
            Map<Integer, Map<String, Boolean>> before = new HashMap<>(Map.of(1, Map.of(), 2, Map.of()));
            for (int at = 0; at <= to; at++) {
                Seen seen = history.get(at);
                Map<String, Boolean> was = before.put(seen.connection(), seen.open());
                if (at > from) {
                    seen.open().forEach((id, open) -> {
                        Boolean openBefore = was.get(id);
                        if (openBefore == null) {
                            opened.add(id);
                        } else if (openBefore && !open) {
                            fixed.add(id);
                        } else if (!openBefore && open) {
                            reopened.add(id);
                        }
                    });
                }
            }
            String period =
                    "[" + history.get(from).run() + " .. " + history.get(to).run() + "]";
            assertThat(ids("finding.openedBetween:" + period))
                    .as("opened " + period)
                    .isEqualTo(opened);
            assertThat(ids("finding.fixedBetween:" + period))
                    .as("fixed " + period)
                    .isEqualTo(fixed);
            assertThat(ids("finding.reopenedBetween:" + period))
                    .as("reopened " + period)
                    .isEqualTo(reopened);
            TreeSet<String> changed = new TreeSet<>(opened);
            changed.addAll(fixed);
            changed.addAll(reopened);
            assertThat(ids("changedBetween:" + period)).as("changed " + period).isEqualTo(changed);
            assertThat(ids("changedBetween:" + period + " and asOf:"
                            + history.get(to).run()))
                    .isEqualTo(changed);
            assertThat(findings.countBySeverity(query("changedBetween:" + period, Subject.FINDING)))
                    .isInstanceOfSatisfying(
                            SeverityCountOutcome.Counted.class,
                            counted -> assertThat(counted.counts().total()).isEqualTo(changed.size()));
        }
    }

    @Test
    void aRunThatIsNotThereOrNotOverAndATimeToComeAreRefused() {
        Run waiting = runs.queue(1, 1, Run.Trigger.MANUAL, "map", Optional.empty());
        assertThat(refusal("asOf:99")).contains("There is no run 99");
        assertThat(refusal("asOf:" + waiting.id())).contains("has not finished");
        assertThat(refusal("asOf:2030-01-01")).contains("2030-01-01 lies in the future");
        assertThat(refusal("changedBetween:[2026-02-02 .. 2026-02-01]")).contains("later than");
        assertThat(findings.count(query("asOf:99", Subject.FINDING), 10)).isInstanceOf(CountOutcome.Refused.class);
        assertThat(assets.count(query("asOf:99", Subject.ASSET), 10)).isInstanceOf(CountOutcome.Refused.class);
    }

    @Test
    void pagesOfAPastStateAreOfOneMomentThoughRunsFinishMeanwhile() {
        Tenant tenant = new Tenant(1, new Random(8));
        end(begin(tenant), RunState.PROCESSED, false);
        Condition today = query("asOf:now", Subject.FINDING);
        List<FindingRow> expected = page(cursor -> findings.page(today, FindingSort.SEVERITY, cursor, 1000));
        SearchOutcome<FindingRow> first = findings.page(today, FindingSort.SEVERITY, Optional.empty(), 1);
        end(begin(tenant), RunState.PROCESSED, false);

        List<FindingRow> rest = page(cursor -> findings.page(
                today, FindingSort.SEVERITY, cursor.or(() -> found(first).next()), 2));

        List<FindingRow> all = new ArrayList<>(found(first).rows());
        all.addAll(rest);
        assertThat(all).isEqualTo(expected);
    }

    private String refusal(String text) {
        SearchOutcome<FindingRow> outcome =
                findings.page(query(text, Subject.FINDING), FindingSort.SEVERITY, Optional.empty(), 10);
        if (!(outcome instanceof SearchOutcome.Refused<FindingRow>(String message))) {
            throw new AssertionError(outcome);
        }
        return message;
    }

    // Tenants and runs ---------------------------------------------------------------------------------------------

    private record Host(String key, TreeSet<Integer> vulnerabilities) {}

    /** A vendor's tenant that changes from run to run. */
    private static final class Tenant {
        final int connection;
        final Random random;
        final Map<String, TreeSet<Integer>> hosts = new TreeMap<>();

        Tenant(int connection, Random random) {
            this.connection = connection;
            this.random = random;
        }

        List<Host> next() {
            for (int i = 1; i <= HOSTS; i++) {
                String key = "ep-" + connection + "-" + i;
                if (random.nextInt(4) == 0) {
                    hosts.remove(key);
                } else {
                    TreeSet<Integer> set = hosts.computeIfAbsent(key, none -> new TreeSet<>());
                    for (int cve = 0; cve < VULNERABILITIES; cve++) {
                        if (random.nextInt(5) == 0 && !set.remove(cve)) {
                            set.add(cve);
                        }
                    }
                }
            }
            return hosts.entrySet().stream()
                    .map(entry -> new Host(entry.getKey(), new TreeSet<>(entry.getValue())))
                    .toList();
        }
    }

    /** A run under way. */
    private final class Under {
        final Run run;
        final List<Host> hosts;
        final InventoryWriter writer;
        final int[] definitions;
        int applied;

        Under(Run run, List<Host> hosts) {
            this.run = run;
            this.hosts = hosts;
            writer = InventoryWriter.open(
                    source,
                    new InventoryWriter.Options(
                            run.connectionId(),
                            run.id(),
                            true,
                            IdentificationRule.defaults(),
                            key -> true,
                            RunCounts.NONE,
                            0));
            List<IncomingDefinition> incoming = new ArrayList<>();
            for (int cve = 0; cve < VULNERABILITIES; cve++) {
                ObjectNode finding = JSON.createObjectNode();
                finding.put("externalFindingId", "CVE-" + cve).put("severity", 1 + cve % 5);
                incoming.add(new IncomingDefinition("CVE-" + cve, "", finding));
            }
            definitions = writer.define(incoming);
        }

        void applyHalf() {
            apply(hosts.size() / 2);
        }

        void apply(int until) {
            List<IncomingRecord> batch = hosts.subList(applied, until).stream()
                    .map(host -> new IncomingRecord(
                            host.key(),
                            JSON.createObjectNode().put("hostName", host.key()),
                            Optional.of(host.vulnerabilities().stream()
                                    .mapToInt(cve -> definitions[cve])
                                    .toArray())))
                    .toList();
            if (!batch.isEmpty()) {
                writer.apply(batch, List.of());
            }
            applied = until;
        }
    }

    private Under begin(Tenant tenant) {
        Run run = runs.queue(tenant.connection, tenant.connection, Run.Trigger.MANUAL, "map", Optional.empty());
        assertThat(runs.begin(run.id(), "server")).isTrue();
        return new Under(run, tenant.next());
    }

    private Seen end(Under under, RunState state, boolean trouble) {
        under.apply(state == RunState.FAILED ? Math.max(under.applied, under.hosts.size() / 2) : under.hosts.size());
        if (state != RunState.FAILED) {
            under.writer.finish(state == RunState.PROCESSED);
        }
        under.writer.close();
        runs.end(under.run.id(), state, List.of(), Optional.empty());
        int connection = under.run.connectionId();
        SortedMap<String, Boolean> open = new TreeMap<>();
        page(cursor -> findings.page(ofConnection(connection, Subject.FINDING, ""), FindingSort.NEWEST, cursor, 1000))
                .forEach(row -> open.put(row.id(), !row.status().equals("FIXED")));
        return new Seen(
                under.run.id(),
                connection,
                listFindings(connection, "", trouble),
                listAssets(connection, "", trouble),
                open);
    }

    // Lists --------------------------------------------------------------------------------------------------------

    private static Condition ofConnection(int connection, Subject subject, String asOf) {
        String token = subject == Subject.FINDING ? "finding.connectionName" : "connector.name";
        return query(token + ":`Tenant " + connection + "`" + (asOf.isEmpty() ? "" : " and " + asOf), subject);
    }

    /** In each order, which takes another way through the tables; when a run was in trouble, without the time last found. */
    private List<String> listFindings(int connection, String asOf, boolean trouble) {
        List<String> all = new ArrayList<>();
        for (FindingSort sort : FindingSort.values()) {
            page(cursor -> findings.page(ofConnection(connection, Subject.FINDING, asOf), sort, cursor, 17))
                    .forEach(row -> all.add(row.id() + " " + row.status() + " " + row.firstFound() + " " + row.fixedOn()
                            + " " + row.reopenedOn() + (trouble ? "" : row.lastFound())));
        }
        for (String status : List.of("NEW", "ACTIVE", "FIXED", "REOPENED", "[FIXED, NEW]")) {
            Condition condition = ofConnection(
                    connection,
                    Subject.FINDING,
                    "finding.status:" + status + " and finding.severity > 1" + (asOf.isEmpty() ? "" : " and " + asOf));
            all.add(status + " " + findings.count(condition, 10_000));
        }
        return all;
    }

    private List<String> listAssets(int connection, String asOf, boolean trouble) {
        List<String> all = new ArrayList<>();
        for (AssetSort sort : trouble ? List.of(AssetSort.ID, AssetSort.NAME) : List.of(AssetSort.values())) {
            page(cursor -> assets.page(ofConnection(connection, Subject.ASSET, asOf), sort, cursor, 3))
                    .forEach(row -> all.add(row.id() + " " + row.status() + " " + row.sources() + " "
                            + row.openFindings() + (trouble ? "" : row.lastFound())));
        }
        String more = asOf.isEmpty() ? "" : " and " + asOf;
        for (String condition : List.of(
                "asset.status:Retired", "finding:(severity:4)", "finding:(status:FIXED)", "finding.cveId:`CVE-1`")) {
            all.add(condition + " " + assets.count(ofConnection(connection, Subject.ASSET, condition + more), 10_000));
        }
        return all;
    }

    private TreeSet<String> ids(String text) {
        TreeSet<String> ids = new TreeSet<>();
        Condition condition = query(text, Subject.FINDING);
        page(cursor -> findings.page(condition, FindingSort.SEVERITY, cursor, 50))
                .forEach(row -> ids.add(row.id()));
        assertThat(findings.count(condition, 10_000)).isEqualTo(new CountOutcome.Exactly(ids.size()));
        return ids;
    }

    private static Condition query(String text, Subject subject) {
        return SearchFixture.condition(text, subject);
    }

    private static <R> Page<R> found(SearchOutcome<R> outcome) {
        if (outcome instanceof SearchOutcome.Found<R>(Page<R> page)) {
            return page;
        }
        throw new AssertionError(outcome);
    }

    private static <R> List<R> page(Function<Optional<String>, SearchOutcome<R>> page) {
        List<R> rows = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<R> found = found(page.apply(cursor));
            rows.addAll(found.rows());
            cursor = found.next();
        } while (cursor.isPresent());
        return rows;
    }
}
