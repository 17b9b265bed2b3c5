// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.delivery.records.AssetRecord.OpenFindings;
import org.etmconnect.inventory.AssetKeys;
import org.etmconnect.inventory.DefinitionBlock;
import org.etmconnect.inventory.Transaction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads assets with their open findings. Memory does not grow with the inventory. Safe for use by several threads. Every
 * method throws {@link org.etmconnect.inventory.DatabaseException} if the database does not answer.
 */
public final class InventoryReader {

    private static final int BATCH = 2_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The keys of all active assets. */
    public static final String ACTIVE_KEYS = "select " + AssetKeys.OF_RECORD + """
             from (
                select distinct on (asset_id) asset_id, connection_id, native_key
                from source_record where retired_run is null
                order by asset_id, source_record_id) s
            join asset a using (asset_id) where a.retired_run is null""";

    private final DataSource database;

    /** @param database whose schema is migrated */
    public InventoryReader(DataSource database) {
        this.database = database;
    }

    /** Takes what was read. */
    public interface Visitor {
        /**
         * Takes some assets.
         *
         * @param connection the transaction that they were read in, to read more of the same state
         */
        void take(Connection connection, List<AssetRecord> batch) throws SQLException;
    }

    /** What is done beside in the same transaction, after the last asset. */
    public interface Ending<T> {
        /** Does it. */
        T run(Connection connection) throws SQLException;
    }

    /** Shows the visitor all active assets, by their numbers, as they are at one moment. */
    public <T> T all(Visitor visitor, Ending<T> ending) {
        return Transaction.run(database, "read the inventory for a delivery", connection -> {
            begin(connection);
            Map<Integer, Instant> runs = runs(connection);
            int after = 0;
            while (true) {
                Map<Integer, Draft> drafts = assets(
                        connection, "retired_run is null and asset_id > ? order by asset_id limit " + BATCH, after);
                if (drafts.isEmpty()) {
                    return ending.run(connection);
                }
                after = drafts.keySet().stream().reduce(0, Math::max);
                visitor.take(connection, records(connection, drafts, runs));
                if (Thread.currentThread().isInterrupted()) {
                    throw new org.etmconnect.delivery.DeliveryStopped();
                }
            }
        });
    }

    /** Shows the visitor those of these assets that are active, in one batch, as they are now. */
    public void some(int[] ids, Visitor visitor) {
        Transaction.run(database, "read assets for a delivery", connection -> {
            begin(connection);
            Map<Integer, Draft> drafts =
                    assets(connection, "retired_run is null and asset_id = any (?) order by asset_id", ids);
            visitor.take(connection, records(connection, drafts, runs(connection)));
            return true;
        });
    }

    /** What is still known of an asset that was sent under this key and is not active under it. */
    public Optional<AssetRecord> former(String key) {
        return Transaction.run(database, "read an asset that is gone", connection -> {
            begin(connection);
            int id = 0;
            try (PreparedStatement select = connection.prepareStatement("select s.asset_id from connection o"
                    + " join source_record s on s.connection_id = o.connection_id and s.native_key in (?, ?) where "
                    + AssetKeys.OF_RECORD + " = ? limit 1")) {
                select.setString(1, key);
                select.setString(2, key.contains("@") ? key.substring(0, key.lastIndexOf('@')) : key);
                select.setString(3, key);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        id = row.getInt(1);
                    }
                }
            }
            return assets(connection, "asset_id = ?", id).values().stream()
                    .findFirst()
                    .map(draft -> draft.gone(key));
        });
    }

    private static void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only; set local jit = off");
        }
    }

    private static Map<Integer, Instant> runs(Connection connection) throws SQLException {
        Map<Integer, Instant> runs = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select run_id, coalesce(observed_at, queued_at) from run")) {
            while (row.next()) {
                runs.put(row.getInt(1), row.getObject(2, OffsetDateTime.class).toInstant());
            }
        }
        return runs;
    }

    /** An asset whose records and findings are still to come. */
    private static final class Draft {
        final int id;
        final AssetRecord bare;
        String key = "";
        String vendor = "";
        String product = "";
        Instant lastFound = Instant.MIN;
        final List<OpenFindings> findings = new ArrayList<>(2);

        Draft(ResultSet row) throws SQLException {
            id = row.getInt("asset_id");
            bare = new AssetRecord(
                    id,
                    "",
                    text(row, "name"),
                    text(row, "domain"),
                    text(row, "type"),
                    text(row, "os_name"),
                    text(row, "os_version"),
                    Optional.ofNullable(row.getObject("first_found", OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant),
                    Optional.empty(),
                    row.getString("addresses").lines().toList(),
                    row.getString("mac_addresses").lines().toList(),
                    text(row, "cloud_provider"),
                    text(row, "cloud_instance"),
                    (ObjectNode) JSON.readTree(row.getString("custom_attributes")),
                    "",
                    "",
                    false,
                    List.of());
        }

        AssetRecord gone(String formerKey) {
            key = formerKey;
            return record(false);
        }

        AssetRecord record(boolean active) {
            return new AssetRecord(
                    id,
                    key,
                    bare.name(),
                    bare.domain(),
                    bare.type(),
                    bare.osName(),
                    bare.osVersion(),
                    bare.firstFound(),
                    lastFound.equals(Instant.MIN) ? Optional.empty() : Optional.of(lastFound),
                    bare.addresses(),
                    bare.macAddresses(),
                    bare.cloudProvider(),
                    bare.cloudInstance(),
                    bare.attributes(),
                    vendor,
                    product,
                    active,
                    findings);
        }
    }

    private static Map<Integer, Draft> assets(Connection connection, String condition, Object parameter)
            throws SQLException {
        Map<Integer, Draft> drafts = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select asset_id, name, domain, type, os_name, os_version, first_found, addresses, mac_addresses,
                       cloud_provider, cloud_instance, custom_attributes::text as custom_attributes
                from asset
                """ + "where " + condition)) {
            if (parameter instanceof int[] ids) {
                select.setArray(1, array(connection, ids));
            } else {
                select.setObject(1, parameter);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Draft draft = new Draft(row);
                    drafts.put(draft.id, draft);
                }
            }
        }
        return drafts;
    }

    private static List<AssetRecord> records(
            Connection connection, Map<Integer, Draft> drafts, Map<Integer, Instant> runs) throws SQLException {
        int[] ids = drafts.keySet().stream().mapToInt(Integer::intValue).toArray();
        try (PreparedStatement select =
                connection.prepareStatement("select s.asset_id, " + AssetKeys.OF_RECORD + """
                     as key, k.vendor, k.product, greatest(s.last_seen_run, k.last_complete_run) as seen
                from source_record s join connection k using (connection_id)
                where s.asset_id = any (?) and s.retired_run is null order by s.source_record_id""")) {
            select.setArray(1, array(connection, ids));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Draft draft = drafts.get(row.getInt(1));
                    if (draft == null) {
                        continue;
                    }
                    if (draft.key.isEmpty()) {
                        draft.key = row.getString(2);
                        draft.vendor = row.getString(3);
                        draft.product = row.getString(4);
                    }
                    Instant seen = runs.get(row.getInt(5));
                    if (seen != null && seen.isAfter(draft.lastFound)) {
                        draft.lastFound = seen;
                    }
                }
            }
        }
        // the whole array as bytes: boxed, millions of numbers would cost more than the query
        try (PreparedStatement select = connection.prepareStatement("""
                select s.asset_id, c.first_run, greatest(s.last_seen_run, k.last_complete_run), c.block,
                       array_send(c.definitions), k.vendor, k.product
                from source_record s join connection k using (connection_id)
                join finding_cohort c using (source_record_id)
                where s.asset_id = any (?) and s.retired_run is null and c.fixed_run is null""")) {
            select.setArray(1, array(connection, ids));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Draft draft = drafts.get(row.getInt(1));
                    if (draft != null) {
                        draft.findings.add(new OpenFindings(
                                Optional.ofNullable(runs.get(row.getInt(2))),
                                Optional.ofNullable(runs.get(row.getInt(3))),
                                definitions(row.getShort(4), row.getBytes(5)),
                                row.getString(6),
                                row.getString(7)));
                    }
                }
            }
        }
        return drafts.values().stream()
                .filter(draft -> !draft.key.isEmpty())
                .map(draft -> draft.record(true))
                .toList();
    }

    /** PostgreSQL's binary form of an array: five numbers about it, then each element with its length before it. */
    private static int[] definitions(short block, byte[] elements) {
        ByteBuffer buffer = ByteBuffer.wrap(elements);
        int base = DefinitionBlock.base(block);
        int[] ids = new int[buffer.getInt(12)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = base + buffer.getShort(20 + 6 * i + 4);
        }
        return ids;
    }

    private static java.sql.Array array(Connection connection, int[] ids) throws SQLException {
        return connection.createArrayOf("int4", Arrays.stream(ids).boxed().toArray());
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }
}
