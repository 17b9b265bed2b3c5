// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.events.ChangeKind;
import org.etmconnect.inventory.events.Outbox;
import org.jspecify.annotations.Nullable;

/** Moves source records between assets, because people decided so. Used within one transaction. */
final class RecordMoves {

    private static final int MERGE_AT_ONCE = 5_000;

    private final Connection connection;
    private final int operationId;
    private final Outbox outbox;
    private final Set<Integer> made = new TreeSet<>();

    /**
     * A record that moves.
     *
     * @param rule the rule that joins it to its new asset; null if none does
     * @param matched the values on which it agrees there, JSON by attribute; null if none
     */
    record Move(
            int recordId,
            int fromAsset,
            int toAsset,
            @Nullable String rule,
            @Nullable String matched) {}

    private RecordMoves(Connection connection, int operationId) {
        this.connection = connection;
        this.operationId = operationId;
        this.outbox = new Outbox(connection);
    }

    static RecordMoves begin(Connection connection, String kind, String author, Instant at, String reason)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into identification_operation (kind, author, at, reason) values (?, ?, ?, ?) returning operation_id")) {
            insert.setString(1, kind);
            insert.setString(2, author);
            insert.setTimestamp(3, Timestamp.from(at));
            insert.setString(4, reason);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return new RecordMoves(connection, row.getInt(1));
            }
        }
    }

    int operationId() {
        return operationId;
    }

    /** Ids for new assets, which {@link #move} fills. */
    int[] newAssets(int count) throws SQLException {
        int[] ids = new int[count];
        try (PreparedStatement select = connection.prepareStatement(
                "select nextval(pg_get_serial_sequence('asset', 'asset_id')) from generate_series(1, ?)")) {
            select.setInt(1, count);
            try (ResultSet row = select.executeQuery()) {
                for (int i = 0; row.next(); i++) {
                    ids[i] = row.getInt(1);
                }
            }
        }
        if (count > 0) {
            execute(
                    "insert into asset (asset_id, created_run, updated_run)"
                            + " select id, 0, 0 from unnest(?::int[]) as id",
                    array(java.util.Arrays.stream(ids).boxed().toArray()));
        }
        java.util.Arrays.stream(ids).forEach(made::add);
        return ids;
    }

    /** Moves the records, works their assets out anew and forgets those that are left without any. */
    void move(List<Move> moves) throws SQLException {
        if (moves.isEmpty()) {
            return;
        }
        Array from = array(moves.stream().map(Move::fromAsset).toArray());
        Array to = array(moves.stream().map(Move::toAsset).toArray());
        Array record = array(moves.stream().map(Move::recordId).toArray());
        OpenCounts.move(connection, record, from, to);
        execute(
                "update source_record s set asset_id = m.asset_id"
                        + " from unnest(?::int[], ?::int[]) as m(record_id, asset_id)"
                        + " where s.source_record_id = m.record_id",
                record,
                to);
        log(moves);
        Set<Integer> affected = new TreeSet<>();
        moves.forEach(move -> {
            affected.add(move.fromAsset());
            affected.add(move.toAsset());
        });
        // Where an asset went: to the asset that has the first of the records that were its own.
        Array ids = array(affected.toArray());
        OpenCounts.recount(connection, ids);
        Set<Integer> emptied = ints("""
                select id from unnest(?::int[]) as id
                where not exists (select from source_record s where s.asset_id = id)""", ids);
        Array gone = array(emptied.toArray());
        execute("""
                insert into asset_merge (asset_id, merged_into, operation_id)
                select distinct on (m.from_asset) m.from_asset, m.to_asset, ?::int
                from unnest(?::int[], ?::int[], ?::int[]) as m(from_asset, to_asset, record_id)
                where m.from_asset = any (?)
                order by m.from_asset, m.record_id""", operationId, from, to, record, gone);
        execute("""
                update asset_merge old set merged_into = new.merged_into
                from asset_merge new
                where old.merged_into = new.asset_id and new.operation_id = ?""", operationId);
        outbox.merged(operationId);
        Set<Integer> retiredBefore = retired(ids);
        execute("delete from open_by_severity where asset_id = any (?)", gone);
        execute("delete from asset where asset_id = any (?)", gone);
        affected.removeAll(emptied);
        int newestRun =
                ints("select coalesce(max(run_id), 0) from run").iterator().next();
        AssetTable assets = new AssetTable(connection, new DocumentCodec());
        List<Integer> left = List.copyOf(affected);
        for (int at = 0; at < left.size(); at += MERGE_AT_ONCE) {
            assets.merge(new TreeSet<>(left.subList(at, Math.min(left.size(), at + MERGE_AT_ONCE))), newestRun, null);
        }
        execute("""
                update asset a
                set created_run = case when a.created_run = 0 then r.created_run else least(a.created_run, r.created_run) end,
                    retired_run = case when r.live then null else r.retired_run end
                from (select s.asset_id, min(s.created_run) as created_run, bool_or(s.retired_run is null) as live,
                             max(s.retired_run) as retired_run
                      from source_record s where s.asset_id = any (?) group by s.asset_id) r
                where r.asset_id = a.asset_id""", array(left.toArray()));
        made.retainAll(affected);
        outbox.assets(ChangeKind.ASSET_NEW, made, null);
        outbox.moved(
                moves.stream().map(Move::recordId).toList(),
                moves.stream().map(Move::fromAsset).toList(),
                moves.stream().map(Move::toAsset).toList(),
                emptied);
        Set<Integer> retired = retired(array(left.toArray()));
        retired.removeAll(retiredBefore);
        outbox.assets(ChangeKind.ASSET_RETIRED, retired, null);
    }

    private Set<Integer> retired(Array assetIds) throws SQLException {
        return ints("select asset_id from asset where asset_id = any (?) and retired_run is not null", assetIds);
    }

    private void log(List<Move> moves) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(
                connection,
                "identification_log",
                List.of("asset_id", "source_record_id", "operation_id", "from_asset_id", "rule", "matched"))) {
            for (Move move : moves) {
                copy.startRow()
                        .writeInt(move.toAsset())
                        .writeInt(move.recordId())
                        .writeInt(operationId)
                        .writeInt(move.fromAsset())
                        .writeText(move.rule())
                        .writeJsonb(move.matched());
            }
            copy.finish();
        }
    }

    private Array array(Object[] ints) throws SQLException {
        return connection.createArrayOf("int4", ints);
    }

    private Set<Integer> ints(String sql, Object... parameters) throws SQLException {
        Set<Integer> values = new TreeSet<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    values.add(row.getInt(1));
                }
            }
        }
        return values;
    }

    private void execute(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
