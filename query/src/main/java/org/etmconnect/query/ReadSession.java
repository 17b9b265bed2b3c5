// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.RunOrDate;
import org.postgresql.PGStatement;

/** One read-only transaction over one state of the inventory, with one time limit for all its statements. */
final class ReadSession implements ConditionSql.Definitions {

    interface Work<T> {
        T with(ReadSession session) throws SQLException;
    }

    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    interface Batch<T> {
        void with(List<T> rows) throws SQLException;
    }

    private static final String CANCELLED = "57014";
    private static final int HOSTS = 2_000;
    private static final Pattern EXPECTED = Pattern.compile(" rows=(\\d+)");

    /** Names of operating systems that are compared one by one, rather than host by host. */
    private static final int MOST_SYSTEMS = 500;

    /** How joins are planned, whether tables may be read without a bitmap, whether a plan serves any parameter. */
    private enum Joins {
        FREE("on", "on", 8, "on", "on", "custom"),
        AS_WRITTEN("on", "on", 1, "on", "on", "generic"),
        WALK("off", "off", 1, "on", "on", "custom"),
        SIDE_BY_SIDE("off", "on", 8, "on", "on", "custom"),
        IN_NO_ORDER("on", "on", 8, "on", "off", "custom"),
        BY_BITMAP("on", "on", 8, "off", "off", "custom");

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        private final List<String> settings;

        Joins(String hash, String merge, int collapsed, String scan, String indexOnly, String plan) {
            this.settings = List.of(
                    "enable_hashjoin = " + hash,
                    "enable_mergejoin = " + merge,
                    "join_collapse_limit = " + collapsed,
                    "enable_seqscan = " + scan,
                    "enable_indexscan = " + scan,
                    "enable_indexonlyscan = " + indexOnly,
                    "plan_cache_mode = force_" + plan + "_plan");
        }

        /** What has to be set, these being in force: each setting is a statement of its own to the server and the driver. */
        String instead(Joins inForce) {
            return settings.stream()
                    .filter(setting -> !inForce.settings.contains(setting))
                    .map(setting -> "set local " + setting + "; ")
                    .collect(Collectors.joining());
        }
    }

    private final Connection connection;
    private final Duration limit;
    private long deadline;
    private long limitedAt;
    private Joins joins = Joins.FREE;
    private final Map<List<Object>, int[]> periods = new HashMap<>();
    private final Map<List<Object>, Optional<int[]>> matching = new HashMap<>();

    private ReadSession(Connection connection, Duration limit) {
        this.connection = connection;
        this.limit = limit;
        this.limitedAt = System.nanoTime();
        this.deadline = limitedAt + limit.toNanos();
    }

    /** Does the work; empty if it took longer than the limit. */
    static <T> Optional<T> read(DataSource source, Duration limit, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                ReadSession session = new ReadSession(connection, limit);
                // compiling a plan or starting helpers takes longer than most of these statements, and a plan for any
                // parameter would not
                // know how common the one definition is
                session.execute("set transaction isolation level repeatable read, read only; set local jit = off;"
                        + " set local max_parallel_workers_per_gather = 0;"
                        + " set local plan_cache_mode = force_custom_plan; set local statement_timeout = "
                        + Math.max(1, limit.toMillis()));
                return Optional.of(work.with(session));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            if (CANCELLED.equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw new InventoryReadException(
                    "The inventory could not be read from the database: " + e.getMessage()
                            + ". Check that the database runs and that its schema is this release's.",
                    e);
        }
    }

    <T> List<T> query(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.FREE, sql, reader);
    }

    /**
     * The same for a join that is written in the order that serves best, whatever its parameters: to find it takes longer than
     * to follow it.
     */
    <T> List<T> asWritten(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.AS_WRITTEN, sql, reader);
    }

    /**
     * The same for a statement that follows an order and ends when it has enough. Joined row by row as it is written, it looks
     * at no more; for a long way PostgreSQL would rather read whole tables first.
     */
    <T> List<T> walk(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.WALK, sql, reader);
    }

    /** The same for a join of most rows of two tables: read side by side in one order, they need no memory for a hash. */
    <T> List<T> sideBySide(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.SIDE_BY_SIDE, sql, reader);
    }

    /**
     * The same for some rows of many, whichever: PostgreSQL would walk an order for them in the hope of meeting them soon, which
     * for names is in vain if those that fit stand together.
     */
    <T> List<T> inNoOrder(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.IN_NO_ORDER, sql, reader);
    }

    /** The same for rows that a bitmap of an index tells, where PostgreSQL holds its many look-ups for dearer than they are. */
    <T> List<T> byBitmap(Sql sql, RowReader<T> reader) throws SQLException {
        return query(Joins.BY_BITMAP, sql, reader);
    }

    /** Whether text sorts letter by letter, as it does in the built-in database: then texts with the same beginning stand together. */
    boolean sortsByLetters() throws SQLException {
        return number(Sql.of(
                        "select count(*) from pg_database where datname = current_database() and (datlocprovider = 'b'"
                                + " or datlocprovider = 'c' and datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8'))"))
                > 0;
    }

    long numberByBitmap(Sql sql) throws SQLException {
        return byBitmap(sql, row -> row.getLong(1)).getFirst();
    }

    /**
     * Reads by a cursor, so that no more than a batch is in memory. The time limit is for each batch anew. Other statements may
     * run meanwhile.
     */
    <T> void inBatches(Sql sql, int size, RowReader<T> reader, Batch<T> each) throws SQLException {
        limitTime(Joins.FREE, "");
        try (PreparedStatement statement = sql.prepare(connection)) {
            statement.setFetchSize(size);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> batch = new ArrayList<>(size);
                while (rows.next()) {
                    batch.add(reader.read(rows));
                    if (batch.size() == size) {
                        each.with(List.copyOf(batch));
                        batch.clear();
                        limitedAt = System.nanoTime();
                        deadline = limitedAt + limit.toNanos();
                        execute("set local statement_timeout = " + Math.max(1, limit.toMillis()));
                    }
                }
                if (!batch.isEmpty()) {
                    each.with(batch);
                }
            }
        }
    }

    /** Takes the definitions of a host, or a part of them. */
    interface HostVisitor {
        /** The first {@code length} definitions count; the array is used again for the next. */
        void host(int asset, int[] definitions, int length);
    }

    /**
     * Reads from each row a host's number, and an array of definitions with what is to be added to each. The arrays are read in
     * PostgreSQL's binary form, where the driver has it: ten times as fast as by objects.
     */
    void eachHost(Sql sql, HostVisitor visitor) throws SQLException {
        // hosts are sorted with their arrays
        limitTime(Joins.FREE, "set local work_mem = '64MB'; ");
        try (PreparedStatement statement = sql.prepare(connection)) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
            statement.setFetchSize(HOSTS);
            int[] definitions = new int[1_024];
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    int base = rows.getInt(2);
                    ByteBuffer array = ByteBuffer.wrap(rows.getBytes(3));
                    if (array.get(0) != 0) {
                        Number[] numbers = (Number[]) rows.getArray(3).getArray();
                        visitor.host(
                                rows.getInt(1),
                                Arrays.stream(numbers)
                                        .mapToInt(number -> base + number.intValue())
                                        .toArray(),
                                numbers.length);
                        continue;
                    }
                    // dimensions, nulls, type; size and lower bound of the one dimension; length and value of each
                    int length = array.getInt(0) == 0 ? 0 : array.getInt(3 * Integer.BYTES);
                    if (length > definitions.length) {
                        definitions = new int[length * 2];
                    }
                    int width = length == 0 ? 0 : array.getInt(5 * Integer.BYTES);
                    for (int i = 0; i < length; i++) {
                        int at = 6 * Integer.BYTES + i * (Integer.BYTES + width);
                        definitions[i] = base + (width == Short.BYTES ? array.getShort(at) : array.getInt(at));
                    }
                    visitor.host(rows.getInt(1), definitions, length);
                }
            }
        }
    }

    /** A call to the server for settings is saved where they are the same, or the time left almost. */
    private void limitTime(Joins wanted, String settings) throws SQLException {
        long now = System.nanoTime();
        long millis = (deadline - now) / 1_000_000;
        if (millis <= 0) {
            throw new SQLException("The time for this query is over", CANCELLED);
        }
        String changed = settings;
        if (joins != wanted) {
            changed += wanted.instead(joins);
            joins = wanted;
        }
        if (now - limitedAt > limit.toNanos() / 20) {
            changed += "set local statement_timeout = " + millis;
            limitedAt = now;
        }
        if (!changed.isEmpty()) {
            execute(changed);
        }
    }

    private <T> List<T> query(Joins wanted, Sql sql, RowReader<T> reader) throws SQLException {
        limitTime(wanted, "");
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        }
    }

    long number(Sql sql) throws SQLException {
        return query(sql, row -> row.getLong(1)).getFirst();
    }

    @Override
    public Optional<int[]> matching(List<Condition> conditions, Instant now) throws SQLException {
        List<Object> asked = List.of(conditions, now);
        Optional<int[]> known = matching.get(asked);
        if (known == null) {
            known = readMatching(conditions, now);
            matching.put(asked, known);
        }
        return known;
    }

    private Optional<int[]> readMatching(List<Condition> conditions, Instant now) throws SQLException {
        List<Sql> pieces = new ArrayList<>();
        ConditionSql sql = new ConditionSql(now, this, View.PRESENT);
        for (Condition condition : conditions) {
            pieces.add(sql.ofFinding(condition));
        }
        return query(
                        Sql.of(
                                        "select array_agg(d.definition_id order by d.definition_id), (select count(*) from definition)"
                                                + " from definition d join connection k using (connection_id) where ")
                                .add(Sql.join(" and ", pieces)),
                        row -> {
                            int[] ids = ints(row);
                            return ids.length > 0 && ids.length == row.getLong(2)
                                    ? Optional.<int[]>empty()
                                    : Optional.of(ids);
                        })
                .getFirst();
    }

    @Override
    public long openFindings(int[] ids) throws SQLException {
        return number(Sql.of("select coalesce(sum(open_findings), 0) from definition_count where definition_id = any(")
                .bind(ids)
                .add(")"));
    }

    @Override
    public long openFindingsOfRuns(int[] runs) throws SQLException {
        return number(Sql.of("select coalesce(sum(open_findings), 0) from open_by_first_run where first_run = any(")
                .bind(runs)
                .add(")"));
    }

    @Override
    public Optional<BitSet> wholeSeverities(int[] ids) throws SQLException {
        BitSet wanted = new BitSet();
        BitSet unwanted = new BitSet();
        query(
                Sql.of("select coalesce(d.severity, 0), count(*) filter (where w.id is not null), count(*)"
                                + " from definition d join definition_count n using (definition_id) left join unnest(")
                        .bind(ids)
                        .add(") w(id) on w.id = d.definition_id where n.open_findings > 0 group by 1"),
                row -> {
                    wanted.set(row.getInt(1), row.getLong(2) > 0);
                    unwanted.set(row.getInt(1), row.getLong(2) < row.getLong(3));
                    return row;
                });
        return wanted.intersects(unwanted) ? Optional.empty() : Optional.of(wanted);
    }

    @Override
    public Optional<List<String>> systems(Sql condition) throws SQLException {
        // from name to name by the index
        List<Optional<String>> names = query(
                Sql.of("with recursive name(n, i) as ((select os_name, 1 from asset where os_name is not null"
                                + " order by os_name limit 1) union all select (select a.os_name from asset a"
                                + " where a.os_name > name.n order by a.os_name limit 1), i + 1"
                                + " from name where n is not null and i <= ")
                        .bind(MOST_SYSTEMS)
                        .add(") select case when ")
                        .add(condition)
                        .add(" then a.os_name end from (select n from name where n is not null) a(os_name)"),
                row -> Optional.ofNullable(row.getString(1)));
        return names.size() > MOST_SYSTEMS
                ? Optional.empty()
                : Optional.of(names.stream().flatMap(Optional::stream).toList());
    }

    @Override
    public Optional<String[]> systemsWith(int[] ids) throws SQLException {
        List<String> with = new ArrayList<>();
        Sql open = ids.length == 1
                ? Sql.of("a.findings[array_position(a.definitions, ")
                        .bind(ids[0])
                        .add(")]")
                : Sql.of("(select sum(u.findings) from unnest(a.definitions, a.findings) u(definition_id, findings)"
                                + " where u.definition_id = any(")
                        .bind(ids)
                        .add("))");
        List<Optional<String>> all = query(
                Sql.of("select a.os_name, coalesce(sum(")
                        .add(open)
                        .add("), 0) as open from open_by_definition a group by 1"),
                row -> {
                    Optional<String> name = text(row, "os_name");
                    if (row.getLong("open") > 0) {
                        with.add(name.orElse(""));
                    }
                    return name;
                });
        return with.size() == all.size() || with.contains("")
                ? Optional.empty()
                : Optional.of(with.toArray(String[]::new));
    }

    /** How many rows PostgreSQL expects of a statement. */
    long expected(Sql select) throws SQLException {
        String plan =
                query(Sql.of("explain ").add(select), row -> row.getString(1)).getFirst();
        Matcher rows = EXPECTED.matcher(plan);
        return rows.find() ? Long.parseLong(rows.group(1)) : Long.MAX_VALUE;
    }

    @Override
    public Optional<int[]> numbers(Sql select, int most) throws SQLException {
        return numbers(Joins.FREE, select, most);
    }

    /** The same, joined as {@link #walk} does. */
    Optional<int[]> numbersByWalk(Sql select, int most) throws SQLException {
        return numbers(Joins.WALK, select, most);
    }

    private Optional<int[]> numbers(Joins wanted, Sql select, int most) throws SQLException {
        int[] numbers = query(
                        wanted,
                        Sql.of("select array_agg(n order by n) from (select * from (")
                                .add(select)
                                .add(") told limit ")
                                .bind(most + 1L)
                                .add(") told(n)"),
                        ReadSession::ints)
                .getFirst();
        return numbers.length > most ? Optional.empty() : Optional.of(numbers);
    }

    private static int[] ints(ResultSet row) throws SQLException {
        Array array = row.getArray(1);
        return array == null
                ? new int[0]
                : Arrays.stream((Integer[]) array.getArray())
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    private long cohorts = -1;

    @Override
    public long cohorts() throws SQLException {
        if (cohorts < 0) {
            cohorts = number(Sql.of(
                    "select greatest(reltuples, 0)::bigint from pg_class where oid = 'finding_cohort'::regclass"));
        }
        return cohorts;
    }

    private final Map<View, int[]> lastApplied = new HashMap<>();

    @Override
    public int[] lastAppliedRuns(View view) throws SQLException {
        int[] known = lastApplied.get(view);
        if (known == null) {
            known = query(
                            Sql.of("select array_agg(distinct k.last_applied_run) from " + view.connections()
                                    + " k where k.last_applied_run is not null"),
                            ReadSession::ints)
                    .getFirst();
            lastApplied.put(view, known);
        }
        return known;
    }

    @Override
    public int[] runsBetween(RunOrDate after, RunOrDate until, Instant now, View view) throws SQLException {
        List<Object> period = List.of(after, until, now, view);
        int[] known = periods.get(period);
        if (known == null) {
            known = readRunsBetween(after, until, now, view);
            periods.put(period, known);
        }
        return known;
    }

    private int[] readRunsBetween(RunOrDate after, RunOrDate until, Instant now, View view) throws SQLException {
        Instant from = Moment.time(this, after, now);
        Moment.checkKept(this, after, from);
        Instant to = Moment.time(this, until, now);
        if (from.isAfter(to)) {
            throw new UnknownMoment("A period runs from the earlier point to the later: " + Moment.words(after)
                    + " is later than " + Moment.words(until) + ". Write it the other way round.");
        }
        return query(
                        Sql.of("select r.run_id from run r where r.finished_at > ")
                                .bind(from)
                                .add(" and r.finished_at <= ")
                                .bind(to)
                                .add(
                                        view.runs().isPresent()
                                                ? " and " + view.runs().get().contain("r.run_id")
                                                : "")
                                .add(" order by 1"),
                        row -> row.getInt(1))
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static List<String> lines(ResultSet row, String column) throws SQLException {
        return row.getString(column).lines().toList();
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
    }
}
