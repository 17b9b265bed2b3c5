// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.events.ChangeKind;
import org.etmconnect.inventory.events.Outbox;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The table of assets. */
final class AssetTable {

    static final List<String> MERGED = List.of(
            "name",
            "domain",
            "type",
            "os_name",
            "os_version",
            "first_found",
            "addresses",
            "mac_addresses",
            "cloud_provider",
            "cloud_instance",
            "custom_attributes");

    private final Connection connection;
    private final DocumentCodec codec;
    private final Outbox outbox;

    record NewAsset(int id, AssetColumns columns) {}

    AssetTable(Connection connection, DocumentCodec codec) {
        this.connection = connection;
        this.codec = codec;
        this.outbox = new Outbox(connection);
    }

    void insert(List<NewAsset> newAssets, int run) throws SQLException {
        List<String> columns = new ArrayList<>(List.of("asset_id", "created_run", "updated_run"));
        columns.addAll(MERGED);
        try (BinaryCopy copy = BinaryCopy.into(connection, "asset", columns)) {
            for (NewAsset asset : newAssets) {
                write(copy.startRow().writeInt(asset.id()).writeInt(run).writeInt(run), asset.columns());
            }
            copy.finish();
        }
        outbox.assets(ChangeKind.ASSET_NEW, newAssets.stream().map(NewAsset::id).toList(), run);
    }

    /** Works assets out anew from their live source records; where all are retired, from all. */
    void merge(Set<Integer> assetIds, int run) throws SQLException {
        merge(assetIds, run, run);
    }

    /**
     * The same.
     *
     * @param run the run that they count as changed by
     * @param cause the run that changed them; null if people did
     */
    void merge(Set<Integer> assetIds, int run, @Nullable Integer cause) throws SQLException {
        if (assetIds.isEmpty()) {
            return;
        }
        lock(connection.createArrayOf("int4", assetIds.toArray()));
        Map<Integer, List<ObjectNode>> documents = new LinkedHashMap<>();
        Set<Integer> live = new LinkedHashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select asset_id, document, retired_run is null as live, native_key
                from source_record
                where asset_id = any (?)
                order by asset_id, live desc, source_record_id desc""")) {
            select.setArray(1, connection.createArrayOf("int4", assetIds.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    int assetId = row.getInt(1);
                    if (row.getBoolean(3)) {
                        live.add(assetId);
                    }
                    if (row.getBoolean(3) || !live.contains(assetId)) {
                        documents
                                .computeIfAbsent(assetId, id -> new ArrayList<>(1))
                                .add(codec.decompress(row.getBytes(2), row.getString(4)));
                    }
                }
            }
        }
        stage(documents);
        if (outbox.wanted()) {
            outbox.assets(ChangeKind.ASSET_RETURNED, retired(live), cause);
        }
        try (PreparedStatement update = connection.prepareStatement("""
                update asset a
                set (name, domain, type, os_name, os_version, first_found, addresses, mac_addresses, cloud_provider,
                     cloud_instance, custom_attributes, updated_run, retired_run)
                  = (m.name, m.domain, m.type, m.os_name, m.os_version, m.first_found, m.addresses, m.mac_addresses,
                     m.cloud_provider, m.cloud_instance, m.custom_attributes, ?,
                     case when a.asset_id = any (?) then null else a.retired_run end)
                from merged_asset m
                where a.asset_id = m.asset_id""")) {
            update.setInt(1, run);
            update.setArray(2, connection.createArrayOf("int4", live.toArray()));
            update.executeUpdate();
        }
        OpenCounts.restateSystems(connection, connection.createArrayOf("int4", assetIds.toArray()));
    }

    /**
     * Until the transaction's end nobody else works these assets out anew. To be done before their records are read: two runs
     * that each changed a record of one asset, and saw only their own change, would leave it as it never was.
     */
    private void lock(Array assetIds) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select from asset where asset_id = any (?) order by asset_id for update")) {
            select.setArray(1, assetIds);
            select.execute();
        }
    }

    /** Those of the assets that are retired. */
    private List<Integer> retired(Set<Integer> assetIds) throws SQLException {
        return new Sql(connection)
                .list(
                        "select asset_id from asset where asset_id = any (?) and retired_run is not null",
                        row -> row.getInt(1),
                        connection.createArrayOf("int4", assetIds.toArray()));
    }

    private void stage(Map<Integer, List<ObjectNode>> documents) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temporary table if not exists merged_asset (like asset) on commit delete rows");
            for (String column : List.of("created_run", "updated_run")) {
                statement.execute("alter table merged_asset alter column " + column + " drop not null");
            }
            statement.execute("truncate merged_asset");
        }
        List<String> columns = new ArrayList<>(List.of("asset_id"));
        columns.addAll(MERGED);
        try (BinaryCopy copy = BinaryCopy.into(connection, "merged_asset", columns)) {
            for (Map.Entry<Integer, List<ObjectNode>> asset : documents.entrySet()) {
                write(copy.startRow().writeInt(asset.getKey()), AssetColumns.merge(asset.getValue()));
            }
            copy.finish();
        }
    }

    /** Retires source records, and the assets that no connection reports any more; merges those that others still do. */
    void retire(Array recordIds, int run) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update source_record s
                set last_seen_run = greatest(s.last_seen_run, c.last_complete_run),
                    retired_run = ?,
                    findings_fingerprint = null
                from connection c
                where s.source_record_id = any (?) and c.connection_id = s.connection_id""")) {
            update.setInt(1, run);
            update.setArray(2, recordIds);
            update.executeUpdate();
        }
        Sql sql = new Sql(connection);
        Array assetIds = connection.createArrayOf(
                "int4",
                sql.list(
                                "select distinct asset_id from source_record where source_record_id = any (?)",
                                row -> row.getInt(1),
                                recordIds)
                        .toArray());
        lock(assetIds);
        Set<Integer> stillReported = new LinkedHashSet<>(sql.list(
                "select distinct asset_id from source_record where asset_id = any (?) and retired_run is null",
                row -> row.getInt(1),
                assetIds));
        List<Integer> retired = sql.list(
                """
                update asset
                set retired_run = ?
                where asset_id = any (?) and retired_run is null and not asset_id = any (?)
                returning asset_id
                """, row -> row.getInt(1), run, assetIds, connection.createArrayOf("int4", stillReported.toArray()));
        outbox.assets(ChangeKind.ASSET_RETIRED, retired, run);
        merge(stillReported, run);
    }

    static void write(BinaryCopy copy, AssetColumns columns) {
        copy.writeText(columns.name())
                .writeText(columns.domain())
                .writeText(columns.type())
                .writeText(columns.osName())
                .writeText(columns.osVersion())
                .writeInstant(columns.firstFound())
                .writeText(String.join("\n", columns.addresses()))
                .writeText(String.join("\n", columns.macAddresses()))
                .writeText(columns.cloudProvider())
                .writeText(columns.cloudInstance())
                .writeJsonb(columns.customAttributes());
    }
}
