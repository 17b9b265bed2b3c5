// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of what one run did not find any more. */
final class PendingClosures {

    private static final int AT_ONCE = 5_000;

    private final Connection connection;
    private final int runId;

    PendingClosures(Connection connection, int runId) {
        this.connection = connection;
        this.runId = runId;
    }

    /** Findings of a known host that the run did not find. */
    @SuppressWarnings("ArrayRecordComponent") // as in Cohort
    record Absent(int recordId, int[] definitions, byte @Nullable [] fingerprint) {}

    /** Adds findings of known hosts; what was noted of a host before is replaced. */
    void note(Collection<Absent> absent) throws SQLException {
        if (absent.isEmpty()) {
            return;
        }
        // An array of arrays would have to be rectangular.
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into pending_closure (run_id, source_record_id, whole_host, definitions, findings_fingerprint)
                values (?, ?, false, ?, ?)
                on conflict (run_id, source_record_id) do update
                set definitions = excluded.definitions, findings_fingerprint = excluded.findings_fingerprint""")) {
            for (Absent each : absent) {
                insert.setInt(1, runId);
                insert.setInt(2, each.recordId());
                insert.setArray(3, connection.createArrayOf("int4", SortedInts.boxed(each.definitions())));
                insert.setBytes(4, each.fingerprint());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Adds whole hosts with what is open of them. */
    void noteHosts(Collection<Integer> recordIds) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into pending_closure (run_id, source_record_id, whole_host, definitions)
                select ?, host.id, true,
                       array(select d from finding_cohort c, definition_ids(c.block, c.definitions) d
                             where c.source_record_id = host.id and c.fixed_run is null order by d)
                from unnest(?::int[]) as host(id)
                on conflict (run_id, source_record_id) do nothing""")) {
            insert.setInt(1, runId);
            insert.setArray(2, connection.createArrayOf("int4", recordIds.toArray()));
            insert.executeUpdate();
        }
    }

    /** How many findings are noted of hosts that are still there. */
    long findings() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select coalesce(sum(cardinality(definitions)), 0) from pending_closure
                where run_id = ? and not whole_host""")) {
            select.setInt(1, runId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Some of what is noted of findings, or of whole hosts; empty when there is no more. */
    List<Absent> some(boolean wholeHosts) throws SQLException {
        List<Absent> some = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select source_record_id, definitions, findings_fingerprint from pending_closure
                where run_id = ? and whole_host = ? order by source_record_id limit ?""")) {
            select.setInt(1, runId);
            select.setBoolean(2, wholeHosts);
            select.setInt(3, AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    some.add(new Absent(row.getInt(1), SortedInts.read(row.getArray(2)), row.getBytes(3)));
                }
            }
        }
        return some;
    }

    void forget(Collection<Absent> done) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "delete from pending_closure where run_id = ? and source_record_id = any (?)")) {
            delete.setInt(1, runId);
            delete.setArray(
                    2,
                    connection.createArrayOf(
                            "int4", done.stream().map(Absent::recordId).toArray()));
            delete.executeUpdate();
        }
    }

    void forgetAll() throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from pending_closure where run_id = ?")) {
            delete.setInt(1, runId);
            delete.executeUpdate();
        }
    }

    /** What was held of earlier runs of the connection: this run looks again. */
    void supersedeOthers(int connectionId) throws SQLException {
        for (String sql : List.of("""
                update held_closure h set state = 'SUPERSEDED' from run r
                where r.run_id = h.run_id and r.connection_id = ? and h.state = 'HELD' and h.run_id <> ?""", """
                delete from pending_closure p using run r
                where r.run_id = p.run_id and r.connection_id = ? and p.run_id <> ?""")) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setInt(1, connectionId);
                statement.setInt(2, runId);
                statement.executeUpdate();
            }
        }
    }

    void hold(Held held) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into held_closure (run_id, state, findings, of_findings, hosts, of_hosts)
                values (?, 'HELD', ?, ?, ?, ?)
                on conflict (run_id) do nothing""")) {
            insert.setInt(1, held.runId());
            insert.setLong(2, held.findings());
            insert.setLong(3, held.ofFindings());
            insert.setLong(4, held.hosts());
            insert.setLong(5, held.ofHosts());
            insert.executeUpdate();
        }
    }

    /** Notes that a run counts as its connection's last complete one. */
    static void complete(Connection connection, int runId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update connection c set last_complete_run = r.run_id from run r
                where r.run_id = ? and c.connection_id = r.connection_id""")) {
            update.setInt(1, runId);
            update.executeUpdate();
        }
    }

    /** What a connection may close at once. */
    static Optional<ClosingGuard> guard(Connection connection, int connectionId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select hold_percent, hold_at_least from connection where connection_id = ?")) {
            select.setInt(1, connectionId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(new ClosingGuard(row.getInt(1), row.getInt(2))) : Optional.empty();
            }
        }
    }
}
