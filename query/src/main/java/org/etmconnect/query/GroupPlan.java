// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.etmconnect.query.syntax.Comparison;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenCatalogue;

/**
 * Groups the findings of one query. What each apply counts is not counted again: how many findings are open of each CVE, and on each system by
 * severity. Where hosts are asked for, and severities alone matter or nothing of definitions, counts of each host are added up. All else takes
 * one look at the cohorts that may hold such findings, host by host; they are counted here, because PostgreSQL takes several times as long to
 * unfold them.
 */
final class GroupPlan {

    private static final Condition OPEN = new Condition.Compare(
            TokenCatalogue.standard().get("finding.status"),
            new Match.OneOf(
                    List.of(new Match.Choice("NEW"), new Match.Choice("ACTIVE"), new Match.Choice("REOPENED"))));

    private static final String BY_SYSTEM = "open_by_system";

    /** Definitions of all groups together whose hosts are looked up one by one in the index. */
    private static final int FETCHED_BY_INDEX = 500;

    /** Of so many findings hosts are counted in a tenth of a second, by the index or from all cohorts. */
    static final long COUNTED = 250_000;

    /** Findings that are counted by the index in the time that it takes to read a cohort. */
    private static final int COUNTED_PER_COHORT = 5;

    // why a record is with a host that it did not make is kept, and of most hosts there is nothing to tell
    private static final String HOSTS_OF_SEVERAL =
            "select l.asset_id from identification_log l where (l.rule is not null or l.from_asset_id is not null)"
                    + " and (select count(*) from source_record r where r.asset_id = l.asset_id) > 1";

    private final ReadSession session;
    private final long mostCounted;
    private final Condition query;
    private final boolean openOnly;
    private final boolean stateUnsaid;
    private final FindingPlan plan;

    /**
     * @param query as it was asked
     * @param condition the same without the time it asks for
     * @param mostCounted up to so many findings, hosts are counted; e.g. {@link #COUNTED}
     */
    GroupPlan(
            ReadSession session,
            View view,
            Condition query,
            Condition condition,
            Instant now,
            FindingPlan.Ways ways,
            long mostCounted)
            throws SQLException {
        this.session = session;
        this.mostCounted = mostCounted;
        this.query = query;
        List<Condition> all = Reach.conjuncts(condition);
        List<Condition> others =
                all.stream().filter(each -> !Reach.meansOpen(each)).toList();
        this.stateUnsaid = all.stream().noneMatch(Reach::asksForState);
        this.openOnly = stateUnsaid || others.size() < all.size();
        Condition rest = others.isEmpty() ? new Condition.Everything() : Condition.all(others);
        this.plan = new FindingPlan(session, view, rest, now, ways);
    }

    FindingGroups by(FindingGrouping grouping, int limit, Optional<Instant> asOf) throws SQLException {
        Found found = plan.findsNothing()
                ? new Found(List.of(), 0)
                : switch (grouping) {
                    case CVE -> byDefinition(grouping, limit);
                    case SEVERITY -> bySeverity(limit);
                    case ASSET -> byAsset(limit);
                    case OPERATING_SYSTEM -> bySystem(limit);
                };
        return new FindingGroups(
                found.first().stream().map(group -> told(grouping, group)).toList(), found.total(), openOnly, asOf);
    }

    /** Some groups, the first in their order, and how many there are. */
    private record Found(List<Group> first, long total) {}

    /** A group without its query. */
    private record Group(
            Optional<String> value,
            Optional<Integer> asset,
            Optional<Integer> severity,
            long findings,
            long hosts,
            boolean hostsCounted) {

        Group(Optional<String> value, Optional<Integer> asset, Optional<Integer> severity, long findings, long hosts) {
            this(value, asset, severity, findings, hosts, true);
        }

        static final Comparator<Group> MOST_FIRST = Comparator.comparingLong(Group::findings)
                .reversed()
                .thenComparing(group -> group.value().isEmpty())
                .thenComparing(group -> group.value().orElse(""));
        static final Comparator<Group> WORST_FIRST =
                Comparator.comparingInt(group -> -group.severity().orElse(0));
    }

    private FindingGroup told(FindingGrouping grouping, Group group) {
        return new FindingGroup(
                group.value(),
                group.asset(),
                group.severity(),
                group.findings(),
                group.hosts(),
                group.hostsCounted(),
                QqlPrinter.print(query(grouping, group)));
    }

    private Condition query(FindingGrouping grouping, Group group) {
        List<Condition> all = new ArrayList<>();
        if (!(query instanceof Condition.Everything)) {
            all.add(query);
        }
        if (stateUnsaid) {
            all.add(OPEN);
        }
        all.add(
                switch (grouping) {
                    case CVE -> has("finding.cveId", group.value().map(Match.Exact::new));
                    case SEVERITY -> has("finding.severity", group.severity().map(GroupPlan::number));
                    case ASSET -> has("asset.id", group.asset().map(GroupPlan::number));
                    case OPERATING_SYSTEM ->
                        has("operatingSystem.name", group.value().map(Match.Exact::new));
                });
        return Condition.all(all);
    }

    /** Blank is what no query can name. */
    private static String worded(String text) {
        return "case when " + text + " ~ '\\S' then " + text + " end";
    }

    private static Match number(int value) {
        return new Match.NumberIs(Comparison.EQUAL, BigDecimal.valueOf(value));
    }

    private static Condition has(String name, Optional<? extends Match> value) {
        Token token = TokenCatalogue.standard().get(name);
        return value.<Condition>map(match -> new Condition.Compare(token, match))
                .orElseGet(() -> Condition.not(new Condition.Compare(token, new Match.HasValue())));
    }

    // By CVE, by severity ------------------------------------------------------------------------------------------

    /** A group of definitions, and how many of their findings are open. */
    private static final class Kind {
        private final Optional<String> value;
        private final Set<Integer> connections = new HashSet<>();
        private final List<Integer> definitions = new ArrayList<>();
        private int severity;
        private long open;
        private boolean onceAHost = true;

        Kind(Optional<String> value) {
            this.value = value;
        }

        void add(ResultSet row) throws SQLException {
            int inUse = row.getInt("open");
            definitions.add(row.getInt("definition_id"));
            severity = Math.max(severity, row.getInt("severity"));
            open += inUse;
            onceAHost &= inUse == 0 || connections.add(row.getInt("connection_id"));
        }

        Group group(long findings, long hosts) {
            return group(findings, hosts, true);
        }

        Group group(long findings, long hosts, boolean hostsCounted) {
            return new Group(
                    value,
                    Optional.empty(),
                    severity == 0 ? Optional.empty() : Optional.of(severity),
                    findings,
                    hosts,
                    hostsCounted);
        }
    }

    private Found bySeverity(int limit) throws SQLException {
        Optional<BitSet> counted = openOnly ? plan.countedSeverities() : Optional.empty();
        if (counted.isEmpty()) {
            return byDefinition(FindingGrouping.SEVERITY, limit);
        }
        int[] severities = counted.get().stream().toArray();
        if (severities.length == 0) {
            return new Found(List.of(), 0);
        }
        boolean summed = plan.onlySystemsMatter();
        String columns = IntStream.of(severities)
                .mapToObj(SeverityCounts.COLUMNS_OF_HOST::get)
                .map(column -> "coalesce(sum(" + column + "), 0), "
                        + (summed
                                ? "coalesce(sum(" + column + "_hosts), 0)"
                                : "count(*) filter (where " + column + " > 0)"))
                .collect(Collectors.joining(", "));
        Sql select = Sql.of("select " + columns + " from ");
        List<Group> groups = session.query(
                        summed
                                ? select.add(BY_SYSTEM + " a where ").add(plan.conditionsOnSystem())
                                : select.add("(")
                                        .add(plan.countsOfHosts(counted.get()))
                                        .add(") h"),
                        row -> {
                            List<Group> found = new ArrayList<>();
                            for (int i = 0; i < severities.length; i++) {
                                found.add(new Group(
                                        severities[i] == 0
                                                ? Optional.empty()
                                                : Optional.of(Integer.toString(severities[i])),
                                        Optional.empty(),
                                        severities[i] == 0 ? Optional.empty() : Optional.of(severities[i]),
                                        row.getLong(2 * i + 1),
                                        row.getLong(2 * i + 2)));
                            }
                            return found;
                        })
                .getFirst();
        return first(groups, Group.WORST_FIRST, limit);
    }

    private Found byDefinition(FindingGrouping grouping, int limit) throws SQLException {
        String value = grouping == FindingGrouping.CVE ? worded("d.cve_id") : "d.severity::text";
        Map<Optional<String>, Kind> byValue = new HashMap<>();
        boolean counted = openOnly && plan.countedByDefinition();
        String columns = "d.definition_id, d.connection_id, d.severity, " + value + " as value, ";
        session.query(
                counted
                        ? plan.countedDefinitions(columns + "coalesce(n.open_findings, 0) as open")
                        : plan.definitions(columns + "0 as open"),
                row -> {
                    byValue.computeIfAbsent(ReadSession.text(row, "value"), Kind::new)
                            .add(row);
                    return row;
                });
        List<Kind> kinds = List.copyOf(byValue.values());
        Comparator<Group> order = grouping == FindingGrouping.CVE ? Group.MOST_FIRST : Group.WORST_FIRST;
        if (counted) {
            return counted(kinds, order, limit);
        }
        long[][] counts = count(kinds, recordsAreHosts() ? plan.byRecord(openOnly) : plan.byHost(openOnly, "true"));
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            groups.add(kinds.get(i).group(counts[0][i], counts[1][i]));
        }
        return first(groups, order, limit);
    }

    /** By the counts that each apply keeps. They say on how many records a definition is open; hosts have several. */
    private Found counted(List<Kind> kinds, Comparator<Group> order, int limit) throws SQLException {
        Map<Group, Kind> kindOf = new HashMap<>();
        kinds.forEach(kind -> kindOf.put(kind.group(kind.open, kind.open), kind));
        Found found = first(List.copyOf(kindOf.keySet()), order, limit);
        List<Kind> shown = found.first().stream()
                .map(group -> kindOf.getOrDefault(group, kinds.getFirst()))
                .toList();
        boolean onceAHost = shown.stream().allMatch(kind -> kind.onceAHost);
        boolean recordsAreHosts = recordsAreHosts();
        if (onceAHost && recordsAreHosts) {
            return found;
        }
        long open = shown.stream().mapToLong(kind -> kind.open).sum();
        boolean byIndex = !onceAHost
                && plan.onlyDefinitionsMatter()
                && shown.stream().mapToInt(kind -> kind.definitions.size()).sum() <= FETCHED_BY_INDEX
                && open <= plan.fetchedByIndex();
        List<Group> groups = new ArrayList<>();
        if (!onceAHost && recordsAreHosts && Math.min(open, COUNTED_PER_COHORT * session.cohorts()) > mostCounted) {
            long[] hosts = hostsAtLeast(shown);
            for (int i = 0; i < shown.size(); i++) {
                Kind kind = shown.get(i);
                groups.add(kind.group(kind.open, hosts[i], hosts[i] == kind.open));
            }
            return new Found(groups, found.total());
        }
        if (byIndex && recordsAreHosts) {
            for (Kind kind : shown) {
                groups.add(
                        kind.group(kind.open, session.numberByBitmap(FindingPlan.recordsWithOneOf(kind.definitions))));
            }
            return new Found(groups, found.total());
        }
        long[][] counts =
                count(shown, plan.byHost(openOnly, onceAHost ? "s.asset_id in (" + HOSTS_OF_SEVERAL + ")" : "true"));
        for (int i = 0; i < shown.size(); i++) {
            Kind kind = shown.get(i);
            groups.add(kind.group(kind.open, onceAHost ? kind.open - counts[0][i] + counts[1][i] : counts[1][i]));
        }
        return new Found(groups, found.total());
    }

    private boolean recordsAreHosts() throws SQLException {
        return session.number(Sql.of("select count(*) from (" + HOSTS_OF_SEVERAL + " limit 1) several")) == 0;
    }

    /** Hosts that each kind has at least: on each system those of its most common definition. Each record is a host. */
    private long[] hostsAtLeast(List<Kind> kinds) throws SQLException {
        int[] definitions = kinds.stream()
                .flatMap(kind -> kind.definitions.stream())
                .mapToInt(Integer::intValue)
                .toArray();
        int[] kindOf = IntStream.range(0, kinds.size())
                .flatMap(kind -> kinds.get(kind).definitions.stream().mapToInt(definition -> kind))
                .toArray();
        long[] hosts = new long[kinds.size()];
        session.query(
                Sql.of(
                                "select x.kind, sum(x.most) as hosts from (select o.os_name, k.kind, max(o.findings) as most from (")
                        .add(plan.openOnSystems("a.os_name, u.definition_id, sum(u.findings) as findings"))
                        .add(" group by 1, 2) o join unnest(")
                        .bind(definitions)
                        .add(", ")
                        .bind(kindOf)
                        .add(") k(definition_id, kind) using (definition_id) group by 1, 2) x group by 1"),
                row -> hosts[row.getInt("kind")] = row.getLong("hosts"));
        return hosts;
    }

    /** Findings and hosts of each kind, on some hosts that are selected with their definitions. */
    private long[][] count(List<Kind> kinds, Sql hosts) throws SQLException {
        int largest = kinds.stream()
                .flatMap(kind -> kind.definitions.stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        int[] kindOf = new int[largest + 1];
        Arrays.fill(kindOf, -1);
        for (int i = 0; i < kinds.size(); i++) {
            for (int definition : kinds.get(i).definitions) {
                kindOf[definition] = i;
            }
        }
        long[] findings = new long[kinds.size()];
        long[] onHosts = new long[kinds.size()];
        int[] lastHost = new int[kinds.size()];
        session.eachHost(hosts, (asset, definitions, length) -> {
            for (int i = 0; i < length; i++) {
                int kind = definitions[i] < kindOf.length ? kindOf[definitions[i]] : -1;
                if (kind >= 0) {
                    findings[kind]++;
                    if (lastHost[kind] != asset) {
                        lastHost[kind] = asset;
                        onHosts[kind]++;
                    }
                }
            }
        });
        return new long[][] {findings, onHosts};
    }

    private static Found first(List<Group> groups, Comparator<Group> order, int limit) {
        List<Group> filled = groups.stream()
                .filter(group -> group.findings() > 0)
                .sorted(order)
                .toList();
        return new Found(filled.subList(0, Math.min(limit, filled.size())), filled.size());
    }

    // By host, by system -------------------------------------------------------------------------------------------

    /** The severities whose counts of hosts answer the query; empty if they do not. */
    private Optional<BitSet> countedSeverities() throws SQLException {
        return openOnly ? plan.countedSeverities().filter(severities -> !severities.isEmpty()) : Optional.empty();
    }

    private Found byAsset(int limit) throws SQLException {
        Optional<BitSet> counted = countedSeverities();
        if (counted.isPresent()) {
            Sql hosts = Sql.of("(").add(plan.countsOfHosts(counted.get())).add(") h");
            Optional<Counts> kept = keptCounts(counted.get());
            long total = session.number(
                    kept.isPresent()
                            ? Sql.of("select coalesce(sum(" + kept.get().hosts() + "), 0) from " + BY_SYSTEM
                                            + " a where ")
                                    .add(plan.conditionsOnSystem())
                            : Sql.of("select count(*) from ").add(hosts));
            Sql first = Sql.of("select h.asset_id, h.findings from ")
                    .add(hosts)
                    .add(" order by h.findings desc, h.asset_id limit ")
                    .bind((long) limit);
            return new Found(
                    session.query(
                            Sql.of("select x.asset_id, a.name, x.findings from (")
                                    .add(first)
                                    .add(") x join asset a using (asset_id) order by x.findings desc, x.asset_id"),
                            row -> ofHost(
                                    row.getInt("asset_id"), ReadSession.text(row, "name"), row.getLong("findings"))),
                    total);
        }
        Optional<Sql> hosts = hostsBySql();
        return hosts.isPresent() ? byAsset(hosts.get(), limit) : byHost(limit);
    }

    /** Columns of {@link #BY_SYSTEM}: how many findings, on how many hosts. */
    private record Counts(String findings, String hosts) {}

    /** The counts of all hosts together that answer the query. A host that has two severities would count twice. */
    private Optional<Counts> keptCounts(BitSet severities) throws SQLException {
        if (!plan.onlySystemsMatter()) {
            return Optional.empty();
        }
        if (severities.cardinality() == SeverityCounts.COLUMNS_OF_HOST.size()) {
            return Optional.of(new Counts("findings", "hosts"));
        }
        String column = SeverityCounts.COLUMNS_OF_HOST.get(severities.nextSetBit(0));
        return severities.cardinality() == 1 ? Optional.of(new Counts(column, column + "_hosts")) : Optional.empty();
    }

    /** Hosts with how many findings they have, where arrays need not be unfolded. */
    private Optional<Sql> hostsBySql() throws SQLException {
        if (plan.anyDefinition()) {
            return Optional.of(plan.lengthsOfHosts(openOnly));
        }
        return plan.asksForOne() ? Optional.of(plan.hostsOfOne(openOnly)) : Optional.empty();
    }

    private Found byAsset(Sql hosts, int limit) throws SQLException {
        long[] total = new long[1];
        List<Group> first = session.query(
                Sql.of(
                                "select x.asset_id, a.name, x.findings, x.total from (select h.*, count(*) over () as total from (")
                        .add(hosts)
                        .add(") h order by h.findings desc, h.asset_id limit ")
                        .bind((long) limit)
                        .add(") x join asset a using (asset_id) order by x.findings desc, x.asset_id"),
                row -> {
                    total[0] = row.getLong("total");
                    return ofHost(row.getInt("asset_id"), ReadSession.text(row, "name"), row.getLong("findings"));
                });
        return new Found(first, total[0]);
    }

    private static Group ofHost(int asset, Optional<String> name, long findings) {
        return new Group(name, Optional.of(asset), Optional.empty(), findings, 1);
    }

    /** Hosts with how many findings they have, counted here. */
    private Hosts hosts() throws SQLException {
        int[] wanted = session.query(plan.definitions("d.definition_id"), row -> row.getInt(1)).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        BitSet isWanted = new BitSet();
        for (int definition : wanted) {
            isWanted.set(definition);
        }
        Hosts hosts = new Hosts();
        session.eachHost(plan.byHost(openOnly, "true"), (asset, definitions, length) -> {
            int findings = 0;
            for (int i = 0; i < length; i++) {
                findings += isWanted.get(definitions[i]) ? 1 : 0;
            }
            hosts.add(asset, findings);
        });
        return hosts;
    }

    /** Grows with each host. */
    private static final class Hosts {
        private int[] assets = new int[1_024];
        private int[] findings = new int[1_024];
        private int size;

        /** The same host may come several times, one after the other. */
        void add(int asset, int more) {
            if (more == 0) {
                return;
            }
            if (size > 0 && assets[size - 1] == asset) {
                findings[size - 1] += more;
                return;
            }
            if (size == assets.length) {
                assets = Arrays.copyOf(assets, size * 2);
                findings = Arrays.copyOf(findings, size * 2);
            }
            assets[size] = asset;
            findings[size++] = more;
        }
    }

    private Found byHost(int limit) throws SQLException {
        Hosts hosts = hosts();
        long[] order = new long[hosts.size];
        for (int i = 0; i < hosts.size; i++) {
            order[i] = ((long) -hosts.findings[i] << Integer.SIZE) | hosts.assets[i];
        }
        Arrays.sort(order);
        long[] first = Arrays.copyOf(order, Math.min(limit, order.length));
        int[] assets = LongStream.of(first).mapToInt(each -> (int) each).toArray();
        Map<Integer, Optional<String>> names = new HashMap<>();
        session.query(
                        Sql.of("select asset_id, name from asset where asset_id = any(")
                                .bind(assets)
                                .add(")"),
                        row -> Map.entry(row.getInt(1), ReadSession.text(row, "name")))
                .forEach(named -> names.put(named.getKey(), named.getValue()));
        return new Found(
                LongStream.of(first)
                        .mapToObj(each -> ofHost(
                                (int) each, names.getOrDefault((int) each, Optional.empty()), -(each >> Integer.SIZE)))
                        .toList(),
                order.length);
    }

    private Found bySystem(int limit) throws SQLException {
        // the few names are looked at for blanks once they are few
        Sql bySystem = Sql.of("select " + worded("a.os_name")
                        + " as value, sum(a.hosts)::bigint as hosts, sum(a.findings)::bigint as findings from (")
                .add(systems())
                .add(") a group by 1");
        List<Group> groups = session.sideBySide(
                bySystem,
                row -> new Group(
                        ReadSession.text(row, "value"),
                        Optional.empty(),
                        Optional.empty(),
                        row.getLong("findings"),
                        row.getLong("hosts")));
        return first(groups, Group.MOST_FIRST, limit);
    }

    /** Systems with how many hosts and findings they have. */
    private Sql systems() throws SQLException {
        Optional<BitSet> counted = countedSeverities();
        Optional<Counts> kept = counted.isPresent() ? keptCounts(counted.get()) : Optional.empty();
        if (kept.isPresent()) {
            return Sql.of("select a.os_name, sum(a." + kept.get().hosts() + ") as hosts, sum(a."
                            + kept.get().findings() + ") as findings from " + BY_SYSTEM + " a where ")
                    .add(plan.conditionsOnSystem())
                    .add(" group by a.os_name");
        }
        if (openOnly && plan.countedByDefinition() && plan.asksForOne() && recordsAreHosts()) {
            return plan.openOnSystems("a.os_name, sum(u.findings) as hosts, sum(u.findings) as findings")
                    .add(" group by a.os_name");
        }
        if (counted.isPresent()) {
            return Sql.of("select os_name, count(*) as hosts, sum(findings) as findings from (")
                    .add(plan.countsOfHosts(counted.get()))
                    .add(") h group by os_name");
        }
        Sql hosts;
        Optional<Sql> bySql = hostsBySql();
        if (bySql.isPresent()) {
            hosts = Sql.of("(").add(bySql.get()).add(")");
        } else {
            Hosts found = hosts();
            hosts = Sql.of("unnest(")
                    .bind(Arrays.copyOf(found.assets, found.size))
                    .add(", ")
                    .bind(Arrays.copyOf(found.findings, found.size))
                    .add(")");
        }
        return Sql.of("select a.os_name, count(*) as hosts, sum(h.findings) as findings from ")
                .add(hosts)
                .add(" h(asset_id, findings) join asset a using (asset_id) group by a.os_name");
    }
}
