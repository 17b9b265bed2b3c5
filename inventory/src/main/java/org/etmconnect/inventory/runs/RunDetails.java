// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;

/**
 * What runs and deliveries leave behind besides the inventory: logs, quarantine, the shapes of the vendor's answers with their
 * warnings, what a destination refused. The runs
 * themselves stay, since the inventory's history names them. Safe for use by several threads.
 */
public final class RunDetails {

    private static final int RUNS_AT_ONCE = 100;

    private final DataSource database;

    /** @param database whose schema is migrated */
    public RunDetails(DataSource database) {
        this.database = database;
    }

    /**
     * Deletes what is left of runs and deliveries that ended before {@code time}; nothing of a connection's newest run, which
     * says how things stand. Some runs in each transaction.
     *
     * @return how many rows of which table
     */
    public Map<String, Long> deleteBefore(Instant time) {
        Map<String, Long> deleted = new TreeMap<>();
        for (String table : List.of("run_log", "quarantine")) {
            deleted.put(table, delete(table, """
                    delete from %1$s where run_id in (
                        select r.run_id from run r
                        where r.finished_at < ?
                          and exists (select from run n where n.connection_id = r.connection_id and n.run_id > r.run_id)
                          and exists (select from %1$s d where d.run_id = r.run_id)
                        limit %2$d)""".formatted(table, RUNS_AT_ONCE), time));
        }
        // what later runs compare with is the newest complete one's
        deleted.put("run_shape", delete("run_shape", """
                delete from run_shape where run_id in (
                    select r.run_id from run r join run_shape d using (run_id)
                    where r.finished_at < ?
                      and exists (select from run n join run_shape m using (run_id)
                                  where n.connection_id = r.connection_id and n.run_id > r.run_id
                                    and n.sealed and n.state in ('PROCESSED', 'PROCESSED_INCOMPLETE'))
                    limit %d)""".formatted(RUNS_AT_ONCE), time));
        deleted.put("delivery_rejection", delete("delivery_rejection", """
                delete from delivery_rejection where delivery_id in (
                    select d.delivery_id from delivery d
                    where d.finished_at < ? and exists (select from delivery_rejection j where j.delivery_id = d.delivery_id)
                    limit %d)""".formatted(RUNS_AT_ONCE), time));
        return deleted;
    }

    private long delete(String table, String statement, Instant time) {
        long deleted = 0;
        int some;
        do {
            some = Transaction.run(database, "delete old rows of " + table, connection -> {
                try (PreparedStatement delete = connection.prepareStatement(statement)) {
                    delete.setObject(1, time.atOffset(ZoneOffset.UTC));
                    return delete.executeUpdate();
                }
            });
            deleted += some;
        } while (some > 0);
        return deleted;
    }
}
