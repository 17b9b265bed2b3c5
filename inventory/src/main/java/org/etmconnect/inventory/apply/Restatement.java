// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.SQLException;
import org.etmconnect.inventory.configuration.Sql;

/** Tells one event destination all that is there, for one that begins late or has lost something. */
public final class Restatement {

    private Restatement() {}

    /**
     * Writes it down as part of the caller's transaction; runs wait until that ends. Does nothing for a destination that is
     * not told of the inventory.
     */
    public static void write(Connection connection, int destinationId) throws SQLException {
        Sql sql = new Sql(connection);
        boolean told = sql.first(
                        "select 'INVENTORY' = any (events) from destination where destination_id = ?",
                        row -> row.getBoolean(1),
                        destinationId)
                .orElse(false);
        if (!told) {
            return;
        }
        // else a run could be noted as having changed what is stated here without its change
        InventoryLock.takeWhole(connection);
        sql.update("""
                delete from change_event
                where destination_id = ? and kind in ('ASSET_PRESENT', 'FINDING_PRESENT')
                """, destinationId);
        sql.update("""
                insert into change_event (destination_id, kind, asset_id)
                select ?, case when retired_run is null then 'ASSET_PRESENT' else 'ASSET_RETIRED' end, asset_id
                from asset order by asset_id
                """, destinationId);
        sql.update("""
                insert into change_event (destination_id, kind, asset_id, source_record_id, definitions)
                select ?, 'FINDING_PRESENT', s.asset_id, s.source_record_id,
                       array(select d from definition_ids(c.block, c.definitions) d)
                from finding_cohort c join source_record s using (source_record_id)
                where c.fixed_run is null order by s.asset_id
                """, destinationId);
    }
}
