// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source record as the database has it. */
@SuppressWarnings("ArrayRecordComponent") // fingerprints, compared by content where they are compared
record Known(int id, int assetId, byte[] fingerprint, byte @Nullable [] findingsFingerprint, boolean retired) {

    /** Those of a connection's records that are known, by their keys. */
    static Map<String, Known> read(Connection connection, int connectionId, Collection<String> nativeKeys)
            throws SQLException {
        Map<String, Known> known = new HashMap<>();
        if (nativeKeys.isEmpty()) {
            return known;
        }
        try (PreparedStatement select = connection.prepareStatement("""
                select native_key, source_record_id, asset_id, fingerprint, findings_fingerprint, retired_run is not null
                from source_record
                where connection_id = ? and native_key = any (?)""")) {
            select.setInt(1, connectionId);
            select.setArray(2, connection.createArrayOf("text", nativeKeys.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    known.put(
                            row.getString(1),
                            new Known(
                                    row.getInt(2), row.getInt(3), row.getBytes(4), row.getBytes(5), row.getBoolean(6)));
                }
            }
        }
        return known;
    }

    /** The ids of a connection's records that are not retired and not in {@code seen}. */
    static List<Integer> liveExcept(Connection connection, int connectionId, BitSet seen) throws SQLException {
        List<Integer> missing = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select source_record_id from source_record where connection_id = ? and retired_run is null")) {
            select.setInt(1, connectionId);
            select.setFetchSize(50_000);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (!seen.get(row.getInt(1))) {
                        missing.add(row.getInt(1));
                    }
                }
            }
        }
        return missing;
    }
}
