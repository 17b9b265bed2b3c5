// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.runs.RunState;

/**
 * Numbers for those who watch a server. They are the database's, so all its servers say the same.
 *
 * @param runs how many runs there are in each state
 * @param apiCalls requests spent on vendors, over all runs kept
 * @param throttled how many of them were told to be slower
 * @param pages pages stored
 * @param records hosts read
 * @param quarantined rows, records and findings that could not be used
 * @param quotaLeft what a vendor's quota had left, as last said, by connection
 * @param openFindings findings that are open
 * @param warnings what runs said of the vendors' answers
 * @param pending what event destinations are still to be told, by destination
 * @param databaseBytes size of the database on disk
 */
public record Statistics(
        Map<RunState, Long> runs,
        long apiCalls,
        long throttled,
        long pages,
        long records,
        long quarantined,
        Map<Integer, Double> quotaLeft,
        long openFindings,
        long databaseBytes,
        long warnings,
        Map<Integer, Pending> pending) {

    private static final int MOST_COUNTED = 100_000;

    /**
     * What one destination is still to be told.
     *
     * @param events how many events wait; of more than 100,000 rows those are counted
     * @param oldestSeconds how long the oldest one has waited; 0 if none waits
     */
    public record Pending(long events, double oldestSeconds) {}

    public Statistics {
        runs = Map.copyOf(runs);
        quotaLeft = Map.copyOf(quotaLeft);
        pending = Map.copyOf(pending);
    }

    /** Reads them all; takes a few milliseconds. */
    public static Statistics read(DataSource database) {
        try (Connection connection = database.getConnection()) {
            Map<RunState, Long> runs = new EnumMap<>(RunState.class);
            try (PreparedStatement select =
                            connection.prepareStatement("select state, count(*) from run group by state");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    runs.put(RunState.valueOf(row.getString(1)), row.getLong(2));
                }
            }
            Map<Integer, Double> quotaLeft = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement("""
                            select distinct on (connection_id) connection_id, (activity #>> '{quota,left}')::float8
                            from run
                            where activity #>> '{quota,left}' is not null
                            order by connection_id, run_id desc""");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    quotaLeft.put(row.getInt(1), row.getDouble(2));
                }
            }
            Map<Integer, Pending> pending = pending(connection);
            try (PreparedStatement select = connection.prepareStatement("""
                            select coalesce(sum((counts ->> 'apiCalls')::bigint), 0),
                                   coalesce(sum((counts ->> 'throttled')::bigint), 0),
                                   coalesce(sum((counts ->> 'pagesFetched')::bigint), 0),
                                   coalesce(sum((counts ->> 'recordsRead')::bigint), 0),
                                   coalesce(sum((counts ->> 'quarantined')::bigint), 0),
                                   (select coalesce(sum(open_findings), 0) from definition_count),
                                   pg_database_size(current_database()),
                                   (select count(*) from run_shape, jsonb_array_elements(warnings) warning
                                    where warnings <> '[]' and warning ->> 'kind' <> 'FIELD_NEW')
                            from run""");
                    ResultSet row = select.executeQuery()) {
                row.next();
                return new Statistics(
                        runs,
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        quotaLeft,
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8),
                        pending);
            }
        } catch (SQLException e) {
            throw new DatabaseException("read numbers for monitoring", e);
        }
    }

    private static Map<Integer, Pending> pending(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select d.destination_id, waiting.events, waiting.oldest
                from destination d
                cross join lateral (
                    select coalesce(sum(greatest(1, cardinality(definitions) - sent)), 0) as events,
                           coalesce(greatest(0, extract(epoch from clock_timestamp() - min(at))), 0)::float8 as oldest
                    from (select definitions, sent, at from change_event e
                          where e.destination_id = d.destination_id order by event_id limit ?) e) waiting
                where d.events <> '{}'""")) {
            select.setInt(1, MOST_COUNTED);
            Map<Integer, Pending> pending = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    pending.put(row.getInt(1), new Pending(row.getLong(2), row.getDouble(3)));
                }
            }
            return pending;
        }
    }
}
