// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Transaction;

/**
 * Splits assets by hand, for good: no run and no re-identification joins again what a split holds apart. Safe for use by
 * several threads. Every method throws {@link DatabaseException} if the database does not answer.
 */
public final class AssetSplits {

    private final DataSource database;
    private final InstantSource clock;

    /**
     * @param database its schema is migrated
     * @param clock gives the time of a split
     */
    public AssetSplits(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Gives some records of an asset a new asset of their own.
     *
     * @param leaving ids of the records that leave
     * @param author who wants it
     * @param reason why; may be empty
     */
    public SplitOutcome split(int assetId, Set<Integer> leaving, String author, String reason) {
        return Transaction.run(database, "split asset " + assetId, connection -> {
            InventoryLock.takeWhole(connection);
            Map<Integer, AssetSplit.Key> records = records(connection, assetId);
            if (records.isEmpty()) {
                return new SplitOutcome.Missing("asset " + assetId);
            }
            Set<Integer> foreign = new LinkedHashSet<>(leaving);
            foreign.removeAll(records.keySet());
            if (!foreign.isEmpty()) {
                return new SplitOutcome.Refused("Asset " + assetId + " has no record " + join(foreign)
                        + ". Its records are " + join(records.keySet()) + ".");
            }
            if (leaving.isEmpty() || leaving.size() == records.size()) {
                return new SplitOutcome.Refused("Choose some of the records " + join(records.keySet()) + " of asset "
                        + assetId + ", not all of them and not none.");
            }
            RecordMoves moves = RecordMoves.begin(connection, "SPLIT", author, clock.instant(), reason);
            int newAsset = moves.newAssets(1)[0];
            try (PreparedStatement update = connection.prepareStatement(
                    "update identification_operation set asset_id = ?, split_asset_id = ? where operation_id = ?")) {
                update.setInt(1, assetId);
                update.setInt(2, newAsset);
                update.setInt(3, moves.operationId());
                update.executeUpdate();
            }
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into identification_split_record (operation_id, connection_id, native_key, leaves)
                    select ?, connection_id, native_key, source_record_id = any (?)
                    from source_record where asset_id = ?""")) {
                insert.setInt(1, moves.operationId());
                insert.setArray(2, connection.createArrayOf("int4", leaving.toArray()));
                insert.setInt(3, assetId);
                insert.executeUpdate();
            }
            moves.move(leaving.stream()
                    .sorted()
                    .map(record -> new RecordMoves.Move(record, assetId, newAsset, null, null))
                    .toList());
            return new SplitOutcome.Done(splits(connection, Optional.of(moves.operationId()), Optional.empty(), 1)
                    .getFirst());
        });
    }

    /** Undoes a split: what left goes back, with whatever joined it since. */
    public SplitOutcome undo(int splitId, String author) {
        return Transaction.run(database, "undo split " + splitId, connection -> {
            InventoryLock.takeWhole(connection);
            Optional<AssetSplit> found = splits(connection, Optional.of(splitId), Optional.empty(), 1).stream()
                    .findFirst();
            if (found.isEmpty()) {
                return new SplitOutcome.Missing("split " + splitId);
            }
            AssetSplit split = found.get();
            if (split.undoneAt().isPresent()) {
                return new SplitOutcome.Refused("Split " + splitId + " was undone already.");
            }
            int asset = current(connection, split.assetId());
            int splitAsset = current(connection, split.splitAssetId());
            Map<Integer, AssetSplit.Key> returning = asset == splitAsset ? Map.of() : records(connection, splitAsset);
            if (records(connection, asset).isEmpty()) {
                returning = Map.of();
            }
            if (!returning.isEmpty()) {
                Optional<Integer> other = otherSplit(connection, splitId, asset, splitAsset);
                if (other.isPresent()) {
                    return new SplitOutcome.Refused("Split " + other.get() + " keeps records of asset " + asset
                            + " and asset " + splitAsset + " apart too. Undo that one first.");
                }
            }
            RecordMoves moves = RecordMoves.begin(connection, "UNSPLIT", author, clock.instant(), "");
            try (PreparedStatement update = connection.prepareStatement("""
                    update identification_operation
                    set undone_by = case when operation_id = ? then ? end,
                        asset_id = ?, split_asset_id = ?
                    where operation_id in (?, ?)""")) {
                update.setInt(1, splitId);
                update.setInt(2, moves.operationId());
                update.setInt(3, split.assetId());
                update.setInt(4, split.splitAssetId());
                update.setInt(5, splitId);
                update.setInt(6, moves.operationId());
                update.executeUpdate();
            }
            moves.move(returning.keySet().stream()
                    .map(record -> new RecordMoves.Move(record, splitAsset, asset, null, null))
                    .toList());
            return new SplitOutcome.Done(splits(connection, Optional.of(splitId), Optional.empty(), 1)
                    .getFirst());
        });
    }

    /**
     * Splits, the newest first.
     *
     * @param assetId only those of this asset, as the one that stayed or the one that was made
     * @param limit at most so many
     */
    public List<AssetSplit> list(Optional<Integer> assetId, int limit) {
        return Transaction.run(
                database, "list the splits", connection -> splits(connection, Optional.empty(), assetId, limit));
    }

    /** The asset that an asset's records belong to now, if it is no more because it was merged. */
    public Optional<Integer> mergedInto(int assetId) {
        return Transaction.run(database, "look where asset " + assetId + " went", connection -> {
            int now = current(connection, assetId);
            return now == assetId ? Optional.empty() : Optional.of(now);
        });
    }

    private static int current(Connection connection, int assetId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select merged_into from asset_merge where asset_id = ?")) {
            select.setInt(1, assetId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : assetId;
            }
        }
    }

    private static Map<Integer, AssetSplit.Key> records(Connection connection, int assetId) throws SQLException {
        Map<Integer, AssetSplit.Key> records = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select source_record_id, connection_id, native_key from source_record where asset_id = ?")) {
            select.setInt(1, assetId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    records.put(row.getInt(1), new AssetSplit.Key(row.getInt(2), row.getString(3)));
                }
            }
        }
        return records;
    }

    private static Optional<Integer> otherSplit(Connection connection, int but, int oneAsset, int otherAsset)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select o.operation_id
                from identification_operation o
                join identification_split_record p on p.operation_id = o.operation_id
                join source_record s on s.connection_id = p.connection_id and s.native_key = p.native_key
                where o.undone_by is null and o.operation_id <> ? and s.asset_id in (?, ?)
                group by o.operation_id
                having count(distinct p.leaves) = 2
                order by o.operation_id limit 1""")) {
            select.setInt(1, but);
            select.setInt(2, oneAsset);
            select.setInt(3, otherAsset);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
            }
        }
    }

    private static List<AssetSplit> splits(
            Connection connection, Optional<Integer> splitId, Optional<Integer> assetId, int limit)
            throws SQLException {
        List<AssetSplit> splits = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select o.*, undo.at as undone_at
                from identification_operation o
                left join identification_operation undo on undo.operation_id = o.undone_by
                where o.kind = 'SPLIT' and o.operation_id = coalesce(?::int, o.operation_id)
                  and (?::int is null or ? in (o.asset_id, o.split_asset_id))
                order by o.operation_id desc limit ?""")) {
            select.setObject(1, splitId.orElse(null));
            select.setObject(2, assetId.orElse(null));
            select.setInt(3, assetId.orElse(0));
            select.setInt(4, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    int id = row.getInt("operation_id");
                    splits.add(new AssetSplit(
                            id,
                            row.getInt("asset_id"),
                            row.getInt("split_asset_id"),
                            row.getString("author"),
                            row.getTimestamp("at").toInstant(),
                            row.getString("reason"),
                            keys(connection, id, false),
                            keys(connection, id, true),
                            Optional.ofNullable(row.getTimestamp("undone_at")).map(java.sql.Timestamp::toInstant)));
                }
            }
        }
        return splits;
    }

    private static List<AssetSplit.Key> keys(Connection connection, int splitId, boolean leaves) throws SQLException {
        List<AssetSplit.Key> keys = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select connection_id, native_key from identification_split_record
                where operation_id = ? and leaves = ? order by connection_id, native_key""")) {
            select.setInt(1, splitId);
            select.setBoolean(2, leaves);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keys.add(new AssetSplit.Key(row.getInt(1), row.getString(2)));
                }
            }
        }
        return keys;
    }

    private static String join(Set<Integer> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
