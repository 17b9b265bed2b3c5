// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.query.syntax.Comparison;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.DateValue;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.RunOrDate;
import org.etmconnect.query.syntax.Scope;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenCatalogue;

/**
 * Turns conditions into SQL. A leaf may come out as null where there is no value; every {@code not} makes that false,
 * so that null never differs from "does not hold".
 */
final class ConditionSql {

    /** Evaluates conditions on definitions alone, ahead of the query they belong to. */
    interface Definitions {
        /** The ids of the definitions for which all conditions hold, or empty if they hold for every definition. */
        Optional<int[]> matching(List<Condition> conditions, Instant now) throws SQLException;

        /** How many findings of these definitions are open. */
        long openFindings(int[] ids) throws SQLException;

        /** How many findings are open that these runs found first. */
        long openFindingsOfRuns(int[] runs) throws SQLException;

        /** The severities, 0 for none, that open findings of these definitions have, if all open ones of those are theirs. */
        Optional<BitSet> wholeSeverities(int[] ids) throws SQLException;

        /**
         * The names of operating systems that hosts have and for which a condition on a.os_name holds; empty if there are too many
         * to look through.
         */
        Optional<List<String>> systems(Sql condition) throws SQLException;

        /**
         * The names of operating systems on which one of the definitions is open; empty if it is so on all, or on hosts whose system
         * is not known.
         */
        Optional<String[]> systemsWith(int[] ids) throws SQLException;

        /** About how many cohorts there are. */
        long cohorts() throws SQLException;

        /** The newest run of each connection that wrote to the inventory, of a view: what began there is new. */
        int[] lastAppliedRuns(View view) throws SQLException;

        /** The runs of a view that finished after one point and not after another. */
        int[] runsBetween(RunOrDate after, RunOrDate until, Instant now, View view) throws SQLException;

        /** The numbers that a statement selects, ascending; empty if there are more than so many. */
        Optional<int[]> numbers(Sql select, int most) throws SQLException;
    }

    /** Ends the name of a token that says of a row of findings whether an event may be in it. */
    static final String OF_ROW = " of row";

    private static final Pattern FINDING_ID = Pattern.compile("(\\d{1,9})-(\\d{1,9})");

    /** Up to so many records with history are told one by one, so that an index finds them. */
    private static final int MOST_WITH_HISTORY = 10_000;

    /** Hosts are met soon enough in any order if a definition has more open findings than one in so many cohorts. */
    private static final int COMMON_ONE_IN = 15;

    /** Of up to so many findings that began with a run, it is looked up first which hosts have them. */
    private static final int FEW_BEGUN = 2_000;

    /** When a record was last seen; see the view source_record_seen. */
    private static final String SEEN_RUN = "case when s#.retired_run is null"
            + " then greatest(s#.last_seen_run, k#.last_complete_run) else s#.last_seen_run end";

    private final Instant now;
    private final Definitions definitions;
    private final View view;
    private final Map<Match, Optional<String[]>> systems = new HashMap<>();
    private final Map<Condition, String[]> onSystems = new HashMap<>();
    private final Map<List<Object>, Optional<int[]>> history = new HashMap<>();
    private int aliases;

    ConditionSql(Instant now, Definitions definitions, View view) {
        this.now = now;
        this.definitions = definitions;
        this.view = view;
    }

    /** The suffix of the aliases that stand for the element of each scope, where one is at hand. */
    private record Names(Optional<String> finding, Optional<String> source, Optional<String> attribute) {

        boolean has(Scope scope) {
            return switch (scope) {
                case HOST -> true;
                case FINDING -> finding.isPresent();
                case SOURCE -> source.isPresent();
                case CUSTOM_ATTRIBUTE -> attribute.isPresent();
            };
        }

        Names with(Scope scope, String suffix) {
            return switch (scope) {
                case HOST -> this;
                case FINDING -> new Names(Optional.of(suffix), source, attribute);
                case SOURCE -> new Names(finding, Optional.of(suffix), attribute);
                case CUSTOM_ATTRIBUTE -> new Names(finding, source, Optional.of(suffix));
            };
        }
    }

    /** Over the aliases c (cohort), s (record), k (connection), d (definition), a (asset). */
    Sql ofFinding(Condition condition) throws SQLException {
        return sql(condition, new Names(Optional.of(""), Optional.empty(), Optional.empty()));
    }

    /** A conjunction parted; events of which there is no history need nothing but the row. */
    Reach.Parts parted(Condition condition) throws SQLException {
        Reach.Parts parts = Reach.Parts.of(condition);
        List<Condition> both = new ArrayList<>();
        for (Condition each : parts.both()) {
            if (!(each instanceof Condition.Compare(Token token, Match.Between period))
                    || !withHistory(events(token), runs(period))
                            .filter(records -> records.length == 0)
                            .isPresent()) {
                both.add(each);
            }
        }
        return new Reach.Parts(parts.definition(), parts.cohort(), both);
    }

    /** Over the alias a (asset). */
    Sql ofAsset(Condition condition) throws SQLException {
        return sql(condition, new Names(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /**
     * The names of the systems that all hosts have for which a condition holds, {@link #ofAsset} having been asked for it; empty if
     * that is not known.
     */
    Optional<String[]> systemsOf(Condition condition) {
        return Reach.conjuncts(condition).stream()
                .flatMap(conjunct ->
                        Optional.ofNullable(onSystems.get(findings(conjunct).orElse(conjunct))).stream())
                .min(Comparator.comparingInt(names -> names.length));
    }

    /** What a condition on hosts asks of one of their findings; empty if it is on something else. */
    private static Optional<Condition> findings(Condition condition) {
        return switch (condition) {
            case Condition.Same(Scope scope, Condition inner) ->
                scope == Scope.FINDING ? Optional.of(inner) : Optional.empty();
            case Condition.Compare(Token token, Match _) ->
                token.scope() == Scope.FINDING ? Optional.of(condition) : Optional.empty();
            case Condition.Everything _, Condition.All _, Condition.Any _, Condition.Not _, Condition.FreeText _ ->
                Optional.empty();
        };
    }

    /**
     * A statement with a number of hosts, of which at least as many are meant, by the counts that are kept of each system; empty if
     * these tell nothing.
     */
    Optional<Sql> atLeast(Condition condition) throws SQLException {
        List<String> counts = List.of("assets");
        Sql hosts = Sql.of("true");
        boolean ofFindings = false;
        for (Condition conjunct : Reach.conjuncts(condition)) {
            if (conjunct instanceof Condition.Compare(Token token, Match match)
                    && token.name().equals("operatingSystem.name")) {
                hosts.add(" and (").add(system(match)).add(")");
                continue;
            }
            Optional<Condition> ofFinding = ofFindings ? Optional.empty() : findings(conjunct);
            Optional<BitSet> severities = ofFinding.isPresent()
                    ? countedSeverities(ofFinding.get(), parted(ofFinding.get()))
                    : Optional.empty();
            if (severities.isEmpty() || severities.get().isEmpty()) {
                return Optional.empty();
            }
            ofFindings = true;
            counts = severities.get().stream()
                    .mapToObj(severity -> SeverityCounts.COLUMNS_OF_HOST.get(severity) + "_hosts")
                    .toList();
        }
        return view.runs().isPresent()
                ? Optional.empty()
                : Optional.of(Sql.of(counts.stream()
                                .map(count -> "sum(a." + count + ")")
                                .collect(Collectors.joining(
                                        ", ", "select coalesce(greatest(", "), 0) from open_by_system a where ")))
                        .add(hosts));
    }

    /** The run that last found the finding of cohort c and record s of connection k. */
    static String lastFoundRun(String suffix) {
        // a fixed finding was last found by the run before the one that missed it
        return ("greatest(c#.opened_run, case when c#.fixed_run is null then " + SEEN_RUN + " else least(" + SEEN_RUN
                        + ", (select max(p.run_id) from run p where p.connection_id = s#.connection_id"
                        + " and p.run_id < c#.fixed_run and p.state in ('PROCESSED', 'PROCESSED_INCOMPLETE'))) end)")
                .replace("#", suffix);
    }

    /** When the asset of alias a was last found. */
    static String assetLastFound(View view) {
        return ("(select max(rl.observed_at) from " + view.records() + " sl join " + view.connections()
                        + " kl using (connection_id) join run rl on rl.run_id = " + SEEN_RUN
                        + " where sl.asset_id = a.asset_id)")
                .replace("#", "l");
    }

    /** Joins the same for all assets at once, as {@code last_found.at}. */
    static String joinLastFound(View view) {
        return (" left join (select sl.asset_id, max(rl.observed_at) as at from " + view.records() + " sl join "
                        + view.connections() + " kl using (connection_id) join run rl on rl.run_id = " + SEEN_RUN
                        + " group by sl.asset_id) last_found on last_found.asset_id = a.asset_id")
                .replace("#", "l");
    }

    /** The status of the finding of cohort c of connection k. */
    static final String STATUS = "case when c.fixed_run is not null then 'FIXED'"
            + " when c.opened_run > c.first_run then 'REOPENED'"
            + " when c.first_run = k.last_applied_run then 'NEW' else 'ACTIVE' end";

    private Sql sql(Condition condition, Names names) throws SQLException {
        return switch (condition) {
            case Condition.Everything _ -> Sql.of("true");
            case Condition.All(List<Condition> conditions) -> joined(" and ", conditions, names);
            case Condition.Any(List<Condition> conditions) -> joined(" or ", conditions, names);
            case Condition.Not(Condition inner) ->
                Sql.of("(").add(sql(inner, names)).add(" is not true)");
            case Condition.Same(Scope scope, Condition inner) -> exists(scope, inner, names);
            case Condition.FreeText(Subject subject, Match match) -> sql(spelledOut(subject, match), names);
            case Condition.Compare(Token token, Match match) ->
                names.has(token.scope())
                        ? Sql.of("(").add(leaf(token, match, names)).add(")")
                        : exists(token.scope(), condition, names);
        };
    }

    private Sql joined(String operator, List<Condition> conditions, Names names) throws SQLException {
        List<Sql> pieces = new ArrayList<>();
        for (Condition condition : conditions) {
            pieces.add(sql(condition, names));
        }
        return Sql.of("(").add(Sql.join(operator, pieces)).add(")");
    }

    /** Words may each be found in another token; a phrase has to be found in one. */
    static Condition spelledOut(Subject subject, Match match) {
        List<Match> parts = match instanceof Match.Words(List<String> words)
                ? words.stream().<Match>map(Match.Phrase::new).toList()
                : List.of(match);
        List<Condition> all = new ArrayList<>();
        for (Match part : parts) {
            List<Condition> any = new ArrayList<>();
            for (Token token : TokenCatalogue.standard().freeText(subject)) {
                any.add(new Condition.Compare(token, part));
            }
            all.add(Condition.any(any));
        }
        return Condition.all(all);
    }

    private Sql exists(Scope scope, Condition inner, Names names) throws SQLException {
        String suffix = String.valueOf(++aliases);
        Names within = names.with(scope, suffix);
        return switch (scope) {
            case HOST -> sql(inner, names);
            case SOURCE ->
                Sql.of(("exists (select from " + view.records() + " s# join " + view.connections()
                                        + " k# using (connection_id) where s#.asset_id = a.asset_id and ")
                                .replace("#", suffix))
                        .add(sql(inner, within))
                        .add(")");
            case CUSTOM_ATTRIBUTE ->
                Sql.of(("exists (select from jsonb_each(a.custom_attributes) x#(key, value)"
                                        + " cross join lateral jsonb_array_elements_text(case jsonb_typeof(x#.value)"
                                        + " when 'array' then x#.value else jsonb_build_array(x#.value) end) y#(value)"
                                        + " where ")
                                .replace("#", suffix))
                        .add(sql(inner, within))
                        .add(")");
            case FINDING -> findingExists(inner, suffix, within);
        };
    }

    private Sql findingExists(Condition inner, String suffix, Names within) throws SQLException {
        Reach.Parts parts = parted(inner);
        boolean definitionNeeded = !parts.both().isEmpty();
        Sql from = Sql.of("exists (select from " + view.records() + " s" + suffix);
        Sql cohorts = Sql.of(view.cohorts());
        Sql where = Sql.of(" where s#.asset_id = a.asset_id and c#.reopened_run is null".replace("#", suffix));
        if (!Reach.asksForState(inner)) {
            where.add(" and c" + suffix + ".fixed_run is null");
        }
        int[] commonIds = {};
        if (!parts.definition().isEmpty()) {
            Optional<BitSet> severities = countedSeverities(inner, parts);
            if (severities.isPresent()) {
                return counted(severities.get(), suffix);
            }
            Optional<int[]> ids = definitions.matching(parts.definition(), now);
            if (ids.isPresent()) {
                if (definitions.openFindings(ids.get()) <= definitions.cohorts() / COMMON_ONE_IN) {
                    if (view.runs().isPresent()) {
                        cohorts = view.cohortsWith(ids.get());
                    }
                    where.add(" and ").add(Holding.byIndex("c" + suffix + ".", ids.get()));
                } else {
                    where.add(" and ").add(Holding.oneOf("c" + suffix + ".", ids.get()));
                    commonIds = ids.get();
                }
                if (definitionNeeded) {
                    where.add(" and d" + suffix + ".definition_id = any(")
                            .bind(ids.get())
                            .add(")");
                }
            }
        }
        for (Condition condition : parts.cohort()) {
            where.add(" and ").add(sql(condition, within));
        }
        for (Condition condition : parts.both()) {
            where.add(" and ").add(sql(condition, within));
        }
        if (where.toString().contains("k" + suffix + ".")) {
            from.add(" join " + view.connections() + " k# on k#.connection_id = s#.connection_id".replace("#", suffix));
        }
        from.add(" join ").add(cohorts).add(" c# on c#.source_record_id = s#.source_record_id".replace("#", suffix));
        if (definitionNeeded) {
            from.add(" cross join lateral " + Holding.unfolded(suffix) + " join definition d" + suffix
                    + " using (definition_id)");
        }
        if (commonIds.length == 0 || openOfRuns(parts.cohort()) <= FEW_BEGUN) {
            return from.add(where).add(")");
        }
        // the offset keeps PostgreSQL from looking for all such hosts first, where most that are asked are such
        from.add(where).add(" offset 0)");
        Optional<String[]> systems = view.runs().isEmpty() && !Reach.asksForState(inner)
                ? definitions.systemsWith(commonIds)
                : Optional.empty();
        if (systems.isEmpty()) {
            return from;
        }
        onSystems.put(inner, systems.get());
        // the system stands beside the counts, and to look there first is a third of the work
        String systemOfHost =
                "(exists (select from open_by_severity o# where o#.asset_id = a.asset_id and o#.os_name = any(";
        return Sql.of(systemOfHost.replace("#", suffix))
                .bind(systems.get())
                .add(") offset 0) and ")
                .add(from)
                .add(")");
    }

    /** The severities, whole ones, whose open findings are asked for and nothing else; empty if it is not so. */
    private Optional<BitSet> countedSeverities(Condition inner, Reach.Parts parts) throws SQLException {
        if (view.runs().isPresent()
                || parts.definition().isEmpty()
                || !parts.cohort().isEmpty()
                || !parts.both().isEmpty()
                || Reach.asksForState(inner)) {
            return Optional.empty();
        }
        Optional<int[]> ids = definitions.matching(parts.definition(), now);
        return ids.isPresent() ? definitions.wholeSeverities(ids.get()) : Optional.empty();
    }

    /** Whether a host has open findings of some severities: each apply counts them. */
    private static Sql counted(BitSet severities, String suffix) {
        return severities.isEmpty()
                ? Sql.of("false")
                : Sql.of("exists (select from open_by_severity n# where n#.asset_id = a.asset_id and ("
                                .replace("#", suffix)
                        + severities.stream()
                                .mapToObj(severity ->
                                        "n" + suffix + "." + SeverityCounts.COLUMNS_OF_HOST.get(severity) + " > 0")
                                .collect(Collectors.joining(" or "))
                        // so that PostgreSQL does not look through all hosts first where few are asked
                        + ") offset 0)");
    }

    // Leaves -------------------------------------------------------------------------------------------------------

    private Sql leaf(Token token, Match match, Names names) throws SQLException {
        String finding = names.finding().orElse("");
        String source = names.source().orElse("");
        String attribute = names.attribute().orElse("");
        return switch (token.name()) {
            case "asset.name" -> name(match);
            case "asset.id" -> number("a.asset_id", match);
            case "asset.status" ->
                choice(
                        match,
                        value ->
                                Sql.of(value.equals("Active") ? "a.retired_run is null" : "a.retired_run is not null"));
            case "asset.domain" -> text("a.domain", match);
            case "asset.type" -> text("a.type", match);
            case "operatingSystem.name" -> {
                fittingSystems(match).ifPresent(fitting -> onSystems.put(new Condition.Compare(token, match), fitting));
                yield system(match);
            }
            case "operatingSystem.version" -> text("a.os_version", match);
            case "cloud.provider" -> text("a.cloud_provider", match);
            case "asset.firstFoundDate" -> date("a.first_found", match);
            case "asset.lastFoundDate" -> date(assetLastFound(view), match);
            case "asset.interface.address" -> anyLine("a.addresses", match);
            case "asset.interface.macAddress" -> anyLine("a.mac_addresses", match);
            case "asset.inventory.source" -> text("k" + source + ".product", match);
            case "asset.inventory.createdDate" -> run("s" + source + ".created_run", match);
            case "connector.name" -> text("k" + source + ".name", match);
            case "asset.externalAssetId" -> text("s" + source + ".native_key", match);
            case "customAttributes.key" -> text("x" + attribute + ".key", match);
            case "customAttributes.value" -> text("y" + attribute + ".value", match);
            case "finding.id" -> findingId(finding, match);
            case "finding.cveId" -> text("d" + finding + ".cve_id", match);
            case "finding.title" -> text("d" + finding + ".title", match);
            case "finding.description" -> text("d" + finding + ".description", match);
            case "finding.severity" -> number("d" + finding + ".severity", match);
            case "finding.sourceSeverity" -> text("d" + finding + ".source_severity", match);
            // by way of numeric, because the real nearest to 9.8 is not the number 9.8
            case "finding.sourceRiskScore" -> number("d" + finding + ".source_risk_score::numeric", match);
            case "finding.status" -> choice(match, value -> status(value, finding));
            case "finding.type" -> {
                // a map that says nothing of the kind brings vulnerabilities
                String category = "lower(coalesce(d" + finding + ".category, 'vulnerability'))";
                yield match instanceof Match.HasValue
                        ? Sql.of("true")
                        : choice(
                                match,
                                value -> Sql.of(category + " = '"
                                        + (value.equals("Vulnerability") ? "vulnerability" : "") + "'"));
            }
            case "finding.firstFoundDate" -> run("c" + finding + ".first_run", match);
            case "finding.lastFoundDate" -> run(lastFoundRun(finding), match);
            case "finding.lastFixedDate" -> run("c" + finding + ".fixed_run", match);
            case "finding.reopenedDate" ->
                Sql.of("c#.opened_run > c#.first_run and ".replace("#", finding))
                        .add(run("c" + finding + ".opened_run", match));
            case "finding.openedBetween" ->
                Sql.of("c" + finding + ".first_run = any(").bind(runs(match)).add(")");
            case "finding.fixedBetween", "finding.reopenedBetween", "finding.changedBetween" ->
                changed(events(token), runs(match), finding);
            case "finding.fixedBetween" + OF_ROW,
                    "finding.reopenedBetween" + OF_ROW,
                    "finding.changedBetween" + OF_ROW -> mayHave(events(token), runs(match), finding);
            case "finding.cvePublishedDate" -> date("d" + finding + ".published", match);
            case "finding.detectionAge" ->
                Sql.of("c" + finding + ".first_run in (select r.run_id from run r where ")
                        .add(number(
                                Sql.of("floor(extract(epoch from ")
                                        .bind(now)
                                        .add("::timestamptz - r.observed_at) / 86400)"),
                                match))
                        .add(")");
            case "finding.externalFindingId" -> text("d" + finding + ".external_finding_id", match);
            case "finding.vendorProductName" -> text("k" + finding + ".product", match);
            case "finding.vendorName" -> text("k" + finding + ".vendor", match);
            case "finding.connectionName" -> text("k" + finding + ".name", match);
            default -> throw new IllegalStateException("No column is known for " + token.name());
        };
    }

    private static final String OPENED = "#.opened_run = any(";
    private static final String REOPENED = "#.opened_run > #.first_run and #.opened_run = any(";
    private static final String FIXED = "#.fixed_run = any(";

    private int[] runs(Match match) throws SQLException {
        if (match instanceof Match.Between(RunOrDate after, RunOrDate until)) {
            return definitions.runsBetween(after, until, now, view);
        }
        throw misfit("a period", match);
    }

    private static List<String> events(Token token) {
        return switch (token.name().replace(OF_ROW, "")) {
            case "finding.fixedBetween" -> List.of(FIXED);
            case "finding.reopenedBetween" -> List.of(REOPENED);
            case "finding.changedBetween" -> List.of(OPENED, FIXED);
            default -> throw new IllegalStateException("No events are known for " + token.name());
        };
    }

    /** Whether one of the events is in the finding's row, or in its history. */
    private Sql changed(List<String> events, int[] runs, String suffix) throws SQLException {
        Sql inRow = oneOf(events, "c" + suffix, runs);
        Optional<int[]> records = withHistory(events, runs);
        if (records.isPresent() && records.get().length == 0) {
            return inRow;
        }
        // the few records with such a history are found once, and not for each finding
        return inRow.add(" or ")
                .add(hasHistory(records, events, runs, suffix))
                .add((" and exists (select from finding_cohort h# where h#.source_record_id = c#.source_record_id"
                                + " and h#.reopened_run is not null and "
                                + Holding.definitionOf("d#.definition_id", "h#.")
                                + " and (")
                        .replace("#", suffix))
                .add(oneOf(events, "h" + suffix, runs))
                .add("))");
    }

    private static Sql oneOf(List<String> events, String row, int[] runs) {
        // of no run an index could not tell that there is nothing
        return runs.length == 0
                ? Sql.of("false")
                : Sql.join(
                        " or ",
                        events.stream()
                                .map(event -> Sql.of("(" + event.replace("#", row))
                                        .bind(runs)
                                        .add("))"))
                                .toList());
    }

    /** Needs no definition: the rows with such an event, and those of records with such a history, are found by index. */
    private Sql mayHave(List<String> events, int[] runs, String suffix) throws SQLException {
        Optional<int[]> history = withHistory(events, runs);
        Sql inRow = oneOf(events, "c" + suffix, runs);
        if (history.isPresent()) {
            return history.get().length == 0 ? inRow : inRow.add(" or ").add(hasHistory(history, events, runs, suffix));
        }
        Sql records = Sql.join(
                " union ",
                events.stream()
                        .map(event -> Sql.of(
                                        "select o#.source_record_id from finding_cohort o# where ".replace("#", suffix))
                                .add(oneOf(List.of(event), "o" + suffix, runs)))
                        .toList());
        return Sql.of("c" + suffix + ".source_record_id in (")
                .add(records)
                .add(") and (")
                .add(inRow)
                .add(" or ")
                .add(hasHistory(history, events, runs, suffix))
                .add(")");
    }

    private static Sql hasHistory(Optional<int[]> records, List<String> events, int[] runs, String suffix) {
        return records.isPresent()
                ? Sql.of("c" + suffix + ".source_record_id = any(")
                        .bind(records.get())
                        .add(")")
                : Sql.of("c" + suffix + ".source_record_id in (")
                        .add(historyOf(events, runs))
                        .add(")");
    }

    /** The records with history in which such an event is; empty if there are many. */
    private Optional<int[]> withHistory(List<String> events, int[] runs) throws SQLException {
        List<Object> period = List.of(events, IntStream.of(runs).boxed().toList());
        Optional<int[]> records = history.get(period);
        if (records == null) {
            records = definitions.numbers(historyOf(events, runs), MOST_WITH_HISTORY);
            history.put(period, records);
        }
        return records;
    }

    private static Sql historyOf(List<String> events, int[] runs) {
        return Sql.of("select distinct g.source_record_id from finding_cohort g where g.reopened_run is not null and (")
                .add(oneOf(events, "g", runs))
                .add(")");
    }

    private Sql status(String value, String suffix) throws SQLException {
        String condition = switch (value) {
            case "FIXED" -> "c#.fixed_run is not null";
            case "REOPENED" -> "c#.fixed_run is null and c#.opened_run > c#.first_run";
            case "NEW" ->
                "c#.fixed_run is null and c#.opened_run = c#.first_run and c#.first_run = k#.last_applied_run and ";
            case "ACTIVE" ->
                "c#.fixed_run is null and c#.opened_run = c#.first_run"
                        + " and c#.first_run is distinct from k#.last_applied_run";
            default -> throw new IllegalStateException("There is no status " + value);
        };
        Sql status = Sql.of(condition.replace("#", suffix));
        return value.equals("NEW") ? status.add(begunBy(definitions.lastAppliedRuns(view), suffix)) : status;
    }

    /** Whether a row of findings began with one of these runs; of one run an index has the order by record too. */
    static Sql begunBy(int[] runs, String suffix) {
        String column = "c" + suffix + ".first_run = ";
        return runs.length == 1
                ? Sql.of(column).bind(runs[0])
                : Sql.of(column + "any(").bind(runs).add(")");
    }

    /**
     * The runs with which each finding began for which a conjunction holds: of what is new an index on them tells, and that nothing is.
     * Empty if it may have been any.
     */
    Optional<int[]> begunBy(List<Condition> conjuncts) throws SQLException {
        for (Condition each : conjuncts) {
            if (each instanceof Condition.Compare(Token token, Match.Choice(String value))
                    && token.name().equals("finding.status")
                    && value.equals("NEW")) {
                return Optional.of(definitions.lastAppliedRuns(view));
            }
        }
        return Optional.empty();
    }

    /** There are few systems: to find those that fit, and then their hosts by index, beats to compare the text of each host. */
    private Sql system(Match match) throws SQLException {
        Optional<String[]> fitting = fittingSystems(match);
        return fitting.isPresent()
                ? Sql.of("a.os_name = any(").bind(fitting.get()).add(")")
                : text("a.os_name", match);
    }

    private Optional<String[]> fittingSystems(Match match) throws SQLException {
        Optional<String[]> known = systems.get(match);
        if (known == null) {
            known = match instanceof Match.HasValue
                    ? Optional.empty()
                    : definitions
                            .systems(Sql.of("(").add(text("a.os_name", match)).add(")"))
                            .map(names -> names.toArray(String[]::new));
            systems.put(match, known);
        }
        return known;
    }

    private interface Leaf<E extends Exception> {
        Sql of(Match match) throws E;
    }

    private static <E extends Exception> Sql oneOf(List<Match> matches, Leaf<E> leaf) throws E {
        List<Sql> any = new ArrayList<>();
        for (Match match : matches) {
            any.add(Sql.of("(").add(leaf.of(match)).add(")"));
        }
        return Sql.join(" or ", any);
    }

    private static Sql name(Match match) {
        // the index is on the lower-case name
        return match instanceof Match.Exact(String exact)
                ? Sql.of("lower(a.name) = lower(")
                        .bind(exact)
                        .add(") and a.name = ")
                        .bind(exact)
                : match instanceof Match.OneOf(List<Match> matches)
                        ? oneOf(matches, ConditionSql::name)
                        : text("a.name", match);
    }

    private static Sql text(String column, Match match) {
        return switch (match) {
            case Match.HasValue _ -> Sql.of(column + " is not null");
            case Match.Words(List<String> words) ->
                Sql.join(
                        " and ",
                        words.stream().map(word -> contains(column, word)).toList());
            case Match.Phrase(String phrase) -> contains(column, phrase);
            case Match.Exact(String exact) -> Sql.of(column + " = ").bind(exact);
            case Match.OneOf(List<Match> matches) -> oneOf(matches, one -> text(column, one));
            case Match.Choice _,
                    Match.Truth _,
                    Match.NumberIs _,
                    Match.NumberIn _,
                    Match.DateIs _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _ -> throw misfit(column, match);
        };
    }

    private static Sql contains(String column, String part) {
        String escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        return Sql.of("lower(" + column + ") like lower(")
                .bind("%" + escaped + "%")
                .add(")");
    }

    private static Sql anyLine(String column, Match match) {
        return switch (match) {
            case Match.Exact(String exact) ->
                // the index is on hashes, of which several can be equal
                new Sql()
                        .bind(exact)
                        .add(" = any(" + lines(column) + ") and hashes_of(" + column + ") @> hashes_of(")
                        .bind(exact)
                        .add(")");
            case Match.HasValue _ -> Sql.of("length(" + column + ") > 0");
            case Match.OneOf(List<Match> matches) -> oneOf(matches, one -> anyLine(column, one));
            case Match.Words(List<String> words) -> anyLine(column, words, match);
            case Match.Phrase(String phrase) -> anyLine(column, List.of(phrase), match);
            case Match.Choice _,
                    Match.Truth _,
                    Match.NumberIs _,
                    Match.NumberIn _,
                    Match.DateIs _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _ -> throw misfit(column, match);
        };
    }

    /** What is in a line is in the whole text too, which is sooner found; "like" would be taken for a rare match. */
    private static Sql anyLine(String column, List<String> parts, Match match) {
        Sql held = Sql.join(
                " and ",
                parts.stream()
                        .map(part -> Sql.of("strpos(lower(" + column + "), lower(")
                                .bind(part)
                                .add(")) > 0"))
                        .toList());
        String first = parts.getFirst();
        return parts.size() == 1 && !first.isEmpty() && !first.contains("\n")
                ? held
                : held.add(" and exists (select from unnest(" + lines(column) + ") v(value) where ")
                        .add(text("v.value", match))
                        .add(")");
    }

    private static String lines(String column) {
        return "string_to_array(" + column + ", E'\\n')";
    }

    /** How many of the present's open findings those runs found first; as many as can be if a finding may have begun with any. */
    long openOfRuns(List<Condition> conjuncts) throws SQLException {
        Optional<int[]> runs = view.runs().isEmpty() ? begunBy(conjuncts) : Optional.empty();
        return runs.isPresent() ? definitions.openFindingsOfRuns(runs.get()) : Long.MAX_VALUE;
    }

    private interface ChoiceSql {
        Sql of(String value) throws SQLException;
    }

    private static Sql choice(Match match, ChoiceSql leaf) throws SQLException {
        return switch (match) {
            case Match.HasValue _ -> Sql.of("true");
            case Match.Choice(String value) -> leaf.of(value);
            case Match.OneOf(List<Match> matches) -> oneOf(matches, one -> choice(one, leaf));
            case Match.Words _,
                    Match.Phrase _,
                    Match.Exact _,
                    Match.Truth _,
                    Match.NumberIs _,
                    Match.NumberIn _,
                    Match.DateIs _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _ -> throw misfit("a choice", match);
        };
    }

    private static Sql number(String column, Match match) {
        return number(Sql.of(column), match);
    }

    private static Sql number(Sql column, Match match) {
        return switch (match) {
            case Match.HasValue _ -> new Sql().add(column).add(" is not null");
            case Match.NumberIs(Comparison comparison, BigDecimal number) ->
                new Sql().add(column).add(" " + operator(comparison) + " ").add(operand(number));
            case Match.NumberIn(BigDecimal low, BigDecimal high, boolean inclusive) ->
                new Sql()
                        .add(column)
                        .add(inclusive ? " >= " : " > ")
                        .add(operand(low))
                        .add(" and ")
                        .add(column)
                        .add(inclusive ? " <= " : " < ")
                        .add(operand(high));
            case Match.OneOf(List<Match> matches) -> oneOf(matches, one -> number(column, one));
            case Match.Words _,
                    Match.Phrase _,
                    Match.Exact _,
                    Match.Choice _,
                    Match.Truth _,
                    Match.DateIs _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _ -> throw misfit("a number", match);
        };
    }

    /** A whole number as an int, so that an index on an int column serves. */
    private static Sql operand(BigDecimal number) {
        boolean isInt = number.scale() <= 0 && number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0;
        return isInt ? new Sql().bind(number.intValueExact()) : new Sql().bind(number);
    }

    private static String operator(Comparison comparison) {
        return comparison == Comparison.EQUAL ? "=" : comparison.sign();
    }

    /** A date that is the time of a run: there are few runs, so they are looked up first. */
    private Sql run(String column, Match match) {
        return Sql.of(column + " in (select r.run_id from run r where ")
                .add(date("r.observed_at", match))
                .add(")");
    }

    private Sql date(String column, Match match) {
        return switch (match) {
            case Match.HasValue _ -> Sql.of(column + " is not null");
            case Match.DateIs(Comparison comparison, DateValue date) ->
                switch (comparison) {
                    case EQUAL ->
                        Sql.of(column + " >= ")
                                .bind(date.from(now))
                                .add(" and " + column + " < ")
                                .bind(date.until(now));
                    case GREATER -> Sql.of(column + " >= ").bind(date.until(now));
                    case GREATER_OR_EQUAL -> Sql.of(column + " >= ").bind(date.from(now));
                    case LESS -> Sql.of(column + " < ").bind(date.from(now));
                    case LESS_OR_EQUAL -> Sql.of(column + " < ").bind(date.until(now));
                };
            case Match.DateIn(DateValue low, DateValue high, boolean inclusive) ->
                Sql.of(column + " >= ")
                        .bind(inclusive ? low.from(now) : low.until(now))
                        .add(" and " + column + " < ")
                        .bind(inclusive ? high.until(now) : high.from(now));
            case Match.OneOf(List<Match> matches) -> oneOf(matches, one -> date(column, one));
            case Match.Words _,
                    Match.Phrase _,
                    Match.Exact _,
                    Match.Choice _,
                    Match.Truth _,
                    Match.NumberIs _,
                    Match.NumberIn _,
                    Match.At _,
                    Match.Between _ -> throw misfit(column, match);
        };
    }

    private static Sql findingId(String suffix, Match match) {
        if (match instanceof Match.Exact(String exact)) {
            Matcher id = FINDING_ID.matcher(exact);
            return id.matches()
                    ? Sql.of("c" + suffix + ".source_record_id = ")
                            .bind(Integer.valueOf(id.group(1)))
                            .add(" and d" + suffix + ".definition_id = ")
                            .bind(Integer.valueOf(id.group(2)))
                    : Sql.of("false");
        }
        if (match instanceof Match.OneOf(List<Match> matches)) {
            return oneOf(matches, one -> findingId(suffix, one));
        }
        return text("(c#.source_record_id || '-' || d#.definition_id)".replace("#", suffix), match);
    }

    private static IllegalStateException misfit(String column, Match match) {
        return new IllegalStateException("A condition on " + column + " cannot be " + match);
    }
}
