// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Who may say which records are one host, on all servers of a database. Each lock lasts until the transaction's end. */
final class InventoryLock {

    private InventoryLock() {}

    /** Of a batch of a run: several at a time, none while people move records. */
    static void share(Connection connection) throws SQLException {
        execute(connection, "select pg_advisory_xact_lock_shared(1163152197, 1)");
    }

    /**
     * Of who moves records: waits for the batches under way. A first load that goes on afterwards knows nothing of the moves,
     * and finds assets by the indexes from then on.
     */
    static void takeWhole(Connection connection) throws SQLException {
        pause(connection);
        for (LateIndex index : LateIndex.IDENTIFYING) {
            index.build(connection);
        }
    }

    /** Of who deletes history: a batch that has read it writes before, or reads it again. */
    static void pause(Connection connection) throws SQLException {
        execute(connection, "select pg_advisory_xact_lock(1163152197, 1)");
    }

    /** Of a batch with new records: two at a time would not see each other's, and make two assets of one host. */
    static void identify(Connection connection) throws SQLException {
        execute(connection, "select pg_advisory_xact_lock(1163152197, 2)");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
