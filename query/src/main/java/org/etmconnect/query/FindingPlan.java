// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.query.syntax.Condition;

/**
 * Finds the findings of one query. Conditions on definitions alone are evaluated first, against the few definitions. What
 * is left decides the way: few cohorts are fetched and sorted; an order by definitions is walked definition by
 * definition, taking hosts until the page is full; an order by run or host is walked along its index. Every way gives
 * the same rows in the same order.
 */
final class FindingPlan {

    /** A finding, and its place in the order. */
    record Found(int record, int definition, List<Object> keys) {}

    /** Which ways may be taken; the tests force each of them. */
    enum Ways {
        ANY,
        ONLY_SORTING,
        ONLY_WALKING
    }

    private record Candidate(int definition, long open, List<Object> keys) {}

    /** Up to so many cohorts, fetching and sorting their findings takes less than a page's time. */
    private static final int FEW_COHORTS = 1_000;

    /** Up to so many findings are fetched by the index on definitions; more are met soon enough by walking. */
    private static final int FEW_FINDINGS = 20_000;

    private static final int FIRST_BATCH = 4_000;
    private static final int LARGEST_BATCH = 4_000_000;
    private static final int FIRST_CHUNK = 200;
    private static final int LARGEST_CHUNK = 20_000;

    private static final String HOST_OF_COHORT = " join source_record s on s.source_record_id = c.source_record_id"
            + " join connection k on k.connection_id = s.connection_id"
            + " join asset a on a.asset_id = s.asset_id";
    private static final String DEFINITIONS_OF_COHORT = " cross join lateral unnest(c.definitions) u(definition_id)";
    private static final String DEFINITION = " join definition d on d.definition_id = u.definition_id";

    private final ReadSession session;
    private final ConditionSql sql;
    private final Instant now;
    private final Reach.Parts parts;
    private final Ways ways;

    FindingPlan(ReadSession session, Condition condition, Instant now, Ways ways) {
        this.session = session;
        this.sql = new ConditionSql(now, session);
        this.now = now;
        this.parts = Reach.Parts.of(condition);
        this.ways = ways;
    }

    List<Found> find(FindingSort sort, List<Object> after, int wanted) throws SQLException {
        return switch (sort) {
            case SEVERITY, SOURCE_RISK_SCORE, CVE ->
                sortsAll()
                        ? sorted(withRecord(definitionKeys(sort)), after, wanted)
                        : byDefinition(definitionKeys(sort), after, wanted);
            case NEWEST -> newest(after, wanted);
            case ASSET -> byAsset(after, wanted);
        };
    }

    long count(long bound) throws SQLException {
        return session.number(Sql.of("select count(*) from (select")
                .add(from())
                .add(" limit ")
                .bind(bound)
                .add(") counted"));
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
        session.query(Sql.of("explain select").add(from()), row -> row.getString(1))
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    // Conditions ---------------------------------------------------------------------------------------------------

    private Optional<int[]> matchingDefinitions() throws SQLException {
        return parts.definition().isEmpty() ? Optional.empty() : session.matching(parts.definition(), now);
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

    private boolean sortsAll() throws SQLException {
        return switch (ways) {
            case ONLY_SORTING -> true;
            case ONLY_WALKING -> false;
            case ANY -> !parts.cohort().isEmpty() && matchingCohorts(FEW_COHORTS + 1L) <= FEW_COHORTS;
        };
    }

    private long matchingCohorts(long bound) throws SQLException {
        return session.number(Sql.of("select count(*) from (select from finding_cohort c" + HOST_OF_COHORT
                        + " where c.reopened_run is null and ")
                .add(holds(parts.cohort()))
                .add(" limit ")
                .bind(bound)
                .add(") matching"));
    }

    private long openFindings(int[] ids) throws SQLException {
        return session.number(
                Sql.of("select coalesce(sum(open_findings), 0) from definition_count where definition_id = any(")
                        .bind(ids)
                        .add(")"));
    }

    /** From and where of all findings that the query asks for, over the aliases of {@link ConditionSql#ofFinding}. */
    private Sql from() throws SQLException {
        Optional<int[]> ids = matchingDefinitions();
        String joins = HOST_OF_COHORT + DEFINITIONS_OF_COHORT + DEFINITION + " where c.reopened_run is null";
        Sql from;
        if (ids.isEmpty()) {
            from = Sql.of(" from finding_cohort c" + joins);
        } else if (openFindings(ids.get()) <= FEW_FINDINGS) {
            from = Sql.of(" from ")
                    .add(cohortsWith(ids.get()))
                    .add(joins + " and d.definition_id = any(")
                    .bind(ids.get())
                    .add(")");
        } else {
            // not by the index on definitions: it would fetch all of them, and comparing arrays of many is slow
            from = Sql.of(" from finding_cohort c" + joins + " and d.definition_id = any(")
                    .bind(ids.get())
                    .add(")");
        }
        return from.add(" and ").add(rowConditions());
    }

    /** The cohorts that hold one of the definitions, by way of the two partial indexes. */
    private static Sql cohortsWith(int[] definitions) {
        return Sql.of("(select * from finding_cohort where fixed_run is null and definitions && ")
                .bind(definitions)
                .add(" union all select * from finding_cohort where fixed_run is not null and reopened_run is null"
                        + " and definitions && ")
                .bind(definitions)
                .add(") c");
    }

    // Fetch and sort -----------------------------------------------------------------------------------------------

    private List<Found> sorted(SortKeys keys, List<Object> after, int wanted) throws SQLException {
        return session.query(
                Sql.of("select c.source_record_id, d.definition_id, " + keys.columns())
                        .add(from())
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
            long open = openFindings(new int[] {definition});
            found.addAll(hostsOf(new Candidate(definition, open, position), record, wanted));
        }
        int chunkSize = FIRST_CHUNK;
        int budget = FIRST_BATCH;
        while (found.size() < wanted) {
            List<Candidate> chunk = candidates(keys, position, chunkSize);
            if (chunk.isEmpty()) {
                break;
            }
            position = chunk.getLast().keys();
            chunkSize = Math.min(chunkSize * 4, LARGEST_CHUNK);
            int next = 0;
            while (next < chunk.size() && found.size() < wanted) {
                if (isCommon(chunk.get(next).open(), wanted)) {
                    found.addAll(walkHostsOf(chunk.get(next), 0, wanted - found.size()));
                    next++;
                } else {
                    int end = next;
                    long open = 0;
                    while (end < chunk.size()
                            && !isCommon(chunk.get(end).open(), wanted)
                            && (end == next || open + chunk.get(end).open() <= budget)) {
                        open += chunk.get(end).open();
                        end++;
                    }
                    found.addAll(fetchHostsOf(chunk.subList(next, end), 0, wanted - found.size()));
                    next = end;
                    budget = Math.min(budget * 2, LARGEST_BATCH);
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

    private long cohorts = -1;

    /**
     * Whether walking the hosts in order meets enough with this definition sooner than the index fetches all of them. Walked
     * are wanted × cohorts / open, fetched are open.
     */
    private boolean isCommon(long open, int wanted) throws SQLException {
        if (ways != Ways.ANY) {
            return ways == Ways.ONLY_WALKING && open % 2 == 1;
        }
        if (cohorts < 0) {
            cohorts = session.number(Sql.of(
                    "select greatest(reltuples, 0)::bigint from pg_class where oid = 'finding_cohort'::regclass"));
        }
        boolean selective = !parts.cohort().isEmpty() || !parts.both().isEmpty();
        return open >= Math.max(1_000, selective ? cohorts / 20 : (long) Math.sqrt((double) wanted * cohorts));
    }

    private List<Found> hostsOf(Candidate candidate, int afterRecord, int wanted) throws SQLException {
        return isCommon(candidate.open(), wanted)
                ? walkHostsOf(candidate, afterRecord, wanted)
                : fetchHostsOf(List.of(candidate), afterRecord, wanted);
    }

    private List<Found> walkHostsOf(Candidate candidate, int afterRecord, int wanted) throws SQLException {
        Sql walk = Sql.of("select c.source_record_id from finding_cohort c" + joinsForConditions());
        if (!parts.both().isEmpty()) {
            walk.add(" join definition d on d.definition_id = ").bind(candidate.definition());
        }
        walk.add(" where c.reopened_run is null and c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                .bind(candidate.definition())
                // written so, it cannot use the index on definitions and follows the one on records
                .add(" = any(c.definitions) and ")
                .add(rowConditions())
                .add(" order by c.source_record_id limit ")
                .bind((long) wanted);
        return session.query(walk, row -> found(candidate, row.getInt(1)));
    }

    private List<Found> fetchHostsOf(List<Candidate> candidates, int afterRecord, int wanted) throws SQLException {
        int[] ids = candidates.stream().mapToInt(Candidate::definition).toArray();
        Sql fetch = Sql.of("select c.source_record_id, b.place from ")
                .add(cohortsWith(ids))
                .add(joinsForConditions() + DEFINITIONS_OF_COHORT + " join unnest(")
                .bind(ids)
                .add(") with ordinality b(definition_id, place) on b.definition_id = u.definition_id"
                        + (parts.both().isEmpty() ? "" : DEFINITION) + " where c.source_record_id > ")
                .bind(afterRecord)
                .add(" and ")
                .add(rowConditions())
                .add(" order by b.place, c.source_record_id limit ")
                .bind((long) wanted);
        return session.query(fetch, row -> found(candidates.get(row.getInt(2) - 1), row.getInt(1)));
    }

    private String joinsForConditions() {
        return parts.cohort().isEmpty() && parts.both().isEmpty() ? "" : HOST_OF_COHORT;
    }

    private static Found found(Candidate candidate, int record) {
        List<Object> keys = new ArrayList<>(candidate.keys());
        keys.add((long) record);
        return new Found(record, candidate.definition(), keys);
    }

    // Run by run, host by host -------------------------------------------------------------------------------------

    private List<Found> newest(List<Object> after, int wanted) throws SQLException {
        SortKeys keys = SortKeys.of("c.first_run", "c.source_record_id", "d.definition_id");
        Sql select = Sql.of("select c.source_record_id, d.definition_id, " + keys.columns())
                .add(from());
        if (!after.isEmpty()) {
            // the first part follows the index, the second leaves out what the page before showed
            String host = " (c.first_run, c.source_record_id) ";
            select.add(" and" + host + "<= (")
                    .bind(after.get(0))
                    .add(", ")
                    .bind(after.get(1))
                    .add(") and (" + host + "< (")
                    .bind(after.get(0))
                    .add(", ")
                    .bind(after.get(1))
                    .add(") or d.definition_id > ")
                    .bind(after.get(2))
                    .add(")");
        }
        return session.query(
                select.add(" order by c.first_run desc, c.source_record_id desc, d.definition_id limit ")
                        .bind((long) wanted),
                row -> new Found(row.getInt("source_record_id"), row.getInt("definition_id"), keys.read(row)));
    }

    private List<Found> byAsset(List<Object> after, int wanted) throws SQLException {
        SortKeys named = SortKeys.of("lower(a.name)", "a.asset_id", "c.source_record_id", "d.definition_id");
        SortKeys nameless = SortKeys.of("a.asset_id", "c.source_record_id", "d.definition_id");
        List<Found> found = new ArrayList<>();
        boolean begins = after.size() != nameless.expressions().size();
        if (begins) {
            found.addAll(byAsset("a.name is not null", named, after, wanted));
        }
        if (found.size() < wanted) {
            found.addAll(byAsset("a.name is null", nameless, begins ? List.of() : after, wanted - found.size()));
        }
        return found;
    }

    private List<Found> byAsset(String segment, SortKeys keys, List<Object> after, int wanted) throws SQLException {
        return session.query(
                Sql.of("select c.source_record_id, d.definition_id, " + keys.columns())
                        .add(from())
                        .add(" and " + segment + " and ")
                        .add(keys.after(after))
                        .add(keys.orderBy() + " limit ")
                        .bind((long) wanted),
                row -> new Found(row.getInt("source_record_id"), row.getInt("definition_id"), keys.read(row)));
    }
}
