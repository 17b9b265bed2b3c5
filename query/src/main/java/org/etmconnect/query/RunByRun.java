// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hosts by when they were last found, from the newest run on. Most were last found by the last complete run of their
 * connection, so some hosts are walked by number in the hope that as many as are wanted were found then. Few were by any
 * other: by a later one, or by an earlier one before they vanished; those are listed.
 */
final class RunByRun<F> {

    /** Hosts that are walked in the hope of a full page before all are sorted. */
    private static final long WALKED = 2_000;

    /** Up to so many records that a run may have found last are listed. */
    private static final int LISTED = 20_000;

    /** So many times hosts are listed, for which all records may be read, before all are sorted. */
    private static final int MOST_LISTINGS = 4;

    /** Any other run has found nothing yet, whatever its time. */
    private static final String MAY_HAVE_FOUND = "(r.state not in ('QUEUED', 'FETCHING') or r.applied_records > 0)"
            + " and r.run_id <= k.last_applied_run and r.observed_at is not null";

    /**
     * When runs observed, in the form by which the newest comes first.
     *
     * @param ofComplete the connections of which one of the runs is the last complete one
     * @param later whether one of them is later than that of its connection
     */
    private record Time(long key, List<Integer> runs, List<Integer> ofComplete, boolean later) {

        boolean isComplete() {
            return !ofComplete.isEmpty();
        }
    }

    private final ReadSession session;
    private final View view;
    private final Sql where;
    private final ReadSession.RowReader<F> reader;

    /**
     * @param where conditions over the alias a (asset)
     * @param reader of asset_id, and of the keys key1 and key2
     */
    RunByRun(ReadSession session, View view, Sql where, ReadSession.RowReader<F> reader) {
        this.session = session;
        this.view = view;
        this.where = where;
        this.reader = reader;
    }

    /** The next hosts after the keys; if they are fewer than are wanted, there may be more after them. */
    List<F> find(List<Object> after, int wanted) throws SQLException {
        List<F> found = new ArrayList<>();
        List<Time> passed = new ArrayList<>();
        int listings = 0;
        boolean first = true;
        for (Time time : times(after)) {
            if (time.isComplete() && !passed.isEmpty()) {
                Optional<List<F>> listed =
                        listings++ < MOST_LISTINGS ? list(passed, after, wanted - found.size()) : Optional.empty();
                if (listed.isEmpty()) {
                    return found;
                }
                found.addAll(listed.get());
                passed.clear();
            }
            int missing = wanted - found.size();
            if (missing > 0 && (time.isComplete() || (first && time.later()))) {
                List<F> walked = walk(time, after, missing);
                if (walked.size() == missing) {
                    found.addAll(walked);
                }
            }
            if (found.size() == wanted) {
                break;
            }
            passed.add(time);
            first = false;
        }
        return found;
    }

    /** When hosts may have been last found that come after the keys, the newest first. */
    private List<Time> times(List<Object> after) throws SQLException {
        String key = AssetSearch.newestFirst("r.observed_at");
        return session.query(
                Sql.of("select " + key + " as at, array_agg(r.run_id) as runs,"
                                + " coalesce(array_agg(k.connection_id) filter (where r.run_id = k.last_complete_run), '{}') as complete,"
                                + " bool_or(r.run_id > coalesce(k.last_complete_run, 0)) as later"
                                + " from run r join " + view.connections()
                                + " k on k.connection_id = r.connection_id where "
                                + MAY_HAVE_FOUND
                                + view.runs()
                                        .map(runs -> " and " + runs.contain("r.run_id"))
                                        .orElse("")
                                + " and " + key + " >= ")
                        .bind(after.isEmpty() ? (Object) Long.MIN_VALUE : after.getFirst())
                        .add(" group by 1 order by 1"),
                row -> new Time(
                        row.getLong("at"),
                        numbers(row.getArray("runs")),
                        numbers(row.getArray("complete")),
                        row.getBoolean("later")));
    }

    private static List<Integer> numbers(Array array) throws SQLException {
        return List.of((Integer[]) array.getArray());
    }

    /** Of some hosts by number, those that were last found then. No more than are wanted. */
    private List<F> walk(Time time, List<Object> after, int wanted) throws SQLException {
        boolean begun = !after.isEmpty() && after.getFirst().equals(time.key());
        Sql walk = Sql.of("select w.asset_id, w.key1, w.asset_id as key2 from (select a.asset_id, "
                        + AssetSearch.newestFirst(ConditionSql.assetLastFound(view)) + " as key1 from (select * from "
                        + view.assets() + " a where a.asset_id > ")
                .bind(begun ? after.getLast() : (Object) 0)
                .add(" order by a.asset_id limit ")
                .bind(WALKED)
                .add(") a where ")
                .add(where)
                .add(" order by a.asset_id offset 0) w where w.key1 = ")
                .bind(time.key())
                .add(" limit ")
                .bind((long) wanted);
        return session.query(walk, reader);
    }

    /** The hosts that were last found at one of these times, which follow each other; empty if many may have been. */
    private Optional<List<F>> list(List<Time> times, List<Object> after, int wanted) throws SQLException {
        int[] runs = times.stream()
                .flatMap(time -> time.runs().stream())
                .mapToInt(Integer::intValue)
                .toArray();
        int[] connections = times.stream()
                .flatMap(time -> time.ofComplete().stream())
                .mapToInt(Integer::intValue)
                .toArray();
        // of a connection with few hosts its index tells, and of nothing else
        boolean onlyComplete = runs.length == connections.length;
        Sql records = Sql.of("select s.asset_id from " + view.records() + " s join " + view.connections()
                + " k on k.connection_id = s.connection_id where ");
        if (connections.length > 0) {
            records.add("s.connection_id = any(").bind(connections).add(")");
        }
        if (!onlyComplete) {
            records.add((connections.length > 0 ? " or " : "") + "s.last_seen_run = any(")
                    .bind(runs)
                    .add(") and (s.retired_run is not null or s.last_seen_run > coalesce(k.last_complete_run, 0))");
        }
        Optional<int[]> hosts = session.numbers(records, LISTED);
        if (hosts.isEmpty()) {
            return Optional.empty();
        }
        Sql listed = Sql.of("select w.asset_id, w.key1, w.asset_id as key2 from (select a.asset_id, "
                        + AssetSearch.newestFirst(ConditionSql.assetLastFound(view)) + " as key1 from " + view.assets()
                        + " a where a.asset_id = any(")
                .bind(hosts.get())
                .add(") and ")
                .add(where)
                .add(" offset 0) w where w.key1 between ")
                .bind(times.getFirst().key())
                .add(" and ")
                .bind(times.getLast().key());
        if (!after.isEmpty()) {
            listed.add(" and (w.key1, w.asset_id) > (")
                    .bind(after.getFirst())
                    .add(", ")
                    .bind(after.getLast())
                    .add(")");
        }
        return Optional.of(
                session.query(listed.add(" order by w.key1, w.asset_id limit ").bind((long) wanted), reader));
    }
}
