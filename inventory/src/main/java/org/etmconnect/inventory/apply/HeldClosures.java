// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;

/**
 * Closures that runs held because they were so many: lists them, closes them at a Manager's word, or lets them be. Safe
 * for use by several threads. Every method throws {@link DatabaseException} if the database does not answer.
 */
public final class HeldClosures {

    private static final String COLUMNS =
            "run_id, state, findings, of_findings, hosts, of_hosts, decided_by, decided_at";

    private final DataSource database;
    private final InstantSource clock;

    /**
     * @param database its schema is migrated
     * @param clock gives the time of a decision
     */
    public HeldClosures(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** What became of a decision. */
    public sealed interface Outcome {

        /** Done. */
        record Done(Held held) implements Outcome {}

        /** The run held nothing. */
        record Missing() implements Outcome {}

        /** It was decided before, or a later run looked again. */
        record Decided(Held held) implements Outcome {}
    }

    /**
     * A host of which something would be closed.
     *
     * @param assetId its asset
     * @param name its name, if it has one
     * @param nativeKey its key in the connection
     * @param retired whether the host itself was not found
     * @param findings how many findings would be fixed
     */
    public record Host(int assetId, Optional<String> name, String nativeKey, boolean retired, int findings) {}

    /**
     * A vulnerability whose findings would be fixed.
     *
     * @param externalFindingId its key in the connection
     * @param cve its CVE, if it has one
     * @param severity 1 to 5, if it has one
     * @param hosts on how many hosts
     */
    public record Vulnerability(
            String externalFindingId, Optional<String> cve, Optional<Integer> severity, int hosts) {}

    /** What a connection may close at once; empty if there is no such connection. */
    public Optional<ClosingGuard> guard(int connectionId) {
        return Transaction.run(
                database,
                "read what connection " + connectionId + " may close",
                connection -> PendingClosures.guard(connection, connectionId));
    }

    /** Changes that; false if there is no such connection. */
    public boolean guard(int connectionId, ClosingGuard guard) {
        return Transaction.run(database, "change what connection " + connectionId + " may close", connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update connection set hold_percent = ?, hold_at_least = ? where connection_id = ?")) {
                update.setInt(1, guard.percent());
                update.setInt(2, guard.atLeast());
                update.setInt(3, connectionId);
                return update.executeUpdate() == 1;
            }
        });
    }

    /** What runs held, by run; of those that held nothing, nothing. */
    public Map<Integer, Held> of(Collection<Integer> runIds) {
        return Transaction.run(database, "read what runs held", connection -> {
            Map<Integer, Held> byRun = new HashMap<>();
            try (PreparedStatement select =
                    connection.prepareStatement("select " + COLUMNS + " from held_closure where run_id = any (?)")) {
                select.setArray(1, connection.createArrayOf("int4", runIds.toArray()));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        byRun.put(row.getInt(1), held(row));
                    }
                }
            }
            return byRun;
        });
    }

    /**
     * Hosts of which something is held, those that would be retired first, then by how many findings.
     *
     * @param limit how many at most
     * @param offset how many to leave out
     */
    public List<Host> hosts(int runId, int limit, int offset) {
        return Transaction.run(database, "list what run " + runId + " held", connection -> {
            List<Host> hosts = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select s.asset_id, a.name, s.native_key, p.whole_host, cardinality(p.definitions)
                    from pending_closure p join source_record s using (source_record_id) join asset a using (asset_id)
                    where p.run_id = ?
                    order by p.whole_host desc, cardinality(p.definitions) desc, p.source_record_id
                    limit ? offset ?""")) {
                select.setInt(1, runId);
                select.setInt(2, limit);
                select.setInt(3, offset);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        hosts.add(new Host(
                                row.getInt(1),
                                Optional.ofNullable(row.getString(2)),
                                row.getString(3),
                                row.getBoolean(4),
                                row.getInt(5)));
                    }
                }
            }
            return hosts;
        });
    }

    /** Vulnerabilities of which findings are held, by how many hosts; limit and offset as in {@link #hosts}. */
    public List<Vulnerability> vulnerabilities(int runId, int limit, int offset) {
        return Transaction.run(database, "list what run " + runId + " held", connection -> {
            List<Vulnerability> vulnerabilities = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    select d.external_finding_id, d.cve_id, d.severity, held.hosts
                    from (select definition_id, count(*)::int as hosts
                          from pending_closure p, unnest(p.definitions) as definition_id
                          where p.run_id = ? group by definition_id) held
                    join definition d using (definition_id)
                    order by held.hosts desc, d.severity desc nulls last, d.definition_id
                    limit ? offset ?""")) {
                select.setInt(1, runId);
                select.setInt(2, limit);
                select.setInt(3, offset);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        vulnerabilities.add(new Vulnerability(
                                row.getString(1),
                                Optional.ofNullable(row.getString(2)),
                                Optional.ofNullable(row.getObject(3, Integer.class)),
                                row.getInt(4)));
                    }
                }
            }
            return vulnerabilities;
        });
    }

    /** Closes what the run held, as of that run, which counts as complete from then on. All of it or nothing. */
    public Outcome confirm(int runId, String author) {
        return Transaction.run(database, "confirm what run " + runId + " held", connection -> {
            InventoryLock.share(connection);
            Optional<Outcome> refusal = decide(connection, runId, Held.State.CONFIRMED, author);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            Closing closing = new Closing(connection, runId);
            PendingClosures pending = new PendingClosures(connection, runId);
            RunCounts counts = RunCounts.NONE;
            for (var some = pending.some(false); !some.isEmpty(); some = pending.some(false)) {
                counts = counts.plus(closing.findings(some));
            }
            for (var some = pending.some(true); !some.isEmpty(); some = pending.some(true)) {
                counts = counts.plus(closing.hosts(
                        some.stream().map(PendingClosures.Absent::recordId).toList()));
                pending.forget(some);
            }
            PendingClosures.complete(connection, runId);
            complete(connection, runId, counts);
            return new Outcome.Done(read(connection, runId).orElseThrow());
        });
    }

    /** Lets everything be as it is; the connection's next run looks again. */
    public Outcome reject(int runId, String author) {
        return Transaction.run(database, "reject what run " + runId + " held", connection -> {
            Optional<Outcome> refusal = decide(connection, runId, Held.State.REJECTED, author);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            new PendingClosures(connection, runId).forgetAll();
            return new Outcome.Done(read(connection, runId).orElseThrow());
        });
    }

    /** Empty if it was for this caller to decide. A run that begins meanwhile waits for the decision, or was first. */
    private Optional<Outcome> decide(Connection connection, int runId, Held.State state, String author)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("""
                select from connection where connection_id = (select connection_id from run where run_id = ?)
                for update""")) {
            lock.setInt(1, runId);
            lock.executeQuery().close();
        }
        try (PreparedStatement update = connection.prepareStatement("""
                update held_closure set state = ?, decided_by = ?, decided_at = ?
                where run_id = ? and state = 'HELD'""")) {
            update.setString(1, state.name());
            update.setString(2, author);
            update.setTimestamp(3, Timestamp.from(clock.instant()));
            update.setInt(4, runId);
            if (update.executeUpdate() == 1) {
                return Optional.empty();
            }
        }
        return Optional.of(
                read(connection, runId).<Outcome>map(Outcome.Decided::new).orElseGet(Outcome.Missing::new));
    }

    private static void complete(Connection connection, int runId, RunCounts closed) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update run set state = ?, missing = '{}', counts = counts || jsonb_build_object(
                    'findingsFixed', coalesce((counts->>'findingsFixed')::bigint, 0) + ?,
                    'findingsUnchanged', coalesce((counts->>'findingsUnchanged')::bigint, 0) + ?,
                    'assetsRetired', coalesce((counts->>'assetsRetired')::bigint, 0) + ?)
                where run_id = ?""")) {
            update.setString(1, RunState.PROCESSED.name());
            update.setLong(2, closed.findingsFixed());
            update.setLong(3, closed.findingsUnchanged());
            update.setLong(4, closed.assetsRetired());
            update.setInt(5, runId);
            update.executeUpdate();
        }
    }

    private static Optional<Held> read(Connection connection, int runId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select " + COLUMNS + " from held_closure where run_id = ?")) {
            select.setInt(1, runId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(held(row)) : Optional.empty();
            }
        }
    }

    private static Held held(ResultSet row) throws SQLException {
        return new Held(
                row.getInt(1),
                Held.State.valueOf(row.getString(2)),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                Optional.ofNullable(row.getString(7)),
                Optional.ofNullable(row.getTimestamp(8)).map(Timestamp::toInstant));
    }
}
