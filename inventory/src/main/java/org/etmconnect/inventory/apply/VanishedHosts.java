// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;

/**
 * Deletes what hosts have left that their connection no longer reports, once they were unseen for as many days as the
 * connection keeps them. Only retired hosts are deleted, and only a complete run retires; so nothing is deleted because a
 * tenant could not be reached. Safe for use by several threads.
 */
public final class VanishedHosts {

    /** Any number that nothing else in the database locks. */
    private static final long LOCK = 7_204_551_002L;

    private static final int AT_ONCE = 500;

    private final DataSource database;
    private final InstantSource clock;

    public VanishedHosts(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Until the transaction's end no host is deleted, so that a record cannot join an asset that is on its way out. */
    static void stay(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock_shared(" + LOCK + ")");
        }
    }

    /**
     * Deletes all whose time is over, some hundred in each transaction.
     *
     * @return how many source records
     */
    public long delete() {
        long deleted = 0;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int some;
                do {
                    some = deleteSome(connection);
                    connection.commit();
                    deleted += some;
                } while (some == AT_ONCE);
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new DatabaseException("delete hosts that vanished", failure);
        }
        return deleted;
    }

    private int deleteSome(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
        }
        List<Integer> records = new ArrayList<>();
        Set<Integer> assets = new LinkedHashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select s.source_record_id, s.asset_id
                from source_record s
                join connection c using (connection_id)
                join run r on r.run_id = s.last_seen_run
                where s.retired_run is not null
                  and r.observed_at < ?::timestamptz - make_interval(days => c.retention_days)
                order by s.source_record_id limit ?""")) {
            select.setTimestamp(1, Timestamp.from(clock.instant()));
            select.setInt(2, AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    records.add(row.getInt(1));
                    assets.add(row.getInt(2));
                }
            }
        }
        if (records.isEmpty()) {
            return 0;
        }
        Array ids = connection.createArrayOf("int4", records.toArray());
        for (String table : List.of("finding_cohort", "identification_log", "source_record")) {
            update(connection, "delete from " + table + " where source_record_id = any (?)", ids);
        }
        Set<Integer> left = new HashSet<>(assets);
        try (PreparedStatement delete = connection.prepareStatement("""
                delete from asset a
                where a.asset_id = any (?) and not exists (select from source_record s where s.asset_id = a.asset_id)
                returning a.asset_id""")) {
            delete.setArray(1, connection.createArrayOf("int4", assets.toArray()));
            try (ResultSet row = delete.executeQuery()) {
                while (row.next()) {
                    left.remove(row.getInt(1));
                }
            }
        }
        assets.removeAll(left);
        // Not what the log says of them: it is of records that live on in other assets.
        update(
                connection,
                "delete from open_by_severity where asset_id = any (?)",
                connection.createArrayOf("int4", assets.toArray()));
        if (!left.isEmpty()) {
            new AssetTable(connection, new DocumentCodec()).merge(left, newestRun(connection));
        }
        return records.size();
    }

    private static void update(Connection connection, String sql, Array ids) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setArray(1, ids);
            update.executeUpdate();
        }
    }

    private static int newestRun(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select max(last_applied_run) from connection")) {
            row.next();
            return row.getInt(1);
        }
    }
}
