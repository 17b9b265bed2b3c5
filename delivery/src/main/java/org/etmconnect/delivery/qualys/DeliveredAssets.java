// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.etmconnect.delivery.records.InventoryReader;
import org.etmconnect.inventory.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * What a destination holds of us, as far as we know. A batch is announced here before it is sent: if its answer is lost,
 * the next delivery still knows what may have got there. Safe for use by several threads.
 */
final class DeliveredAssets {

    private final DataSource database;
    private final int destinationId;

    DeliveredAssets(DataSource database, int destinationId) {
        this.database = database;
        this.destinationId = destinationId;
    }

    /**
     * What is known of one asset there.
     *
     * @param fingerprint of what was accepted last; null if that is not known for certain
     * @param findings definitions that may be open there, ascending
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Known(byte @Nullable [] fingerprint, int[] findings) {
        boolean is(byte[] other) {
            return Arrays.equals(fingerprint, other);
        }
    }

    /** What becomes of one asset there. */
    @SuppressWarnings("ArrayRecordComponent")
    record Change(String key, byte @Nullable [] fingerprint, int[] findings) {}

    Map<String, Known> known(Connection connection, Collection<String> keys) throws SQLException {
        Map<String, Known> known = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select native_key, fingerprint, findings from delivered_asset
                where destination_id = ? and native_key = any (?)""")) {
            select.setInt(1, destinationId);
            select.setArray(2, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    known.put(row.getString(1), new Known(row.getBytes(2), ints(row.getArray(3))));
                }
            }
        }
        return known;
    }

    Map<String, Known> known(Collection<String> keys) {
        return Transaction.run(
                database, "read what destination " + destinationId + " holds", connection -> known(connection, keys));
    }

    /** Keys of what is there and no active asset has any more. */
    List<String> gone(Connection connection) throws SQLException {
        List<String> gone = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("select native_key from delivered_asset where destination_id = ? except ("
                        + InventoryReader.ACTIVE_KEYS + ") order by 1")) {
            select.setInt(1, destinationId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    gone.add(row.getString(1));
                }
            }
        }
        return gone;
    }

    /** Writes what is so from now on. */
    void save(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        Transaction.run(database, "note what is sent to destination " + destinationId, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into delivered_asset (destination_id, native_key, fingerprint, findings)
                    values (?, ?, ?, ?)
                    on conflict (destination_id, native_key)
                    do update set fingerprint = excluded.fingerprint, findings = excluded.findings""")) {
                for (Change change : changes) {
                    insert.setInt(1, destinationId);
                    insert.setString(2, change.key());
                    insert.setBytes(3, change.fingerprint());
                    insert.setArray(
                            4,
                            connection.createArrayOf(
                                    "int4",
                                    Arrays.stream(change.findings()).boxed().toArray()));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            return true;
        });
    }

    /** Of these nothing more is known or to be told. */
    void forget(Collection<String> keys) {
        Transaction.run(database, "forget what destination " + destinationId + " held", connection -> {
            try (PreparedStatement delete = connection.prepareStatement(
                    "delete from delivered_asset where destination_id = ? and native_key = any (?)")) {
                delete.setInt(1, destinationId);
                delete.setArray(2, connection.createArrayOf("text", keys.toArray()));
                return delete.executeUpdate();
            }
        });
    }

    private static int[] ints(Array array) throws SQLException {
        return Arrays.stream((Integer[]) array.getArray())
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
