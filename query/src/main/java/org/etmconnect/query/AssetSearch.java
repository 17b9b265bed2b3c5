// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Token;

/** Lists and counts assets by query. Thread-safe; each call uses one connection. */
public final class AssetSearch {

    /** The most rows of a page. */
    public static final int MAX_LIMIT = 1_000;

    private static final String LATER = "9223372036854775807";

    /** Names that are walked in the hope of a full page before an index is asked for others. */
    private static final long NAMES_WITH_WORDS = 10_000;

    private static final long NAMES_OF_SYSTEMS = 1_000;

    /** So many hosts of some systems are looked up, first and then, before the names are walked. */
    private static final List<Integer> LOOKED_UP = List.of(1_000, 4_000);

    private static final int FEWEST_OF_SYSTEM = 50;

    private static final Pattern LOOKS_UP = Pattern.compile("\\bselect\\b");

    /** What the index of words tells: three letters or digits in a row. */
    private static final Pattern LONG_ENOUGH = Pattern.compile("[a-zA-Z0-9]{3}");

    private final DataSource source;
    private final InstantSource clock;
    private final Duration limit;

    /**
     * @param clock what "now" is in queries
     * @param limit how long the database may take for one call
     */
    public AssetSearch(DataSource source, InstantSource clock, Duration limit) {
        this.source = source;
        this.clock = clock;
        this.limit = limit;
    }

    /** With the machine's clock and a limit of 30 seconds. */
    public AssetSearch(DataSource source) {
        this(source, InstantSource.system(), Duration.ofSeconds(30));
    }

    private record Found(int id, List<Object> keys) implements Paging.Keyed {}

    /** Rows are read from one of these after the other, so that an index on a key that may be missing gives the order. */
    private record Segment(String from, String where, SortKeys keys) {

        Segment(String where, SortKeys keys) {
            this("", where, keys);
        }
    }

    /**
     * A page of the assets that a condition asks for.
     *
     * @param condition a query for assets
     * @param cursor the {@link Page#next} of the page before; empty for the first page
     * @param rows how many rows at most, from 1 to {@link #MAX_LIMIT}
     * @throws InventoryReadException if the database cannot be read
     */
    public SearchOutcome<AssetRow> page(Condition condition, AssetSort sort, Optional<String> cursor, int rows) {
        Limits.check(rows, MAX_LIMIT);
        String list = "asset " + sort + " " + QqlPrinter.print(condition);
        AsOf asOf = AsOf.of(condition);
        return new Paging(source, clock, limit)
                .page(
                        list,
                        asOf.point(),
                        cursor,
                        rows,
                        (session, view, from, wanted) -> find(session, view, asOf.condition(), sort, from, wanted),
                        AssetSearch::rows);
    }

    /**
     * All assets that a condition asks for, as of one moment, by their numbers. Memory does not grow with how many there are.
     *
     * @param condition a query for assets
     * @throws IOException what the sink throws
     * @throws InventoryReadException if the database cannot be read
     */
    public StreamOutcome stream(Condition condition, RowSink<AssetRow> sink) throws IOException {
        AsOf asOf = AsOf.of(condition);
        return new Streaming(source, clock, limit)
                .stream(
                        asOf.point(),
                        (session, moment) -> all(session, moment, asOf),
                        row -> new Found(row.getInt(1), List.of()),
                        AssetSearch::rows,
                        sink);
    }

    /**
     * As {@link #stream}, each asset with what other systems know it by.
     *
     * @throws IOException what the sink throws
     * @throws InventoryReadException if the database cannot be read
     */
    public StreamOutcome streamIdentified(Condition condition, RowSink<Identified<AssetRow>> sink) throws IOException {
        AsOf asOf = AsOf.of(condition);
        return new Streaming(source, clock, limit)
                .stream(
                        asOf.point(),
                        (session, moment) -> all(session, moment, asOf),
                        row -> new Found(row.getInt(1), List.of()),
                        (session, view, found) ->
                                Identified.all(session, view, rows(session, view, found), AssetRow::id),
                        sink);
    }

    private static Sql all(ReadSession session, Moment moment, AsOf asOf) throws SQLException {
        return Sql.of("select a.asset_id from " + moment.view().assets() + " a where ")
                .add(new ConditionSql(moment.now(), session, moment.view()).ofAsset(asOf.condition()))
                .add(" order by a.asset_id");
    }

    /**
     * How many assets a condition asks for.
     *
     * @param bound where counting stops
     * @throws InventoryReadException if the database cannot be read
     */
    public CountOutcome count(Condition condition, int bound) {
        AsOf asOf = AsOf.of(condition);
        return Limits.count(
                () -> ReadSession.read(source, limit, session -> {
                    Moment moment = Moment.of(session, asOf.point(), clock.instant());
                    View view = moment.view();
                    ConditionSql conditions = new ConditionSql(moment.now(), session, view);
                    Optional<Sql> atLeast = conditions.atLeast(asOf.condition());
                    if (atLeast.isPresent() && session.number(atLeast.get()) > bound) {
                        return bound + 1L;
                    }
                    return session.number(Sql.of("select count(*) from (select from " + view.assets() + " a where ")
                            .add(conditions.ofAsset(asOf.condition()))
                            .add(" limit ")
                            .bind(bound + 1L)
                            .add(") counted"));
                }),
                bound,
                limit);
    }

    /** How PostgreSQL would find the first page: for people who look into a slow query. Empty if it took too long. */
    public Optional<String> explain(Condition condition, AssetSort sort) {
        AsOf asOf = AsOf.of(condition);
        return ReadSession.read(source, limit, session -> {
            Moment moment = Moment.of(session, asOf.point(), clock.instant());
            View view = moment.view();
            Sql where = new ConditionSql(moment.now(), session, view).ofAsset(asOf.condition());
            Segment segment = segments(sort, view).getFirst();
            return String.join(
                    "\n",
                    session.query(
                            Sql.of("explain ").add(select(segment, view, where, List.of(), 101)),
                            row -> row.getString(1)));
        });
    }

    private static List<Found> find(
            ReadSession session, View view, Condition condition, AssetSort sort, Cursor from, int wanted)
            throws SQLException {
        ConditionSql conditions = new ConditionSql(from.now(), session, view);
        Sql where = conditions.ofAsset(condition);
        Optional<String[]> systems =
                sort == AssetSort.NAME && view.runs().isEmpty() ? conditions.systemsOf(condition) : Optional.empty();
        List<Segment> segments = segments(sort, view);
        List<Object> after = from.keys();
        int first = after.isEmpty() ? 0 : Math.toIntExact((Long) after.getFirst());
        List<Found> found = new ArrayList<>();
        for (int i = first; i < segments.size() && found.size() < wanted; i++) {
            Segment segment = segments.get(i);
            long number = i;
            List<Object> keys = i == first && !after.isEmpty() ? after.subList(1, after.size()) : List.of();
            int missing = wanted - found.size();
            ReadSession.RowReader<Found> reader = row -> {
                List<Object> all = new ArrayList<>();
                all.add(number);
                all.addAll(segment.keys().read(row));
                return new Found(row.getInt("asset_id"), all);
            };
            if (sort == AssetSort.LAST_FOUND) {
                List<Found> byRun = new RunByRun<>(session, view, where, reader).find(keys, missing);
                found.addAll(byRun);
                if (byRun.size() < missing) {
                    List<Object> rest =
                            byRun.isEmpty() ? keys : byRun.getLast().keys().subList(1, 3);
                    found.addAll(session.query(select(segment, view, where, rest, missing - byRun.size()), reader));
                }
            } else if (sort == AssetSort.NAME
                    && view.runs().isEmpty()
                    && findsWords(condition)
                    && !LOOKS_UP.matcher(where.toString()).find()) {
                found.addAll(byWords(session, segment, view, where, keys, missing, reader));
            } else if (systems.isPresent() && i == 0) {
                found.addAll(bySystems(session, segment, view, systems.get(), where, keys, missing, reader));
            } else {
                found.addAll(session.query(select(segment, view, where, keys, missing), reader));
            }
        }
        return found;
    }

    /** Whether the index of words finds all hosts that are meant. */
    private static boolean findsWords(Condition condition) {
        return Reach.conjuncts(condition).stream()
                .anyMatch(each -> each instanceof Condition.Compare(Token token, Match match)
                        && token.name().equals("asset.name")
                        && (match instanceof Match.Phrase(String phrase)
                                ? LONG_ENOUGH.matcher(phrase).find()
                                : match instanceof Match.Words(List<String> words)
                                        && words.stream()
                                                .anyMatch(word -> LONG_ENOUGH
                                                        .matcher(word)
                                                        .find())));
    }

    /**
     * Hosts whose names have some letters in common may stand together, and far from where a walk by name begins. So some names
     * are walked, and then all such hosts are found by the index of words.
     */
    private static List<Found> byWords(
            ReadSession session,
            Segment segment,
            View view,
            Sql where,
            List<Object> after,
            int wanted,
            ReadSession.RowReader<Found> reader)
            throws SQLException {
        Walked walked = walk(session, segment, view, where, after, NAMES_WITH_WORDS, wanted, reader);
        return walked.found().size() == wanted
                ? walked.found()
                : session.byBitmap(select(segment, view, where, after, wanted), reader);
    }

    /** @param end keys by name where the walk ended; empty, as is what was found, if there are not so many names */
    private record Walked(List<Found> found, Optional<List<Object>> end) {}

    private static Walked walk(
            ReadSession session,
            Segment segment,
            View view,
            Sql where,
            List<Object> after,
            long names,
            int wanted,
            ReadSession.RowReader<Found> reader)
            throws SQLException {
        Optional<List<Object>> end = further(session, segment, view, after, names);
        if (end.isEmpty()) {
            return new Walked(List.of(), end);
        }
        Sql near = segment.keys().upTo(end.get()).add(" and ").add(where);
        return new Walked(session.query(select(segment, view, near, after, wanted), reader), end);
    }

    /**
     * Hosts of some systems may stand together too, with few among the others. So some names are walked, then the next hosts of each
     * system are looked up, and what is asked is asked of them; if that is not enough, the names are walked from there.
     */
    private static List<Found> bySystems(
            ReadSession session,
            Segment segment,
            View view,
            String[] systems,
            Sql where,
            List<Object> after,
            int wanted,
            ReadSession.RowReader<Found> reader)
            throws SQLException {
        Walked walked = walk(session, segment, view, where, after, NAMES_OF_SYSTEMS, wanted, reader);
        List<Found> found = new ArrayList<>(walked.found());
        List<Object> from = walked.end().orElse(after);
        if (found.size() < wanted && systems.length > 0 && session.sortsByLetters()) {
            for (int hosts : LOOKED_UP) {
                FirstHosts first = FirstHosts.of(session, systems, from, hosts);
                // put in order first, so that no more are asked about than are wanted
                Sql these = Sql.of("select a.* from (select a.*, "
                                + segment.keys().columns() + " from " + view.assets() + " a where a.asset_id = any(")
                        .bind(first.ids().stream().mapToInt(Integer::intValue).toArray())
                        .add(") and (")
                        .add(segment.keys().after(from))
                        // an index on names does not tell that, and is not walked to meet these hosts
                        .add(") is true" + segment.keys().orderBy() + " offset 0) a where ")
                        .add(where)
                        .add(" order by a.key1, a.key2 limit ")
                        .bind((long) wanted - found.size());
                found.addAll(session.query(these, reader));
                if (found.size() == wanted || first.rest().isEmpty()) {
                    return found;
                }
                from = first.rest().get();
            }
        }
        if (found.size() < wanted) {
            found.addAll(session.query(select(segment, view, where, from, wanted - found.size()), reader));
        }
        return found;
    }

    /**
     * Hosts of some systems, as far as they are known from some place by name on.
     *
     * @param ids all of them that stand before the rest
     * @param rest keys by name after which more stand; empty if there are no more
     */
    private record FirstHosts(List<Integer> ids, Optional<List<Object>> rest) {

        private record Row(Optional<Integer> id, Optional<String> end) {}

        /** @param from the keys by name after which they stand, or none */
        static FirstHosts of(ReadSession session, String[] systems, List<Object> from, int hosts) throws SQLException {
            int each = Math.max(FEWEST_OF_SYSTEM, hosts / systems.length);
            Object name = from.isEmpty() ? "" : from.getFirst();
            List<Row> rows = session.query(
                    Sql.of("with first as materialized (select system.place, host.* from unnest(")
                            .bind(systems)
                            .add(") with ordinality system(name, place) cross join lateral (select a.asset_id,"
                                    + " left(lower(a.name), 4) as letters from asset a where a.os_name = system.name"
                                    + " and left(lower(a.name), 4) >= left(")
                            .bind(name)
                            .add(", 4) order by left(lower(a.name), 4) limit ")
                            .bind((long) each)
                            .add(
                                    ") host), cut_off as (select max(letters) as letters from first group by place having count(*) = ")
                            .bind((long) each)
                            .add("), least as (select min(letters) as letters from cut_off)"
                                    + " select first.asset_id, least.letters from least left join first"
                                    + " on least.letters is null or first.letters < least.letters"),
                    row -> new Row(
                            Optional.ofNullable(row.getObject(1, Integer.class)), ReadSession.text(row, "letters")));
            // more hosts begin with the same letters than were looked up
            Optional<List<Object>> rest =
                    rows.getFirst().end().map(end -> name.toString().startsWith(end) ? from : List.of(end, 0L));
            return new FirstHosts(
                    rows.stream().flatMap(row -> row.id().stream()).toList(), rest);
        }
    }

    /** The keys of the host that stands so many further in the order; empty if there are fewer. */
    private static Optional<List<Object>> further(
            ReadSession session, Segment segment, View view, List<Object> after, long hosts) throws SQLException {
        return session
                .query(
                        Sql.of("select " + segment.keys().columns() + " from " + view.assets() + " a where "
                                        + segment.where() + " and ")
                                .add(segment.keys().after(after))
                                .add(segment.keys().orderBy() + " offset ")
                                .bind(hosts)
                                .add(" limit 1"),
                        segment.keys()::read)
                .stream()
                .findFirst();
    }

    private static Sql select(Segment segment, View view, Sql where, List<Object> after, int wanted) {
        return Sql.of("select a.asset_id, " + segment.keys().columns() + " from " + view.assets() + " a"
                        + segment.from() + " where " + segment.where() + " and ")
                .add(where)
                .add(" and ")
                .add(segment.keys().after(after))
                .add(segment.keys().orderBy() + " limit ")
                .bind((long) wanted);
    }

    private static List<Segment> segments(AssetSort sort, View view) {
        return switch (sort) {
            case NAME ->
                List.of(
                        new Segment("a.name is not null", SortKeys.of("lower(a.name)", "a.asset_id")),
                        new Segment("a.name is null", SortKeys.of("a.asset_id")));
            case ID -> List.of(new Segment("true", SortKeys.of("a.asset_id")));
            case FIRST_FOUND -> List.of(new Segment("true", SortKeys.of(newestFirst("a.first_found"), "a.asset_id")));
            case LAST_FOUND ->
                List.of(new Segment(
                        ConditionSql.joinLastFound(view),
                        "true",
                        SortKeys.of(newestFirst("last_found.at"), "a.asset_id")));
            case OPERATING_SYSTEM ->
                List.of(new Segment(
                        "true",
                        SortKeys.of(
                                "(a.os_name is null)::int",
                                "coalesce(a.os_name, '') collate \"C\"",
                                "(a.os_version is null)::int",
                                "coalesce(a.os_version, '') collate \"C\"",
                                "a.asset_id")));
        };
    }

    static String newestFirst(String time) {
        // as a double it is exact to the microsecond for 280 years, and far quicker than extract's numeric
        return "coalesce(-(date_part('epoch', " + time + ") * 1000000)::bigint, " + LATER + ")";
    }

    private static List<AssetRow> rows(ReadSession session, View view, List<Found> found) throws SQLException {
        int[] ids = found.stream().mapToInt(Found::id).toArray();
        if (ids.length == 0) {
            return List.of();
        }
        // what is open at present is counted by each apply
        String open = view.runs().isEmpty()
                ? " left join open_by_severity open on open.asset_id = a.asset_id"
                : " cross join lateral (select " + SeverityCounts.COLUMNS + " from "
                        + view.records() + " s join " + view.cohorts() + " c using (source_record_id)"
                        + Holding.DEFINITIONS
                        + " join definition d using (definition_id)"
                        + " where s.asset_id = a.asset_id and c.fixed_run is null) open";
        return session.asWritten(
                Sql.of("select a.asset_id, a.name, a.os_name, a.os_version, a.domain, a.type, a.cloud_provider,"
                                + " a.addresses, a.mac_addresses, a.first_found, a.retired_run, "
                                + ConditionSql.assetLastFound(view) + " as last_found,"
                                + " (select array_agg(distinct k.product order by k.product) from " + view.records()
                                + " s join connection k using (connection_id) where s.asset_id = a.asset_id) as sources,"
                                + " open.critical, open.high, open.medium, open.low, open.info, open.unrated"
                                + " from unnest(")
                        .bind(ids)
                        .add(") with ordinality wanted(asset_id, place) join " + view.assets()
                                + " a on a.asset_id = wanted.asset_id" + open + " order by wanted.place"),
                AssetSearch::row);
    }

    private static AssetRow row(ResultSet row) throws SQLException {
        return new AssetRow(
                row.getInt("asset_id"),
                ReadSession.text(row, "name"),
                ReadSession.text(row, "os_name"),
                ReadSession.text(row, "os_version"),
                ReadSession.text(row, "domain"),
                ReadSession.text(row, "type"),
                ReadSession.text(row, "cloud_provider"),
                ReadSession.lines(row, "addresses"),
                ReadSession.lines(row, "mac_addresses"),
                ReadSession.instant(row, "first_found"),
                ReadSession.instant(row, "last_found"),
                row.getObject("retired_run") == null ? "Active" : "Retired",
                ReadSession.texts(row, "sources"),
                SeverityCounts.read(row));
    }
}
