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
        long databaseBytes) {

    public Statistics {
        runs = Map.copyOf(runs);
        quotaLeft = Map.copyOf(quotaLeft);
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
            try (PreparedStatement select = connection.prepareStatement("""
                            select coalesce(sum((counts ->> 'apiCalls')::bigint), 0),
                                   coalesce(sum((counts ->> 'throttled')::bigint), 0),
                                   coalesce(sum((counts ->> 'pagesFetched')::bigint), 0),
                                   coalesce(sum((counts ->> 'recordsRead')::bigint), 0),
                                   coalesce(sum((counts ->> 'quarantined')::bigint), 0),
                                   (select coalesce(sum(open_findings), 0) from definition_count),
                                   pg_database_size(current_database())
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
                        row.getLong(7));
            }
        } catch (SQLException e) {
            throw new DatabaseException("read numbers for monitoring", e);
        }
    }
}
