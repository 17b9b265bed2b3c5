// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.QqlPrinter;

/**
 * Lists and counts findings by query. A query that says nothing of the status lists fixed findings too. Thread-safe; each
 * call uses one connection.
 */
public final class FindingSearch {

    /** The most rows of a page. */
    public static final int MAX_LIMIT = 1_000;

    private final DataSource source;
    private final InstantSource clock;
    private final Duration limit;
    private final FindingPlan.Ways ways;
    private final long mostCounted;

    /**
     * @param clock what "now" is in queries
     * @param limit how long the database may take for one call
     */
    public FindingSearch(DataSource source, InstantSource clock, Duration limit) {
        this(source, clock, limit, FindingPlan.Ways.ANY);
    }

    FindingSearch(DataSource source, InstantSource clock, Duration limit, FindingPlan.Ways ways) {
        this(source, clock, limit, ways, GroupPlan.COUNTED);
    }

    FindingSearch(DataSource source, InstantSource clock, Duration limit, FindingPlan.Ways ways, long mostCounted) {
        this.source = source;
        this.clock = clock;
        this.limit = limit;
        this.ways = ways;
        this.mostCounted = mostCounted;
    }

    /** With the machine's clock and a limit of 30 seconds. */
    public FindingSearch(DataSource source) {
        this(source, InstantSource.system(), Duration.ofSeconds(30));
    }

    /**
     * A page of the findings that a condition asks for.
     *
     * @param condition a query for findings
     * @param cursor the {@link Page#next} of the page before; empty for the first page
     * @param rows how many rows at most, from 1 to {@link #MAX_LIMIT}
     * @throws InventoryReadException if the database cannot be read
     */
    public SearchOutcome<FindingRow> page(Condition condition, FindingSort sort, Optional<String> cursor, int rows) {
        Limits.check(rows, MAX_LIMIT);
        String list = "finding " + sort + " " + QqlPrinter.print(condition);
        AsOf asOf = AsOf.of(condition);
        return new Paging(source, clock, limit)
                .page(
                        list,
                        asOf.point(),
                        cursor,
                        rows,
                        (session, view, from, wanted) -> new FindingPlan(
                                        session, view, asOf.condition(), from.now(), ways)
                                .find(sort, from.keys(), wanted),
                        FindingSearch::rows);
    }

    /**
     * All findings that a condition asks for, as of one moment, by host and then by definition: an order that needs no sorting
     * and is the same each time. Memory does not grow with their number.
     *
     * @param condition a query for findings
     * @throws IOException what the sink throws
     * @throws InventoryReadException if the database cannot be read
     */
    public StreamOutcome stream(Condition condition, RowSink<FindingRow> sink) throws IOException {
        AsOf asOf = AsOf.of(condition);
        return new Streaming(source, clock, limit)
                .stream(
                        asOf.point(),
                        (session, moment) ->
                                new FindingPlan(session, moment.view(), asOf.condition(), moment.now(), ways).all(),
                        row -> new FindingPlan.Found(row.getInt(1), row.getInt(2), List.of()),
                        FindingSearch::rows,
                        sink);
    }

    /**
     * As {@link #stream}, each finding with what other systems know its asset by.
     *
     * @throws IOException what the sink throws
     * @throws InventoryReadException if the database cannot be read
     */
    public StreamOutcome streamIdentified(Condition condition, RowSink<Identified<FindingRow>> sink)
            throws IOException {
        AsOf asOf = AsOf.of(condition);
        return new Streaming(source, clock, limit)
                .stream(
                        asOf.point(),
                        (session, moment) ->
                                new FindingPlan(session, moment.view(), asOf.condition(), moment.now(), ways).all(),
                        row -> new FindingPlan.Found(row.getInt(1), row.getInt(2), List.of()),
                        (session, view, found) ->
                                Identified.all(session, view, rows(session, view, found), FindingRow::assetId),
                        sink);
    }

    /**
     * How many findings a condition asks for.
     *
     * @param bound where counting stops
     * @throws InventoryReadException if the database cannot be read
     */
    public CountOutcome count(Condition condition, int bound) {
        AsOf asOf = AsOf.of(condition);
        return Limits.count(
                () -> ReadSession.read(source, limit, session -> {
                    Moment moment = Moment.of(session, asOf.point(), clock.instant());
                    return new FindingPlan(session, moment.view(), asOf.condition(), moment.now(), ways)
                            .count(bound + 1L);
                }),
                bound,
                limit);
    }

    /**
     * How many findings a condition asks for, by severity; all are counted.
     *
     * @throws InventoryReadException if the database cannot be read
     */
    public SeverityCountOutcome countBySeverity(Condition condition) {
        AsOf asOf = AsOf.of(condition);
        try {
            return ReadSession.read(source, limit, session -> {
                        Moment moment = Moment.of(session, asOf.point(), clock.instant());
                        return new FindingPlan(session, moment.view(), asOf.condition(), moment.now(), ways)
                                .countBySeverity();
                    })
                    .<SeverityCountOutcome>map(SeverityCountOutcome.Counted::new)
                    .orElseGet(() -> new SeverityCountOutcome.TimedOut(limit));
        } catch (UnknownMoment unknown) {
            return new SeverityCountOutcome.Refused(unknown.reason());
        }
    }

    /**
     * The findings that a condition asks for, in groups. Of a query that says nothing of the status, only open findings are
     * grouped. Hosts are told as a number that there are at least, where counting them would take long.
     *
     * @param groups how many at most, from 1 to {@link #MAX_LIMIT}; the others are only counted
     * @throws InventoryReadException if the database cannot be read
     */
    public GroupOutcome group(Condition condition, FindingGrouping by, int groups) {
        Limits.check(groups, MAX_LIMIT);
        AsOf asOf = AsOf.of(condition);
        try {
            return ReadSession.read(source, limit, session -> {
                        Moment moment = Moment.of(session, asOf.point(), clock.instant());
                        return new GroupPlan(
                                        session,
                                        moment.view(),
                                        condition,
                                        asOf.condition(),
                                        moment.now(),
                                        ways,
                                        mostCounted)
                                .by(by, groups, asOf.point().map(point -> moment.now()));
                    })
                    .<GroupOutcome>map(GroupOutcome.Grouped::new)
                    .orElseGet(() -> new GroupOutcome.TimedOut(limit));
        } catch (UnknownMoment unknown) {
            return new GroupOutcome.Refused(unknown.reason());
        }
    }

    /** How the first page would be found: for people who look into a slow query. Empty if it took too long. */
    public Optional<String> explain(Condition condition, FindingSort sort) {
        AsOf asOf = AsOf.of(condition);
        return ReadSession.read(source, limit, session -> {
            Moment moment = Moment.of(session, asOf.point(), clock.instant());
            return new FindingPlan(session, moment.view(), asOf.condition(), moment.now(), ways).explain(sort);
        });
    }

    private static List<FindingRow> rows(ReadSession session, View view, List<FindingPlan.Found> found)
            throws SQLException {
        if (found.isEmpty()) {
            return List.of();
        }
        int[] records = found.stream().mapToInt(FindingPlan.Found::record).toArray();
        int[] definitions =
                found.stream().mapToInt(FindingPlan.Found::definition).toArray();
        List<Place> places = session.asWritten(
                Sql.of(
                                "select wanted.definition_id, s.source_record_id, a.asset_id, a.name as asset_name, k.vendor,"
                                        + " k.product, k.name as connection_name, " + ConditionSql.STATUS
                                        + " as status,"
                                        + " c.first_run, " + ConditionSql.lastFoundRun("")
                                        + " as last_run, c.fixed_run,"
                                        + " case when c.opened_run > c.first_run then c.opened_run end as reopened_by from unnest(")
                        .bind(records)
                        .add(", ")
                        .bind(definitions)
                        .add(") with ordinality wanted(source_record_id, definition_id, place)"
                                + " join " + view.records() + " s on s.source_record_id = wanted.source_record_id"
                                + " join " + view.cohorts() + " c on c.source_record_id = s.source_record_id"
                                + " and c.reopened_run is null and "
                                + Holding.definitionOf("wanted.definition_id", "c.")
                                + " join asset a on a.asset_id = s.asset_id"
                                + " join " + view.connections() + " k on k.connection_id = s.connection_id"
                                + " order by wanted.place"),
                Place::read);
        Map<Integer, Definition> byId = session
                .query(
                        Sql.of("select definition_id, external_finding_id, cve_id, title, description, severity,"
                                        + " source_severity, source_risk_score, published from definition"
                                        + " where definition_id = any(")
                                .bind(IntStream.of(definitions).distinct().toArray())
                                .add(")"),
                        Definition::read)
                .stream()
                .collect(Collectors.toMap(Definition::id, Function.identity()));
        Map<Integer, Instant> runs = new HashMap<>();
        session.query(
                        Sql.of("select run_id, observed_at from run where run_id = any(")
                                .bind(places.stream()
                                        .flatMapToInt(Place::runs)
                                        .distinct()
                                        .toArray())
                                .add(")"),
                        row -> Map.entry(row.getInt("run_id"), ReadSession.instant(row, "observed_at")))
                .forEach(run -> run.getValue().ifPresent(at -> runs.put(run.getKey(), at)));
        return places.stream()
                .map(place -> row(place, Objects.requireNonNull(byId.get(place.definition())), runs))
                .toList();
    }

    /** A finding but for what it shares with others; runs are 0 if there is none. */
    private record Place(
            int definition,
            int record,
            int asset,
            Optional<String> assetName,
            String status,
            int firstRun,
            int lastRun,
            int fixedRun,
            int reopenedBy,
            String vendor,
            String product,
            String connection) {

        static Place read(ResultSet row) throws SQLException {
            return new Place(
                    row.getInt("definition_id"),
                    row.getInt("source_record_id"),
                    row.getInt("asset_id"),
                    ReadSession.text(row, "asset_name"),
                    row.getString("status"),
                    row.getInt("first_run"),
                    row.getInt("last_run"),
                    row.getInt("fixed_run"),
                    row.getInt("reopened_by"),
                    row.getString("vendor"),
                    row.getString("product"),
                    row.getString("connection_name"));
        }

        IntStream runs() {
            return IntStream.of(firstRun, lastRun, fixedRun, reopenedBy);
        }
    }

    /** What the findings of a page share, read once. */
    private record Definition(
            int id,
            String externalFindingId,
            Optional<String> cveId,
            Optional<String> title,
            Optional<String> description,
            Optional<Integer> severity,
            Optional<String> sourceSeverity,
            Optional<Double> sourceRiskScore,
            Optional<Instant> published) {

        static Definition read(ResultSet row) throws SQLException {
            return new Definition(
                    row.getInt("definition_id"),
                    row.getString("external_finding_id"),
                    ReadSession.text(row, "cve_id"),
                    ReadSession.text(row, "title"),
                    ReadSession.text(row, "description"),
                    Optional.ofNullable(row.getObject("severity", Integer.class)),
                    ReadSession.text(row, "source_severity"),
                    // by way of text, because the real nearest to 9.8 as a double is 9.800000190734863
                    ReadSession.text(row, "source_risk_score").map(Double::valueOf),
                    ReadSession.instant(row, "published"));
        }
    }

    private static FindingRow row(Place place, Definition definition, Map<Integer, Instant> runs) {
        return new FindingRow(
                place.record() + "-" + place.definition(),
                place.asset(),
                place.assetName(),
                definition.externalFindingId(),
                definition.cveId(),
                definition.title(),
                definition.description(),
                definition.severity(),
                definition.sourceSeverity(),
                definition.sourceRiskScore(),
                place.status(),
                Optional.ofNullable(runs.get(place.firstRun())),
                Optional.ofNullable(runs.get(place.lastRun())),
                Optional.ofNullable(runs.get(place.fixedRun())),
                Optional.ofNullable(runs.get(place.reopenedBy())),
                definition.published(),
                place.vendor(),
                place.product(),
                place.connection());
    }
}
