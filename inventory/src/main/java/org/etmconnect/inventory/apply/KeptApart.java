// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** From which assets the new records of a batch were split: records that were forgotten and come back. */
final class KeptApart {

    private record Other(int connectionId, String nativeKey) {}

    private final int connectionId;
    private final Map<String, Set<Integer>> assetsByKey = new HashMap<>();
    private final Map<String, List<Other>> othersByKey = new HashMap<>();
    private final Map<String, Integer> placed = new HashMap<>();

    private KeptApart(int connectionId) {
        this.connectionId = connectionId;
    }

    static KeptApart load(Connection connection, int connectionId, List<String> nativeKeys) throws SQLException {
        KeptApart apart = new KeptApart(connectionId);
        try (PreparedStatement select = connection.prepareStatement("""
                select mine.native_key, other.connection_id, other.native_key, s.asset_id
                from identification_split_record mine
                join identification_operation o on o.operation_id = mine.operation_id and o.undone_by is null
                join identification_split_record other
                    on other.operation_id = mine.operation_id and other.leaves <> mine.leaves
                left join source_record s
                    on s.connection_id = other.connection_id and s.native_key = other.native_key
                where mine.connection_id = ? and mine.native_key = any (?)""")) {
            select.setInt(1, connectionId);
            select.setArray(2, connection.createArrayOf("text", nativeKeys.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String key = row.getString(1);
                    apart.othersByKey
                            .computeIfAbsent(key, _ -> new ArrayList<>())
                            .add(new Other(row.getInt(2), row.getString(3)));
                    int asset = row.getInt(4);
                    if (!row.wasNull()) {
                        apart.assetsByKey
                                .computeIfAbsent(key, _ -> new HashSet<>())
                                .add(asset);
                    }
                }
            }
        }
        return apart;
    }

    /** The assets that a record is never joined with. */
    Set<Integer> of(String nativeKey) {
        List<Other> others = othersByKey.getOrDefault(nativeKey, List.of());
        if (others.isEmpty()) {
            return Set.of();
        }
        Set<Integer> assets = new HashSet<>(assetsByKey.getOrDefault(nativeKey, Set.of()));
        for (Other other : others) {
            Integer asset = other.connectionId() == connectionId ? placed.get(other.nativeKey()) : null;
            if (asset != null) {
                assets.add(asset);
            }
        }
        return assets;
    }

    /** Notes where a record of this batch went. */
    void placed(String nativeKey, int assetId) {
        if (!othersByKey.isEmpty()) {
            placed.put(nativeKey, assetId);
        }
    }
}
