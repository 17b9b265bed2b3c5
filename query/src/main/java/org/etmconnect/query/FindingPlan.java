// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.query.syntax.Condition;

/**
 * Finds the findings of one query. Conditions on definitions alone are evaluated first, against the few definitions. What
 * is left decides the way: few findings are fetched and sorted; an order by definitions is walked definition by
 * definition, taking hosts until the page is full; an order by run or host first finds the hosts, in order, and then the
 * findings of those that fill the page. Every way gives the same rows in the same order.
 */
final class FindingPlan {

    /** A finding, and its place in the order. */
    record Found(int record, int definition, List<Object> keys) implements Paging.Keyed {}

    /** Which ways may be taken; the tests force each of them. */
    enum Ways {
        ANY,
        ONLY_SORTING,
        ONLY_WALKING,
        /** The same over the records of the hosts that are meant. */
        ONLY_WALKING_A_LIST
    }

    private record Candidate(int definition, long open, List<Object> keys) {}

    /** A host whose findings stand together in an order by run or host. */
    private record Place(int record, int firstRun, List<Object> keys) {}

    /**
     * An order by run or host.
     *
     * @param keys what a host's findings share, in order; with the definition this is the whole order
     * @param descending whether the keys fall; definitions always rise
     * @param where which hosts are in it
     */
    private record HostOrder(SortKeys keys, boolean descending, String where) {

        static final HostOrder NEWEST =
                new HostOrder(SortKeys.of("c.first_run", "c.source_record_id"), true, "c.reopened_run is null");
        static final HostOrder NAMED = new HostOrder(
                SortKeys.of("lower(a.name)", "a.asset_id", "c.source_record_id"), false, "a.name is not null");
        static final HostOrder NAMELESS =
                new HostOrder(SortKeys.of("a.asset_id", "c.source_record_id"), false, "a.name is null");

        boolean byRun() {
            return descending;
        }

        Place place(ResultSet row) throws SQLException {
            return new Place(row.getInt("source_record_id"), byRun() ? row.getInt("first_run") : 0, keys.read(row));
        }

        String orderBy() {
            return " order by " + String.join(descending ? " desc, " : ", ", keys.expressions())
                    + (descending ? " desc" : "");
        }

        /** Whether a row comes after the keys; all do after none. */
        Sql after(List<Object> position) {
            return position.isEmpty() ? Sql.of("true") : compare(keys.expressions(), descending ? "<" : ">", position);
        }

        private static Sql compare(List<String> expressions, String operator, List<Object> position) {
            List<Sql> values =
                    position.stream().map(value -> new Sql().bind(value)).toList();
            return Sql.of("(" + String.join(", ", expressions) + ") " + operator + " (")
                    .add(Sql.join(", ", values))
                    .add(")");
        }
    }

    /** Up to so many findings, fetching and sorting them takes less than a page's time. */
    private static final int FEW_FINDINGS = 50_000;

    /** The same where the definitions are known, and most findings of a host are passed over. */
    private static final int FEW_PASSED_OVER = 150_000;

    /** Up to so many cohorts are looked at to tell whether a query has few findings. */
    private static final int FEW_COHORTS = 2_000;

    /** Cohorts with so many open findings of the wanted definitions are fetched by index without trying to meet them. */
    private static final int FETCHED_AT_ONCE = 2_000;

    /**
     * So many cohorts or hosts at least are walked in the hope of a full page before the index on definitions is asked, and
     * as many as it would fetch: walking in vain then no more than doubles the time.
     */
    private static final int WALKED = 3_000;

    /** Cohorts of which the definitions are counted to tell which are common where conditions hold. */
    private static final int SAMPLE = 200;

    private static final int FIRST_BATCH = 256;
    private static final int LARGEST_BATCH = 4_000_000;

    /** So many cohorts are fetched by index, in growing batches, before all hosts are read for which conditions hold. */
    private static final int FETCHED_IN_VAIN = 4_000;

    /** So many entries of the index on records are read in the time that it takes to fetch a cohort. */
    private static final int ENTRIES_PER_COHORT = 100;

    /** Definitions of a query of which is asked on which systems they are. */
    private static final int MOST_ASKED_FOR_SYSTEMS = 4;

    /** So many entries of the index on definitions are read in the time that it takes to read a cohort with all it holds. */
    private static final int LOOKED_UP_PER_COHORT = 20;

    private static final int MOST_ALTERNATIVES = 64;

    /** About so many records of hosts are told one by one, so that no statement looks at their hosts again. */
    private static final int LISTED = 20_000;

    /** Definitions whose fixed findings are fetched at once, at first: how many there are is not kept. */
    private static final int FIRST_OF_FIXED = 4;

    private static final int FIRST_CHUNK = 200;
    private static final int LARGEST_CHUNK = 20_000;

    private static final Pattern ONLY_FIXED =
            Pattern.compile("\\(*c\\.fixed_run (is not null|= any\\(\\?::int\\[]\\))\\)*");
    private static final Pattern OF_COHORT = Pattern.compile("\\bc\\.");
    private static final Pattern OF_FINDING = Pattern.compile("\\b[csk]\\.");
    private static final Pattern OF_RECORD = Pattern.compile("\\b[ska]\\.");
    private static final Pattern OF_CONNECTION = Pattern.compile("\\bk\\.");
    private static final Pattern OF_ASSET = Pattern.compile("\\ba\\.");
    private static final String DEFINITION = " join definition d on d.definition_id = u.definition_id";

    private final ReadSession session;
    private final View view;
    private final ConditionSql sql;
    private final Instant now;
    private final Reach.Parts parts;
    private final Ways ways;

    FindingPlan(ReadSession session, View view, Condition condition, Instant now, Ways ways) throws SQLException {
        this.session = session;
        this.view = view;
        this.sql = new ConditionSql(now, session, view);
        this.now = now;
        this.parts = sql.parted(condition);
        this.ways = ways;
    }

    List<Found> find(FindingSort sort, List<Object> after, int wanted) throws SQLException {
        return switch (sort) {
            case SEVERITY, SOURCE_RISK_SCORE, CVE -> {
                listRecords();
                yield sortsAll()
                        ? sorted(withRecord(definitionKeys(sort)), after, wanted)
                        : byDefinition(definitionKeys(sort), after, wanted);
            }
            case NEWEST -> byHost(HostOrder.NEWEST, after, wanted);
            case ASSET -> byAsset(after, wanted);
        };
    }

    private List<Found> byAsset(List<Object> after, int wanted) throws SQLException {
        List<Found> found = new ArrayList<>();
        boolean begins = after.size() != HostOrder.NAMELESS.keys().expressions().size() + 1;
        if (begins) {
            found.addAll(byHost(HostOrder.NAMED, after, wanted));
        }
        if (found.size() < wanted) {
            found.addAll(byHost(HostOrder.NAMELESS, begins ? List.of() : after, wanted - found.size()));
        }
        return found;
    }

    /** The record and the definition of every finding, by these. */
    Sql all() throws SQLException {
        return Sql.of("select c.source_record_id, u.definition_id")
                .add(from(false))
                .add(" order by c.source_record_id, u.definition_id");
    }

    // For groups ---------------------------------------------------------------------------------------------------

    /** Whether the conditions on definitions hold for all. */
    boolean anyDefinition() throws SQLException {
        return parts.both().isEmpty() && matchingDefinitions().isEmpty();
    }

    /** Whether they hold for none. */
    boolean findsNothing() throws SQLException {
        return matchingDefinitions().filter(ids -> ids.length == 0).isPresent();
    }

    /** Whether all conditions are on definitions. */
    boolean onlyDefinitionsMatter() {
        return parts.cohort().isEmpty() && parts.both().isEmpty();
    }

    /** Whether {@link #openOnSystems} counts all that is asked for, as far as it is open. */
    boolean countedByDefinition() throws SQLException {
        return ways == Ways.ANY && view.runs().isEmpty() && parts.both().isEmpty() && onlySystemsMatter();
    }

    /** The definitions for which their conditions hold. */
    Sql definitions(String columns) throws SQLException {
        return definitions(columns, new Sql());
    }

    /** The same with {@code n.open_findings}, how many of their findings are open where the other conditions hold. */
    Sql countedDefinitions(String columns) throws SQLException {
        return definitions(
                columns,
                onlyDefinitionsMatter()
                        ? Sql.of(" left join definition_count n on n.definition_id = d.definition_id")
                        : Sql.of(" left join (")
                                .add(openOnSystems("u.definition_id, sum(u.findings) as open_findings", Sql.of("true")))
                                .add(" group by u.definition_id) n on n.definition_id = d.definition_id"));
    }

    private Sql definitions(String columns, Sql counts) throws SQLException {
        return Sql.of("select " + columns + " from definition d join connection k on k.connection_id = d.connection_id")
                .add(counts)
                .add(" where ")
                .add(holds(parts.definition()));
    }

    /**
     * How many findings are open of each {@code u.definition_id} on each system {@code a.os_name} for which the conditions hold:
     * the sum of {@code u.findings}.
     *
     * @param columns to be grouped by the caller
     * @param definitions a condition on {@code u.definition_id}
     */
    Sql openOnSystems(String columns, Sql definitions) throws SQLException {
        return Sql.of("select " + columns + " from open_by_definition a"
                        + " cross join unnest(a.definitions, a.findings) u(definition_id, findings) where ")
                .add(definitions)
                .add(" and ")
                .add(rowConditions());
    }

    /** The same of the definitions for which their conditions hold. */
    Sql openOnSystems(String columns) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        return openOnSystems(columns, ids.isPresent() ? isOneOf(ids.get()) : Sql.of("true"));
    }

    /**
     * Hosts with definitions of findings, a host's rows one after the other. Definitions for which the conditions do not hold
     * may be among them.
     *
     * @param hosts a condition on the record s
     */
    Sql byHost(boolean open, String hosts) throws SQLException {
        if (!parts.both().isEmpty()) {
            return Sql.of(
                            "select s.asset_id, 0, array_agg(f.definition_id) from (select c.source_record_id, u.definition_id")
                    .add(from(false))
                    .add((open ? " and c.fixed_run is null" : "") + ") f join " + view.records()
                            + " s on s.source_record_id = f.source_record_id where " + hosts
                            + " group by f.source_record_id, s.asset_id order by 1");
        }
        return byHost("s.asset_id", open, hosts);
    }

    /** The same by record, where each has a host of its own. */
    Sql byRecord(boolean open) throws SQLException {
        return parts.both().isEmpty() ? byHost("c.source_record_id", open, "true") : byHost(open, "true");
    }

    private Sql byHost(String host, boolean open, String hosts) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        return Sql.of("select " + host + ", " + Holding.BASE + ", c.definitions from ")
                .add(ids.isPresent() && byIndex(ids.get()) ? cohortsWith(ids.get()) : Sql.of(view.cohorts() + " c"))
                .add(whereOfHosts(host + hosts, open))
                .add(" and " + hosts + " order by 1");
    }

    /**
     * The columns of {@code open_by_severity}, by severity, that count exactly the open findings which the query asks for on
     * a host; empty if none do: it asks for more than severities, or for a past state.
     */
    Optional<BitSet> countedSeverities() throws SQLException {
        if (ways != Ways.ANY
                || !view.runs().isEmpty()
                || !parts.both().isEmpty()
                || OF_FINDING.matcher(rowConditions().toString()).find()) {
            return Optional.empty();
        }
        Optional<int[]> ids = matchingDefinitions();
        if (ids.isEmpty()) {
            BitSet all = new BitSet();
            all.set(0, SeverityCounts.COLUMNS_OF_HOST.size());
            return Optional.of(all);
        }
        return session.wholeSeverities(ids.get());
    }

    /** Whether all conditions but those on definitions are on {@code a.os_name}. */
    boolean onlySystemsMatter() throws SQLException {
        String conditions = rowConditions().toString();
        return !OF_FINDING.matcher(conditions).find() && ofSystems(conditions);
    }

    Sql conditionsOnSystem() throws SQLException {
        return rowConditions();
    }

    /** Whether the query asks for one definition, on any host or on some. */
    boolean asksForOne() throws SQLException {
        return ways == Ways.ANY
                && parts.both().isEmpty()
                && matchingDefinitions().filter(ids -> ids.length == 1).isPresent();
    }

    /** The number of findings of each host that has the one definition. */
    Sql hostsOfOne(boolean open) throws SQLException {
        int[] one = matchingDefinitions().orElseThrow();
        return Sql.of("select s.asset_id, count(*) as findings from ")
                .add(byIndex(one) ? cohortsWith(one) : Sql.of(view.cohorts() + " c"))
                .add(whereOfHosts(open))
                .add(" and ")
                .add(Holding.oneOf("c.", one))
                .add(" group by s.asset_id");
    }

    /**
     * For each host that has such findings, {@code asset_id}, {@code os_name} and how many it has, of each of these
     * severities and, as {@code findings}, of all.
     */
    Sql countsOfHosts(BitSet severities) throws SQLException {
        List<String> counts = severities.stream()
                .mapToObj(SeverityCounts.COLUMNS_OF_HOST::get)
                .map(column -> "n." + column)
                .toList();
        // the sum of all is kept, and an index has its order
        String all = severities.cardinality() == SeverityCounts.COLUMNS_OF_HOST.size()
                ? "n.findings"
                : String.join(" + ", counts);
        Sql conditions = rowConditions();
        return Sql.of("select n.asset_id, n.os_name, " + String.join(", ", counts) + ", " + all + " as findings"
                        + " from open_by_severity n"
                        + (OF_ASSET.matcher(conditions.toString()).find()
                                ? " join " + view.assets() + " a on a.asset_id = n.asset_id"
                                : "")
                        + " where " + all + " > 0 and ")
                .add(conditions);
    }

    /** Up to so many open findings, the index finds their hosts sooner than all cohorts are read. */
    long fetchedByIndex() throws SQLException {
        return Math.max(FETCHED_AT_ONCE, LOOKED_UP_PER_COHORT * cohorts());
    }

    /**
     * The number of records on which one of the definitions is open at present. The index is asked for each alone, since asked
     * for several at once, it compares each entry with all of them; and for not too many in one condition, since PostgreSQL
     * thinks that comparing the arrays is cheaper then: with 111 definitions and a million hosts 15 s instead of 1 s.
     */
    static Sql recordsWithOneOf(List<Integer> definitions) {
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < definitions.size(); from += MOST_ALTERNATIVES) {
            parts.add(definitions.subList(from, Math.min(definitions.size(), from + MOST_ALTERNATIVES)).stream()
                    .map(id -> Holding.byIndex("c.", id))
                    .collect(Collectors.joining(
                            " or ",
                            "select c.source_record_id from finding_cohort c where c.fixed_run is null and (",
                            ")")));
        }
        return Sql.of("select count(distinct r.source_record_id) from (" + String.join(" union all ", parts) + ") r");
    }

    /** The number of findings of each host that has some, whatever their definitions. */
    Sql lengthsOfHosts(boolean open) throws SQLException {
        return Sql.of("select s.asset_id, sum(cardinality(c.definitions)) as findings from " + view.cohorts() + " c")
                .add(whereOfHosts(open))
                .add(" group by s.asset_id");
    }

    private Sql whereOfHosts(boolean open) throws SQLException {
        return whereOfHosts("s.asset_id", open);
    }

    /** @param expressions for which more may have to be joined */
    private Sql whereOfHosts(String expressions, boolean open) throws SQLException {
        Sql conditions = rowConditions();
        return Sql.of(joinsFor(expressions + " " + conditions) + " where c.reopened_run is null"
                        + (open ? " and c.fixed_run is null" : "") + " and ")
                .add(conditions);
    }

    long count(long bound) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        if (ids.isPresent() && ids.get().length == 0) {
            return 0;
        }
        boolean onlyOpen = parts.cohort().stream().allMatch(Reach::meansOpen)
                && !parts.cohort().isEmpty();
        if (ways == Ways.ANY
                && view.runs().isEmpty()
                && parts.both().isEmpty()
                && (onlyOpen || parts.cohort().isEmpty())) {
            long open = Math.min(bound, ids.isEmpty() ? openFindings() : openFindings(ids.get()));
            return onlyOpen || open == bound ? open : open + countFixed(ids, bound - open);
        }
        if (countedOnSystems() >= bound) {
            return bound;
        }
        Sql from = ids.isPresent() && parts.both().isEmpty()
                ? from(Holding.ELEMENTS, Holding.elementOf(ids.get()))
                : from(false);
        return session.number(Sql.of("select count(*) from (select")
                .add(from)
                .add(" limit ")
                .bind(bound)
                .add(") counted"));
    }

    /** At least so many findings there are, by the counts that are kept; 0 if they do not tell. */
    private long countedOnSystems() throws SQLException {
        Optional<BitSet> severities = countedSeverities();
        if (severities.isEmpty() || severities.get().isEmpty() || !onlySystemsMatter()) {
            return 0;
        }
        String columns = severities.get().stream()
                .mapToObj(SeverityCounts.COLUMNS_OF_HOST::get)
                .map(column -> "a." + column)
                .collect(Collectors.joining(" + "));
        return session.number(Sql.of("select coalesce(sum(" + columns + "), 0) from open_by_system a where ")
                .add(conditionsOnSystem()));
    }

    SeverityCounts countBySeverity() throws SQLException {
        return session.query(Sql.of("select " + SeverityCounts.COLUMNS).add(from(true)), SeverityCounts::read)
                .getFirst();
    }

    private long countFixed(Optional<int[]> ids, long bound) throws SQLException {
        Sql fixed = Sql.of("select count(*) from (select from finding_cohort c" + Holding.DEFINITIONS
                + " where c.fixed_run is not null and c.reopened_run is null");
        if (ids.isPresent()) {
            fixed.add(" and ")
                    .add(Holding.byIndex("c.", ids.get()))
                    .add(" and ")
                    .add(isOneOf(ids.get()));
        }
        return session.number(fixed.add(" limit ").bind(bound).add(") counted"));
    }

    String explain(FindingSort sort) throws SQLException {
        StringBuilder text = new StringBuilder();
        Optional<int[]> ids = matchingDefinitions();
        text.append("Definitions: ")
                .append(ids.isPresent() ? ids.get().length + " match" : "all match")
                .append("\nOther conditions: ")
                .append(parts.cohort().size() + parts.both().size())
                .append("\nOrder: ")
                .append(sort)
                .append(
                        switch (sort) {
                            case SEVERITY, SOURCE_RISK_SCORE, CVE ->
                                sortsAll() ? ", by sorting the few that match" : ", definition by definition";
                            case NEWEST -> ", run by run";
                            case ASSET -> ", host by host";
                        })
                .append('\n');
        session.query(Sql.of("explain select").add(from(true)), row -> row.getString(1))
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    // Conditions ---------------------------------------------------------------------------------------------------

    private Optional<Optional<int[]>> matching = Optional.empty();

    private Optional<int[]> matchingDefinitions() throws SQLException {
        if (parts.definition().isEmpty()) {
            return Optional.empty();
        }
        if (matching.isEmpty()) {
            matching = Optional.of(session.matching(parts.definition(), now));
        }
        return matching.get();
    }

    private Sql holds(List<Condition> conditions) throws SQLException {
        List<Sql> pieces = new ArrayList<>();
        pieces.add(Sql.of("true"));
        for (Condition condition : conditions) {
            pieces.add(sql.ofFinding(condition));
        }
        return Sql.join(" and ", pieces);
    }

    private Sql rowConditions() throws SQLException {
        return holds(parts.cohort()).add(" and ").add(holds(parts.both()));
    }

    /** The records of the hosts for which the conditions on hosts hold; empty if they are not listed. */
    private Optional<int[]> listed = Optional.empty();

    /** How many they are thought to be; 0 if nobody asked. */
    private long expected;

    private void listRecords() throws SQLException {
        Sql hosts = holds(ofHosts(true));
        if (ways == Ways.ONLY_WALKING || !OF_RECORD.matcher(hosts.toString()).find()) {
            return;
        }
        // few hosts are looked up one by one, which PostgreSQL holds for dearer than it is
        String host = hosts.toString();
        Sql records = Sql.of("select s.source_record_id from " + recordsOfHosts(host) + " where ")
                .add(hosts);
        expected = session.expected(records);
        if (expected <= LISTED) {
            listed = session.numbersByWalk(records, 2 * LISTED);
        }
    }

    /** Hosts with their records, and what else has to be joined for these expressions. */
    private String recordsOfHosts(String expressions) {
        return (OF_ASSET.matcher(expressions).find()
                        ? view.assets() + " a join " + view.records() + " s on s.asset_id = a.asset_id"
                        : view.records() + " s")
                + (OF_CONNECTION.matcher(expressions).find() ? connectionOfRecord() : "");
    }

    /** The conditions on cohorts that are on their hosts alone, or the others. */
    private List<Condition> ofHosts(boolean alone) throws SQLException {
        List<Condition> found = new ArrayList<>();
        for (Condition condition : parts.cohort()) {
            if (OF_COHORT.matcher(sql.ofFinding(condition).toString()).find() != alone) {
                found.add(condition);
            }
        }
        return found;
    }

    /** The conditions on cohorts, without those on hosts if these are listed. */
    private Sql cohortConditions() throws SQLException {
        return holds(listed.isPresent() ? ofHosts(false) : parts.cohort());
    }

    /** What has to be joined to a cohort for {@link #cohortConditions}, and others. */
    private Sql hostsFor(Sql conditions) {
        Sql joins = listed.isPresent()
                ? Sql.of(" join unnest(")
                        .bind(listed.get())
                        .add(") l(source_record_id) on l.source_record_id = c.source_record_id")
                : new Sql();
        return joins.add(joinsFor(conditions.toString()));
    }

    private boolean onlyWalks() {
        return ways == Ways.ONLY_WALKING || ways == Ways.ONLY_WALKING_A_LIST;
    }

    private boolean sortsAll() throws SQLException {
        return switch (ways) {
            case ONLY_SORTING -> true;
            case ONLY_WALKING, ONLY_WALKING_A_LIST -> false;
            case ANY -> limitsHosts() && hasFewFindings();
        };
    }

    private boolean hasFewFindings() throws SQLException {
        int few = matchingDefinitions().isPresent() ? FEW_PASSED_OVER : FEW_FINDINGS;
        boolean many = listed.isPresent() ? listed.get().length > FEW_COHORTS : expected > 10 * FEW_COHORTS;
        if (many && ofHosts(false).stream().allMatch(Reach::meansOpen)) {
            return false;
        }
        return session.query(
                        Sql.of("select count(*), coalesce(sum(cardinality(definitions)), 0) from (select c.definitions"
                                        + " from " + view.cohorts() + " c")
                                .add(hostsFor(cohortConditions()))
                                .add(" where c.reopened_run is null and ")
                                .add(cohortConditions())
                                .add(" limit ")
                                .bind(FEW_COHORTS + 1L)
                                .add(") matching"),
                        row -> row.getLong(1) <= FEW_COHORTS && row.getLong(2) <= few)
                .getFirst();
    }

    private long openFindings(int[] ids) throws SQLException {
        return session.openFindings(ids);
    }

    private long openFindings() throws SQLException {
        return session.number(Sql.of("select coalesce(sum(open_findings), 0) from definition_count"));
    }

    private long cohorts = -1;

    private long cohorts() throws SQLException {
        if (cohorts < 0) {
            cohorts = session.cohorts();
        }
        return cohorts;
    }

    /** From and where of all findings that the query asks for, over the aliases of {@link ConditionSql#ofFinding}. */
    private Sql from(boolean withDefinition) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        return from(
                Holding.DEFINITIONS + (withDefinition || !parts.both().isEmpty() ? DEFINITION : ""),
                ids.isPresent() ? isOneOf(ids.get()) : Sql.of("true"));
    }

    /**
     * @param unfolded joins the definitions of each row
     * @param oneOf which of them are meant
     */
    private Sql from(String unfolded, Sql oneOf) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        Sql conditions = cohortConditions().add(" and ").add(holds(parts.both()));
        return Sql.of(" from ")
                .add(ids.isPresent() && byIndex(ids.get()) ? cohortsWith(ids.get()) : Sql.of(view.cohorts() + " c"))
                .add(hostsFor(conditions))
                .add(unfolded + " where c.reopened_run is null and ")
                .add(oneOf)
                .add(" and ")
                .add(conditions);
    }

    /** Whether the index on definitions fetches less than a tenth of the cohorts. */
    private boolean byIndex(int[] ids) throws SQLException {
        return openFindings(ids) <= Math.max(FETCHED_AT_ONCE, cohorts() / 10);
    }

    /** Over the definition of {@link Holding#DEFINITIONS}: joined with the table, PostgreSQL would begin there. */
    private static Sql isOneOf(int[] ids) {
        return Sql.of("u.definition_id = any(").bind(ids).add(")");
    }

    private Sql cohortsWith(List<Candidate> candidates) {
        int[] ids = candidates.stream().mapToInt(Candidate::definition).toArray();
        if (!allSampled) {
            return cohortsWith(ids);
        }
        int[] openHere = IntStream.of(ids).filter(inSample::containsKey).toArray();
        return (openHere.length == 0 ? View.fixedWith(ids) : View.presentWith(openHere, ids)).add(" c");
    }

    private Sql cohortsWith(int[] definitions) {
        return view.cohortsWith(definitions).add(" c");
    }

    // Fetch and sort -----------------------------------------------------------------------------------------------

    private List<Found> sorted(SortKeys keys, List<Object> after, int wanted) throws SQLException {
        return session.query(
                Sql.of("select c.source_record_id, d.definition_id, " + keys.columns())
                        .add(from(true))
                        .add(" and ")
                        .add(keys.after(after))
                        .add(keys.orderBy() + " limit ")
                        .bind((long) wanted),
                row -> new Found(row.getInt("source_record_id"), row.getInt("definition_id"), keys.read(row)));
    }

    // Definition by definition -------------------------------------------------------------------------------------

    private static SortKeys definitionKeys(FindingSort sort) {
        return switch (sort) {
            case SEVERITY -> SortKeys.of("-coalesce(d.severity, 0)", "d.definition_id");
            case SOURCE_RISK_SCORE ->
                SortKeys.of("coalesce(-d.source_risk_score, 'infinity')::float8", "d.definition_id");
            case CVE ->
                SortKeys.of("(d.cve_id is null)::int", "coalesce(d.cve_id, '') collate \"C\"", "d.definition_id");
            case NEWEST, ASSET -> throw new IllegalArgumentException(sort + " is no order of definitions");
        };
    }

    private static SortKeys withRecord(SortKeys definitionKeys) {
        List<String> expressions = new ArrayList<>(definitionKeys.expressions());
        expressions.add("c.source_record_id");
        return new SortKeys(expressions);
    }

    private List<Found> byDefinition(SortKeys keys, List<Object> after, int wanted) throws SQLException {
        List<Found> found = new ArrayList<>();
        List<Object> position = List.of();
        if (!after.isEmpty()) {
            position = after.subList(0, after.size() - 1);
            int definition = Math.toIntExact((Long) position.getLast());
            int record = Math.toIntExact((Long) after.getLast());
            Candidate candidate = new Candidate(definition, openFindings(new int[] {definition}), position);
            sample(List.of(candidate));
            found.addAll(hostsOf(candidate, record, wanted));
        }
        int chunkSize = FIRST_CHUNK;
        int budget = FIRST_BATCH;
        int most = onlyFixed() ? FIRST_OF_FIXED : Integer.MAX_VALUE;
        long fetched = 0;
        while (found.size() < wanted) {
            List<Candidate> chunk = candidates(keys, position, chunkSize);
            if (chunk.isEmpty()) {
                break;
            }
            position = chunk.getLast().keys();
            sample(chunk);
            chunkSize = Math.min(chunkSize * 4, LARGEST_CHUNK);
            int next = 0;
            while (next < chunk.size() && found.size() < wanted) {
                Candidate first = chunk.get(next);
                if (isAskedAlone(first, wanted)) {
                    found.addAll(hostsOf(first, 0, wanted - found.size()));
                    next++;
                } else {
                    int end = next;
                    long open = 0;
                    boolean inVain = selective() && fetched + toFetch(first) > FETCHED_IN_VAIN;
                    while (end < Math.min(chunk.size(), (long) next + most)
                            && !isAskedAlone(chunk.get(end), wanted)
                            && (end == next || inVain || onlyFixed() || open + toFetch(chunk.get(end)) <= budget)) {
                        open += toFetch(chunk.get(end));
                        end++;
                    }
                    found.addAll(
                            end == next + 1
                                    ? hostsOf(first, 0, wanted - found.size())
                                    : fetchHostsOf(chunk.subList(next, end), 0, wanted - found.size()));
                    next = end;
                    fetched += open;
                    budget = Math.min(budget * (selective() ? 4 : 2), LARGEST_BATCH);
                    most = onlyFixed() ? Math.min(most * 4, LARGEST_CHUNK) : most;
                }
            }
        }
        return found;
    }

    private List<Candidate> candidates(SortKeys keys, List<Object> position, int most) throws SQLException {
        return session.query(
                Sql.of("select d.definition_id, coalesce(n.open_findings, 0) as open, " + keys.columns()
                                + " from definition d join connection k on k.connection_id = d.connection_id"
                                + " left join definition_count n on n.definition_id = d.definition_id where ")
                        .add(holds(parts.definition()))
                        .add(" and ")
                        .add(keys.after(position))
                        .add(keys.orderBy() + " limit ")
                        .bind((long) most),
                row -> new Candidate(row.getInt("definition_id"), row.getLong("open"), keys.read(row)));
    }

    private final Map<Integer, Integer> inSample = new HashMap<>();
    private int sampled;
    private boolean allSampled;

    /**
     * Which definitions are common where the conditions on hosts hold: the count over all hosts does not tell. Of systems all is
     * counted.
     */
    private void sample(List<Candidate> candidates) throws SQLException {
        if (!selective()) {
            return;
        }
        int[] ids = candidates.stream().mapToInt(Candidate::definition).toArray();
        if (view.runs().isEmpty() && parts.both().isEmpty() && onlySystemsMatter()) {
            countOnSystems(ids);
            return;
        }
        if (ways != Ways.ANY) {
            return;
        }
        Sql matching = Sql.of("(select c.block, c.definitions from " + view.cohorts() + " c")
                .add(hostsFor(cohortConditions()))
                .add(" where c.reopened_run is null and ")
                .add(cohortConditions())
                .add(" limit ")
                .bind((long) SAMPLE)
                .add(") c");
        session.inNoOrder(
                        Sql.of("select u.definition_id, count(*) from ")
                                .add(matching)
                                .add(Holding.DEFINITIONS + " where ")
                                .add(isOneOf(ids))
                                .add(" group by u.definition_id"),
                        row -> Map.entry(row.getInt(1), row.getInt(2)))
                .forEach(entry -> inSample.put(entry.getKey(), entry.getValue()));
        sampled = SAMPLE;
    }

    private void countOnSystems(int[] ids) throws SQLException {
        session.query(
                        openOnSystems("u.definition_id, sum(u.findings)", isOneOf(ids))
                                .add(" group by u.definition_id having sum(u.findings) > 0"),
                        row -> Map.entry(row.getInt(1), row.getInt(2)))
                .forEach(entry -> inSample.put(entry.getKey(), entry.getValue()));
        if (!allSampled) {
            sampled = Math.toIntExact(
                    session.number(Sql.of("select coalesce(sum(a.assets), 0) from open_by_system a where ")
                            .add(conditionsOnSystem())));
            allSampled = true;
        }
    }

    /** How many cohorts with a definition have to be fetched; hardly any if it is open on none of the systems that are meant. */
    private long toFetch(Candidate candidate) {
        return allSampled && !inSample.containsKey(candidate.definition()) ? 0 : candidate.open();
    }

    private boolean selective() {
        return limitsHosts() || !parts.both().isEmpty();
    }

    /** Whether some hosts with open findings are not meant. That fixed findings are not, limits no host. */
    private boolean limitsHosts() {
        return parts.cohort().stream().anyMatch(condition -> !Reach.meansOpen(condition));
    }

    /**
     * Whether walking the hosts in order meets enough with this definition sooner than the index tells of them. Walked are
     * wanted × cohorts / open; of the entries that the index has for the definition, ten are read in the time of a step.
     */
    private boolean isCommon(Candidate candidate, int wanted) throws SQLException {
        if (ways != Ways.ANY) {
            return onlyWalks() && candidate.open() % 2 == 1;
        }
        if (selective()) {
            return inSample.getOrDefault(candidate.definition(), 0) >= Math.max(1, sampled / 20);
        }
        return candidate.open() >= Math.max(1_000, (long) Math.sqrt(10.0 * wanted * cohorts()));
    }

    /** Whether a definition has a way of its own, rather than to be fetched with those that follow it. */
    private boolean isAskedAlone(Candidate candidate, int wanted) throws SQLException {
        return isCommon(candidate, wanted)
                || onFewHosts(candidate).isPresent()
                // a range may have enough, where all of several would be fetched
                || (ways == Ways.ANY && servedByRanges() && toFetch(candidate) > FETCHED_IN_VAIN);
    }

    private boolean servedByRanges() throws SQLException {
        return parts.both().isEmpty() && listed.isEmpty() && !onlyFixed();
    }

    private List<Found> hostsOf(Candidate candidate, int afterRecord, int wanted) throws SQLException {
        if (isCommon(candidate, wanted)) {
            return walkHostsOf(candidate, afterRecord, wanted);
        }
        Optional<String[]> systems = onFewHosts(candidate);
        if (systems.isPresent()) {
            return hostsOnSystems(candidate, systems.get(), afterRecord, wanted);
        }
        return servedByRanges()
                ? fetchInRanges(candidate, afterRecord, wanted)
                : fetchHostsOf(List.of(candidate), afterRecord, wanted);
    }

    private final Map<Integer, Optional<String[]>> onFewHosts = new HashMap<>();

    /**
     * The systems on which a definition is open, if it is so on many hosts, but few of those that are meant are thought to have
     * one of these systems.
     */
    private Optional<String[]> onFewHosts(Candidate candidate) throws SQLException {
        if (candidate.open() <= (onlyWalks() ? 0 : FETCHED_IN_VAIN)
                || ways == Ways.ONLY_SORTING
                || view.runs().isPresent()
                || listed.isPresent()
                || !parts.both().isEmpty()
                || !limitsHosts()) {
            return Optional.empty();
        }
        Optional<String[]> systems = onFewHosts.get(candidate.definition());
        if (systems == null) {
            systems = onFewHosts.size() < MOST_ASKED_FOR_SYSTEMS ? readOnFewHosts(candidate) : Optional.empty();
            onFewHosts.put(candidate.definition(), systems);
        }
        return systems;
    }

    private Optional<String[]> readOnFewHosts(Candidate candidate) throws SQLException {
        Sql hosts = holds(ofHosts(true));
        if (ofSystems(hosts.toString())) {
            return Optional.empty();
        }
        Optional<String[]> systems = session.systemsWith(new int[] {candidate.definition()});
        if (systems.isEmpty() || onlyWalks()) {
            return systems;
        }
        Sql onSystems = Sql.of("select from " + recordsOfHosts(hosts + " a.") + " where a.os_name = any(")
                .bind(systems.get())
                .add(") and ")
                .add(hosts);
        return session.expected(onSystems) <= candidate.open() / 4 ? systems : Optional.empty();
    }

    /** By way of the hosts that are meant, of which these systems leave few. Fixed findings are on any system. */
    private List<Found> hostsOnSystems(Candidate candidate, String[] systems, int afterRecord, int wanted)
            throws SQLException {
        Sql conditions = cohortConditions();
        Sql select = Sql.of("select c.source_record_id from " + recordsOfHosts(conditions + " a.") + " join "
                        + view.cohorts() + " c on c.source_record_id = s.source_record_id where a.os_name = any(")
                .bind(systems)
                .add(") and c.fixed_run is null and c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                .add(Holding.oneOf("c.", new int[] {candidate.definition()}))
                .add(" and ")
                .add(conditions)
                .add(" union all select c.source_record_id from ")
                .add(View.fixedWith(new int[] {candidate.definition()}))
                .add(" c" + joinsFor(conditions.toString()) + " where c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                .add(conditions)
                .add(" order by 1 limit ")
                .bind((long) wanted);
        return session.walk(select, row -> found(candidate, row.getInt(1)));
    }

    /**
     * Hosts by number, of one range after the other, each large enough to hold what is missing: the indexes on definitions and
     * on records tell together which few rows are in it. Many findings are all fetched only where few hosts fit.
     */
    private List<Found> fetchInRanges(Candidate candidate, int afterRecord, int wanted) throws SQLException {
        List<Found> found = new ArrayList<>();
        long last = lastRecord();
        long from = afterRecord;
        long openHere = allSampled ? inSample.getOrDefault(candidate.definition(), 0) : candidate.open();
        long step = onlyWalks() ? 3 : holding(wanted, last, Math.max(1, openHere));
        while (found.size() < wanted && from < last) {
            int missing = wanted - found.size();
            boolean rest = step > ENTRIES_PER_COHORT * toFetch(candidate) || step > (last - from) / 2;
            if (rest && toFetch(candidate) > LISTED) {
                found.addAll(fetchHostsOf(List.of(candidate), Math.toIntExact(from), missing));
                break;
            }
            long to = rest ? last : from + Math.max(1, step);
            List<Found> some = fetchRange(candidate, from, to, missing);
            found.addAll(some);
            if (!onlyWalks()) {
                step = some.isEmpty() ? last : holding(missing - some.size(), to - from, some.size());
            }
            from = to;
        }
        return found;
    }

    /** How many records hold so many findings as good as certainly, where so many others hold so many on average. */
    private static long holding(int wanted, long records, long findings) {
        return (long) ((wanted + 3 * Math.sqrt(wanted)) * records / findings);
    }

    private long lastRecord = -1;

    private long lastRecord() throws SQLException {
        if (lastRecord < 0) {
            lastRecord = session.number(Sql.of("select coalesce(max(source_record_id), 0) from source_record"));
        }
        return lastRecord;
    }

    private List<Found> fetchRange(Candidate candidate, long from, long to, int wanted) throws SQLException {
        // sorted before they are joined, so that no more are than are wanted
        Sql fetch = Sql.of("select c.source_record_id from (select c.source_record_id, c.first_run, c.opened_run,"
                        + " c.fixed_run, c.reopened_run from ")
                .add(cohortsWith(List.of(candidate)))
                .add(" where c.reopened_run is null and c.source_record_id > ")
                .bind(Math.toIntExact(from))
                .add(" and c.source_record_id <= ")
                .bind(Math.toIntExact(to))
                .add(" order by c.source_record_id offset 0) c")
                .add(hostsFor(cohortConditions()))
                .add(" where ")
                .add(cohortConditions())
                .add(" order by c.source_record_id limit ")
                .bind((long) wanted);
        ReadSession.RowReader<Found> reader = row -> found(candidate, row.getInt(1));
        return view.runs().isEmpty() ? session.walk(fetch, reader) : session.query(fetch, reader);
    }

    private List<Found> walkHostsOf(Candidate candidate, int afterRecord, int wanted) throws SQLException {
        Sql conditions = cohortConditions().add(" and ").add(holds(parts.both()));
        Sql walk = Sql.of("select c.source_record_id from ");
        if (listed.isPresent()) {
            // in their order, so that it ends with the last that is wanted
            walk.add("(select * from unnest(")
                    .bind(listed.get())
                    .add(") r(source_record_id) order by 1 offset 0) l join " + view.cohorts()
                            + " c on c.source_record_id = l.source_record_id" + joinsFor(conditions.toString()));
        } else {
            walk.add(view.cohorts() + " c" + joinsFor(conditions.toString()));
        }
        if (!parts.both().isEmpty()) {
            walk.add(" join definition d on d.definition_id = ").bind(candidate.definition());
        }
        walk.add(" where c.reopened_run is null and c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                // without the index on definitions, it follows the one on records
                .add(Holding.oneOf("c.", new int[] {candidate.definition()}))
                .add(" and ")
                .add(conditions)
                .add(" order by c.source_record_id limit ")
                .bind((long) wanted);
        ReadSession.RowReader<Found> reader = row -> found(candidate, row.getInt(1));
        return listed.isPresent() ? session.walk(walk, reader) : session.query(walk, reader);
    }

    private List<Found> fetchHostsOf(List<Candidate> candidates, int afterRecord, int wanted) throws SQLException {
        int[] ids = candidates.stream().mapToInt(Candidate::definition).toArray();
        boolean alone = ids.length == 1 && parts.both().isEmpty();
        long open = candidates.stream().mapToLong(this::toFetch).sum();
        boolean onlyFixed = onlyFixed();
        boolean byIndex = onlyFixed || !selective() || open <= cohorts() / 2;
        // hosts first: the few that fit, before each of their many findings
        Sql hosts = Sql.of("(select c.* from ")
                .add(
                        onlyFixed
                                ? View.fixedWith(ids).add(" c")
                                : byIndex ? cohortsWith(candidates) : Sql.of(view.cohorts() + " c"))
                .add(hostsFor(cohortConditions()))
                .add(" where c.reopened_run is null and c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                .add(byIndex ? Sql.of("true") : Holding.oneOf("c.", ids))
                .add(" and ")
                .add(cohortConditions())
                .add(" offset 0) c");
        Sql fetch = Sql.of("select c.source_record_id, " + (alone ? "1" : "b.place") + " from ")
                .add(hosts);
        if (alone) {
            fetch.add(" order by c.source_record_id limit ").bind((long) wanted);
        } else {
            fetch.add(joinsFor(holds(parts.both()).toString()) + Holding.DEFINITIONS + " join unnest(")
                    .bind(ids)
                    .add(") with ordinality b(definition_id, place) on b.definition_id = u.definition_id"
                            + (parts.both().isEmpty() ? "" : DEFINITION) + " where ")
                    .add(isOneOf(ids))
                    .add(" and ")
                    .add(holds(parts.both()))
                    .add(" order by b.place, c.source_record_id limit ")
                    .bind((long) wanted);
        }
        ReadSession.RowReader<Found> reader = row -> found(candidates.get(row.getInt(2) - 1), row.getInt(1));
        if (onlyFixed) {
            return session.byBitmap(fetch, reader);
        }
        // from few cohorts to their hosts; PostgreSQL would rather look for all hosts that fit
        return byIndex && listed.isEmpty() && view.runs().isEmpty() && open <= LISTED
                ? session.walk(fetch, reader)
                : session.query(fetch, reader);
    }

    /** Whether the present's fixed findings alone are asked for, of which an index tells. */
    private boolean onlyFixed() throws SQLException {
        if (ways != Ways.ANY || view.runs().isPresent()) {
            return false;
        }
        for (Condition condition : parts.cohort()) {
            if (ONLY_FIXED.matcher(sql.ofFinding(condition).toString()).matches()) {
                return true;
            }
        }
        return false;
    }

    /** What has to be joined to a cohort for its conditions, and no more: each join costs as much as reading the cohort. */
    private String joinsForConditions() throws SQLException {
        return joinsFor(rowConditions().toString());
    }

    private String joinsFor(String expressions) {
        return (OF_RECORD.matcher(expressions).find()
                        ? " join " + view.records() + " s on s.source_record_id = c.source_record_id"
                        : "")
                + (OF_CONNECTION.matcher(expressions).find() ? connectionOfRecord() : "")
                + (OF_ASSET.matcher(expressions).find()
                        ? " join "
                                + (ofSystems(expressions) && view.runs().isEmpty() ? "open_by_severity" : view.assets())
                                + " a on a.asset_id = s.asset_id"
                        : "");
    }

    /** Whether nothing is asked of an asset but its system, which stands beside the counts of each, in less room. */
    private static boolean ofSystems(String expressions) {
        return !OF_ASSET.matcher(expressions.replace("a.os_name", "")).find();
    }

    private String connectionOfRecord() {
        return " join " + view.connections() + " k on k.connection_id = s.connection_id";
    }

    private static Found found(Candidate candidate, int record) {
        List<Object> keys = new ArrayList<>(candidate.keys());
        keys.add((long) record);
        return new Found(record, candidate.definition(), keys);
    }

    // Run by run, host by host -------------------------------------------------------------------------------------

    private List<Found> byHost(HostOrder order, List<Object> after, int wanted) throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        if (ids.isPresent() && ids.get().length == 0) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        List<Object> position = List.of();
        if (!after.isEmpty()) {
            position = after.subList(0, after.size() - 1);
            int record = Math.toIntExact((Long) position.getLast());
            int run = order.byRun() ? Math.toIntExact((Long) position.getFirst()) : 0;
            int definition = Math.toIntExact((Long) after.getLast());
            found.addAll(findingsOf(order, List.of(new Place(record, run, position)), ids, definition, wanted));
        }
        while (found.size() < wanted) {
            int most = onlyWalks() ? 3 : wanted - found.size();
            List<Place> places = places(order, position, ids, most);
            if (places.isEmpty()) {
                break;
            }
            position = places.getLast().keys();
            // a host with several cohorts comes several times
            List<Place> hosts = places.stream().distinct().toList();
            found.addAll(findingsOf(order, hosts, ids, 0, wanted - found.size()));
        }
        return found;
    }

    /** The next hosts with findings that the query asks for; only if there are none, there are no further ones. */
    private List<Place> places(HostOrder order, List<Object> position, Optional<int[]> ids, int most)
            throws SQLException {
        boolean all = ids.isEmpty() && !selective();
        long open = ids.isPresent() ? openFindings(ids.get()) : 0;
        boolean few = ids.isPresent() && open <= FETCHED_AT_ONCE;
        long begun = sql.openOfRuns(parts.cohort());
        if (ways != Ways.ONLY_SORTING && !all && !few && (begun > FETCHED_AT_ONCE || onlyWalks())) {
            long farthest = onlyWalks() ? 5 : Math.max(WALKED, Math.min(Math.min(open, begun), cohorts()));
            // a long way is not prepared for before a short one was tried
            for (long steps = Math.min(WALKED, farthest); ; steps = Math.min(8 * steps, farthest)) {
                List<Place> walked =
                        session.walk(places(order, walk(order, position, steps), position, ids, most), order::place);
                if (walked.size() == most) {
                    return walked;
                }
                if (steps == farthest) {
                    break;
                }
            }
        }
        boolean byIndex = ids.isPresent() && (few || open <= (selective() ? cohorts() / 10 : cohorts() / 2));
        Sql cohorts = byIndex ? cohortsWith(ids.get()) : Sql.of(view.cohorts() + " c");
        String expressions = order.orderBy() + order.where() + rowConditions();
        return session.query(places(order, cohorts.add(joinsFor(expressions)), position, ids, most), order::place);
    }

    /** That a cohort began with one of the runs that are meant, if only some are. */
    private Sql begun() throws SQLException {
        Optional<int[]> runs = sql.begunBy(parts.cohort());
        return runs.isPresent() ? Sql.of(" and ").add(ConditionSql.begunBy(runs.get(), "")) : new Sql();
    }

    /** Some cohorts with their hosts, in order, whether they fit or not. */
    private Sql walk(HostOrder order, List<Object> position, long most) throws SQLException {
        if (order.byRun()) {
            return Sql.of("(select * from " + view.cohorts() + " c where c.reopened_run is null and ")
                    .add(order.after(position))
                    .add(begun())
                    .add(order.orderBy() + " limit ")
                    .bind(most)
                    .add(") c" + joinsForConditions());
        }
        // a subquery with a limit would hide its order by name from PostgreSQL, so the end is looked up first
        List<String> keys = order.keys().expressions();
        SortKeys ofAsset = new SortKeys(keys.subList(0, keys.size() - 1));
        Sql from = position.isEmpty()
                ? Sql.of("true")
                : HostOrder.compare(ofAsset.expressions(), ">=", position.subList(0, position.size() - 1));
        List<List<Object>> end = session.query(
                Sql.of("select " + ofAsset.columns() + " from " + view.assets() + " a where " + order.where() + " and ")
                        .add(from)
                        .add(ofAsset.orderBy() + " offset ")
                        .bind(most)
                        .add(" limit 1"),
                ofAsset::read);
        return Sql.of(view.assets() + " a join " + view.records() + " s on s.asset_id = a.asset_id and ")
                .add(from)
                .add(" and ")
                .add(end.isEmpty() ? Sql.of("true") : HostOrder.compare(ofAsset.expressions(), "<=", end.getFirst()))
                .add((OF_CONNECTION.matcher(rowConditions().toString()).find() ? connectionOfRecord() : "") + " join "
                        + view.cohorts() + " c on c.source_record_id = s.source_record_id");
    }

    private Sql places(HostOrder order, Sql cohorts, List<Object> position, Optional<int[]> ids, int most)
            throws SQLException {
        Sql select = Sql.of("select c.source_record_id, c.first_run, "
                        + order.keys().columns() + " from ")
                .add(cohorts)
                .add(" where c.reopened_run is null and " + order.where() + " and ")
                .add(order.after(position));
        if (ids.isPresent()) {
            select.add(" and ").add(Holding.oneOf("c.", ids.get()));
        }
        select.add(" and ").add(holds(parts.cohort()));
        if (!parts.both().isEmpty()) {
            select.add(" and exists (select from " + Holding.UNFOLDED + DEFINITION + " where ")
                    .add(ids.isPresent() ? isOneOf(ids.get()) : Sql.of("true"))
                    .add(" and ")
                    .add(holds(parts.both()))
                    .add(")");
        }
        return select.add(order.orderBy() + " limit ").bind((long) most);
    }

    private List<Found> findingsOf(
            HostOrder order, List<Place> places, Optional<int[]> ids, int afterDefinition, int wanted)
            throws SQLException {
        Sql select = Sql.of("select h.place, u.definition_id from unnest(")
                .bind(places.stream().mapToInt(Place::record).toArray())
                .add(", ")
                .bind(places.stream().mapToInt(Place::firstRun).toArray())
                .add(") with ordinality h(source_record_id, first_run, place)"
                        + " join " + view.cohorts() + " c on c.source_record_id = h.source_record_id"
                        + (order.byRun() ? " and c.first_run = h.first_run" : "") + joinsForConditions()
                        + Holding.DEFINITIONS + (parts.both().isEmpty() ? "" : DEFINITION)
                        + " where c.reopened_run is null and u.definition_id > ")
                .bind(afterDefinition)
                .add(" and ")
                .add(ids.isPresent() ? isOneOf(ids.get()) : Sql.of("true"))
                .add(" and ")
                .add(rowConditions())
                .add(" order by h.place, u.definition_id limit ")
                .bind((long) wanted);
        return session.query(select, row -> {
            Place place = places.get(row.getInt("place") - 1);
            int definition = row.getInt("definition_id");
            List<Object> keys = new ArrayList<>(place.keys());
            keys.add((long) definition);
            return new Found(place.record(), definition, keys);
        });
    }
}
