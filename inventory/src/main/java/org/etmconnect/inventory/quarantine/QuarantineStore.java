// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.quarantine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.runs.Run;

/** What runs could not use, in the database. Safe for use by several threads. */
public final class QuarantineStore {

    private static final String WITH_DISMISSALS = """
            from quarantine q
            left join quarantine_dismissal d
              on d.connection_id = q.connection_id and d.thing = q.thing and d.reason = q.reason
            where q.run_id = ?
            """;
    private static final String STATE = """
            case when q.resolved_run is not null then 'RESOLVED' when d.thing is not null then 'DISMISSED' else 'OPEN' end
            """;
    private static final String THING =
            "q.stage, q.stream, q.page, q.row_number, q.native_key, q.finding_key, q.reason, q.source_text";
    /** No ids are all ids. */
    private static final String CHOSEN = " q.run_id = ? and coalesce(q.quarantine_id = any (?::int[]), true) ";

    private final DataSource database;

    public QuarantineStore(DataSource database) {
        this.database = database;
    }

    /** Keeps what a run could not use. */
    public void add(Run run, List<Quarantined> things) {
        if (things.isEmpty()) {
            return;
        }
        Transaction.run(database, "write the quarantine of run " + run.id(), connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into quarantine (run_id, connection_id, stage, stream, page, row_number, native_key,
                                            finding_key, reason, source_text, at)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp())""")) {
                for (Quarantined thing : things) {
                    insert.setInt(1, run.id());
                    insert.setInt(2, run.connectionId());
                    insert.setString(3, thing.stage().name());
                    insert.setString(4, thing.stream());
                    insert.setString(5, thing.page());
                    insert.setLong(6, thing.row());
                    insert.setString(7, thing.nativeKey().orElse(null));
                    insert.setString(8, thing.findingKey().orElse(null));
                    insert.setString(9, thing.reason().replace('\0', '\uFFFD'));
                    insert.setString(10, thing.sourceText().replace('\0', '\uFFFD'));
                    insert.addBatch();
                }
                return insert.executeBatch();
            }
        });
    }

    /** Forgets what a run put into quarantine: it is about to say it again. */
    public void clear(int runId) {
        Transaction.run(database, "clear the quarantine of run " + runId, connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from quarantine where run_id = ?")) {
                delete.setInt(1, runId);
                return delete.executeUpdate();
            }
        });
    }

    /**
     * What a run put into quarantine, in order.
     *
     * @param states only what is in one of these
     * @param after only what comes after this number; 0 for the first
     * @param limit at most so many
     */
    public List<KeptThing> list(int runId, Set<KeptThing.State> states, int after, int limit) {
        return Transaction.run(database, "read the quarantine of run " + runId, connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select " + THING + ", q.quarantine_id, q.resolved_run, d.dismissed_by, d.dismissed_at, d.note "
                            + WITH_DISMISSALS + " and q.quarantine_id > ? and " + STATE
                            + " = any (?) order by q.quarantine_id limit ?")) {
                select.setInt(1, runId);
                select.setInt(2, after);
                select.setArray(
                        3,
                        connection.createArrayOf(
                                "text", states.stream().map(Enum::name).toArray()));
                select.setInt(4, limit);
                List<KeptThing> things = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        things.add(new KeptThing(
                                row.getInt("quarantine_id"),
                                thing(row),
                                Optional.ofNullable(row.getObject("resolved_run", Integer.class)),
                                dismissal(row)));
                    }
                }
                return things;
            }
        });
    }

    /** How many things of a run's quarantine are in each state; a state that none is in is left out. */
    public Map<KeptThing.State, Long> counts(int runId) {
        return Transaction.run(database, "count the quarantine of run " + runId, connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select " + STATE + ", count(*) " + WITH_DISMISSALS + " group by 1")) {
                select.setInt(1, runId);
                Map<KeptThing.State, Long> counts = new EnumMap<>(KeptThing.State.class);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        counts.put(KeptThing.State.valueOf(row.getString(1)), row.getLong(2));
                    }
                }
                return counts;
            }
        });
    }

    /**
     * Puts things aside. The same thing with the same reason counts as seen in later runs of the connection as well.
     *
     * @param ids which of the run's; empty for all that are open
     * @return how many were put aside
     */
    public int dismiss(int runId, Optional<Set<Integer>> ids, String by, String note) {
        return Transaction.run(database, "dismiss things of run " + runId, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into quarantine_dismissal as d (connection_id, thing, reason, note, dismissed_by, dismissed_at)
                    select distinct on (q.connection_id, q.thing)
                           q.connection_id, q.thing, q.reason, ?, ?, clock_timestamp()
                    from quarantine q where q.resolved_run is null and\s""" + CHOSEN + """
                    order by q.connection_id, q.thing, q.quarantine_id desc
                    on conflict (connection_id, thing)
                    do update set reason = excluded.reason, note = excluded.note, dismissed_by = excluded.dismissed_by,
                                  dismissed_at = excluded.dismissed_at
                    where d.reason <> excluded.reason or d.note <> excluded.note""")) {
                insert.setString(1, note);
                insert.setString(2, by);
                choose(connection, insert, 3, runId, ids);
                return insert.executeUpdate();
            }
        });
    }

    /**
     * Takes things that were put aside back into sight.
     *
     * @param ids which of the run's; empty for all that are dismissed
     * @return how many were taken back
     */
    public int restore(int runId, Optional<Set<Integer>> ids) {
        return Transaction.run(database, "restore things of run " + runId, connection -> {
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from quarantine_dismissal d using quarantine q
                    where d.connection_id = q.connection_id and d.thing = q.thing and d.reason = q.reason and""" + CHOSEN)) {
                choose(connection, delete, 1, runId, ids);
                return delete.executeUpdate();
            }
        });
    }

    /**
     * What a queued run is to try again.
     *
     * @return empty if the run is none that tries again
     */
    public Optional<Retry> retryOf(int runId) {
        return Transaction.run(database, "read what run " + runId + " tries again", connection -> {
            try (PreparedStatement select = connection.prepareStatement("select r.of_run, " + THING + """
                     from quarantine_retry r left join quarantine q on q.quarantine_id = any (r.quarantine_ids)
                    where r.run_id = ? order by q.quarantine_id""")) {
                select.setInt(1, runId);
                Optional<Integer> ofRun = Optional.empty();
                List<Quarantined> things = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        ofRun = Optional.of(row.getInt("of_run"));
                        if (row.getString("stage") != null) {
                            things.add(thing(row));
                        }
                    }
                }
                return ofRun.map(run -> Retry.of(run, things));
            }
        });
    }

    /** Notes which things a run that has tried them again could use: all but those it put into quarantine once more. */
    public int resolve(int runId) {
        return Transaction.run(database, "note what run " + runId + " could use", connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update quarantine q set resolved_run = r.run_id
                    from quarantine_retry r
                    where r.run_id = ? and q.quarantine_id = any (r.quarantine_ids)
                      and not exists (select from quarantine again where again.run_id = r.run_id and again.thing = q.thing)""")) {
                update.setInt(1, runId);
                return update.executeUpdate();
            }
        });
    }

    private static void choose(
            Connection connection, PreparedStatement statement, int first, int runId, Optional<Set<Integer>> ids)
            throws SQLException {
        statement.setInt(first, runId);
        statement.setArray(
                first + 1,
                ids.isPresent() ? connection.createArrayOf("int", ids.get().toArray()) : null);
    }

    private static Quarantined thing(ResultSet row) throws SQLException {
        return new Quarantined(
                Quarantined.Stage.valueOf(row.getString("stage")),
                row.getString("stream"),
                row.getString("page"),
                row.getLong("row_number"),
                Optional.ofNullable(row.getString("native_key")),
                Optional.ofNullable(row.getString("finding_key")),
                row.getString("reason"),
                row.getString("source_text"));
    }

    private static Optional<KeptThing.Dismissal> dismissal(ResultSet row) throws SQLException {
        String by = row.getString("dismissed_by");
        return by == null
                ? Optional.empty()
                : Optional.of(new KeptThing.Dismissal(
                        by, row.getTimestamp("dismissed_at").toInstant(), row.getString("note")));
    }
}
