// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.identification.Decision;
import org.etmconnect.inventory.identification.Identification;
import org.etmconnect.inventory.runs.RunCounts;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Works out what {@link InventoryWriter} would change, by the same comparisons, within a transaction that the database
 * itself keeps from writing. What would be new, and later hosts may be recognised by, is kept in a temporary table. Used
 * by one thread.
 *
 * <p>It sees the inventory as it was when it began. It does not see that a known host's changed values would make a host
 * that is new in the same run recognised, or not.
 */
public final class InventoryForecast implements InventoryTarget {

    private static final String NEW_ASSETS = "forecast_asset";
    private static final int AT_ONCE = 5_000;
    /** Later than every run; compared, never written. */
    private static final int RUN = Integer.MAX_VALUE;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Connection connection;
    private final InventoryWriter.Options options;
    private final Function<String, Optional<String>> formerKey;
    private final Identification identification;
    private final DocumentCodec codec = new DocumentCodec();
    private final BitSet seen = new BitSet();
    private final CohortTable cohorts;
    private final DefinitionTable definitions;
    private final Moves moves = new Moves();
    private final FieldChanges assetFields = new FieldChanges();
    private final FieldChanges definitionFields = new FieldChanges();
    private int[] undecided = SortedInts.EMPTY;
    private RunCounts counts = RunCounts.NONE;
    private long findingsOfChangedDefinitions;
    private long merged;
    private Set<Integer> split = Set.of();
    private int firstNewAsset;
    private int nextAsset;
    private int nextDefinition;

    private InventoryForecast(
            Connection connection, InventoryWriter.Options options, Function<String, Optional<String>> formerKey) {
        this.connection = connection;
        this.options = options;
        this.formerKey = formerKey;
        this.identification = new Identification(options.rules());
        this.cohorts = new CohortTable(connection);
        this.definitions = new DefinitionTable(connection, options.connectionId(), RUN, codec);
    }

    /**
     * Takes a database connection for the forecast.
     *
     * @param options as for the run; its counts start at none
     * @param formerKey for a host of the batch at hand, by the key that the map gives it: the key it has had so far, if
     *     that can be told
     * @throws DatabaseException if there is no connection to be had
     */
    public static InventoryForecast open(
            DataSource database, InventoryWriter.Options options, Function<String, Optional<String>> formerKey) {
        try {
            Connection connection = database.getConnection();
            InventoryForecast forecast = new InventoryForecast(connection, options, formerKey);
            try {
                forecast.begin();
                return forecast;
            } catch (SQLException | RuntimeException e) {
                forecast.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("begin a forecast for connection " + options.connectionId(), e);
        }
    }

    private void begin() throws SQLException {
        connection.setAutoCommit(false);
        for (LateIndex index : LateIndex.IDENTIFYING) {
            index.build(connection);
            connection.commit();
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists pg_temp." + NEW_ASSETS);
            statement.execute("create temporary table " + NEW_ASSETS + " (like asset)");
            statement.execute("create index on " + NEW_ASSETS + " (lower(name))");
            statement.execute("create index on " + NEW_ASSETS + " (lower(cloud_instance))");
            statement.execute(
                    "create index on " + NEW_ASSETS + " using gin (hashes_of(mac_addresses)) with (fastupdate = off)");
            statement.execute(
                    "create index on " + NEW_ASSETS + " using gin (hashes_of(addresses)) with (fastupdate = off)");
        }
        connection.commit();
        // From here on PostgreSQL refuses to write anywhere but into temporary tables.
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        firstNewAsset = 1 + number("select coalesce(max(asset_id), 0) from asset");
        nextAsset = firstNewAsset;
        nextDefinition = 1 + number("select coalesce(max(definition_id), 0) from definition");
    }

    private int number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public int[] define(List<IncomingDefinition> incoming) {
        int[] ids = new int[incoming.size()];
        reading("compare definitions", () -> {
            for (int from = 0; from < ids.length; from += AT_ONCE) {
                define(incoming, ids, from, Math.min(ids.length, from + AT_ONCE));
            }
        });
        return ids;
    }

    private void define(List<IncomingDefinition> incoming, int[] ids, int from, int to) throws SQLException {
        Map<DefinitionTable.Key, IncomingDefinition> byKey = new LinkedHashMap<>();
        for (IncomingDefinition definition : incoming.subList(from, to)) {
            byKey.put(key(definition), definition);
        }
        Map<DefinitionTable.Key, DefinitionTable.Stored> stored = definitions.stored(byKey.keySet());
        Map<DefinitionTable.Key, Integer> idByKey = new HashMap<>();
        Map<Integer, IncomingDefinition> changed = new LinkedHashMap<>();
        long fresh = 0;
        for (Map.Entry<DefinitionTable.Key, IncomingDefinition> entry : byKey.entrySet()) {
            DefinitionTable.Stored known = stored.get(entry.getKey());
            if (known == null) {
                idByKey.put(entry.getKey(), nextDefinition++);
                fresh++;
                continue;
            }
            idByKey.put(entry.getKey(), known.id());
            byte[] fingerprint = codec.fingerprint(codec.json(entry.getValue().finding()));
            if (!Arrays.equals(known.fingerprint(), fingerprint)) {
                changed.put(known.id(), entry.getValue());
                findingsOfChangedDefinitions += known.openFindings();
            }
        }
        if (!changed.isEmpty()) {
            Map<Integer, String> before = definitions.documents(changed.keySet());
            changed.forEach((id, definition) -> definitionFields.compare(
                    definition.externalFindingId(),
                    (ObjectNode) JSON.readTree(before.getOrDefault(id, "{}")),
                    definition.finding()));
        }
        for (int i = from; i < to; i++) {
            ids[i] = idByKey.getOrDefault(key(incoming.get(i)), 0);
        }
        counts = counts.plus(new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, fresh, changed.size(), 0, 0, 0, 0, 0));
    }

    private static DefinitionTable.Key key(IncomingDefinition definition) {
        return new DefinitionTable.Key(definition.externalFindingId(), definition.variant());
    }

    @Override
    public void leaveUndecided(Collection<String> externalFindingIds, String variant) {
        if (!externalFindingIds.isEmpty()) {
            reading(
                    "look up definitions",
                    () -> undecided = SortedInts.union(undecided, definitions.find(externalFindingIds, variant)));
        }
    }

    @Override
    public void apply(List<IncomingRecord> batch, Collection<String> unusable) {
        reading("compare hosts", () -> {
            compare(batch);
            Known.read(connection, options.connectionId(), unusable).values().forEach(known -> seen.set(known.id()));
        });
    }

    private void compare(List<IncomingRecord> batch) throws SQLException {
        Map<String, Known> known = Known.read(
                connection,
                options.connectionId(),
                batch.stream().map(IncomingRecord::nativeKey).toList());
        List<Change> changed = new ArrayList<>();
        List<Change> fresh = new ArrayList<>();
        long unchanged = 0;
        long updated = 0;
        long returned = 0;
        long findingsUnchanged = 0;
        for (IncomingRecord record : batch) {
            int[] found = record.definitions().map(SortedInts::of).orElse(null);
            byte[] json = codec.json(record.asset());
            Known before = known.get(record.nativeKey());
            Change change = new Change(
                    record,
                    found,
                    json,
                    codec.fingerprint(json),
                    found == null ? null : codec.fingerprint(found),
                    before);
            if (before == null) {
                fresh.add(change);
                continue;
            }
            seen.set(before.id());
            change.id = before.id();
            change.assetId = before.assetId();
            returned += before.retired() ? 1 : 0;
            if (change.documentChanged()) {
                updated++;
            } else {
                unchanged++;
            }
            if (change.documentChanged() || change.findingsChanged() || before.retired()) {
                changed.add(change);
            } else if (found != null) {
                findingsUnchanged += found.length;
            }
        }
        counts = counts.plus(new RunCounts(
                0, updated, unchanged, 0, returned, 0, 0, 0, findingsUnchanged, 0, 0, 0, 0, 0, 0, batch.size()));
        if (!fresh.isEmpty()) {
            identify(fresh);
        }
        if (!changed.isEmpty()) {
            compareFields(changed);
            counts = counts.plus(
                    cohorts.compare(changed, undecided, RUN, options.mayClose()).counts());
        }
    }

    private void compareFields(List<Change> changed) throws SQLException {
        Map<Integer, Change> byId = new HashMap<>();
        changed.stream().filter(Change::documentChanged).forEach(change -> byId.put(change.id, change));
        try (PreparedStatement select = connection.prepareStatement(
                "select source_record_id, document, native_key from source_record where source_record_id = any (?)"
                        + " order by source_record_id")) {
            select.setArray(1, connection.createArrayOf("int4", byId.keySet().toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Change change = byId.get(row.getInt(1));
                    if (change != null) {
                        assetFields.compare(
                                change.record.nativeKey(),
                                codec.decompress(row.getBytes(2), row.getString(3)),
                                change.record.asset());
                    }
                }
            }
        }
    }

    private void identify(List<Change> incoming) throws SQLException {
        Map<String, Known> former = former(incoming);
        KeptApart apart = KeptApart.load(
                connection,
                options.connectionId(),
                incoming.stream().map(change -> change.record.nativeKey()).toList());
        CandidateIndex index = CandidateIndex.load(
                connection,
                options.connectionId(),
                identification.attributes(),
                incoming.stream().map(Change::identity).toList(),
                seen,
                options.listed());
        index.addFrom(
                connection,
                NEW_ASSETS,
                identification.attributes(),
                incoming.stream().map(Change::identity).toList());
        long made = 0;
        long opened = 0;
        List<Change> fresh = new ArrayList<>(incoming.size());
        for (Change change : incoming) {
            String nativeKey = change.record.nativeKey();
            Decision decision =
                    identification.decide(change.identity(), index.sharing(change.identity()), apart.of(nativeKey));
            if (decision instanceof Decision.NewAsset && !options.createUnmanagedAsset()) {
                continue;
            }
            fresh.add(change);
            change.assetId = switch (decision) {
                case Decision.Existing existing -> existing.assetId();
                case Decision.NewAsset ignored -> nextAsset++;
            };
            made += decision instanceof Decision.NewAsset ? 1 : 0;
            opened += change.found == null ? 0 : change.found.length;
            index.add(change.assetId, change.identity());
            apart.placed(nativeKey, change.assetId);
            Known before = former.get(nativeKey);
            moves.add(
                    nativeKey,
                    before == null || before.retired() ? 0 : before.assetId(),
                    change.assetId,
                    change.assetId >= firstNewAsset,
                    decision);
        }
        List<String> columns = new ArrayList<>(List.of("asset_id", "created_run", "updated_run"));
        columns.addAll(AssetTable.MERGED);
        try (BinaryCopy copy = BinaryCopy.into(connection, NEW_ASSETS, columns)) {
            for (Change change : fresh) {
                AssetTable.write(
                        copy.startRow().writeInt(change.assetId).writeInt(0).writeInt(0), change.columns());
            }
            copy.finish();
        }
        counts = counts.plus(new RunCounts(made, fresh.size() - made, 0, 0, 0, opened, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                .withSkipped(incoming.size() - fresh.size()));
    }

    /** The records that these hosts have been so far, by the keys that the map gives them now. */
    private Map<String, Known> former(List<Change> fresh) throws SQLException {
        Map<String, String> formerKeys = new HashMap<>();
        fresh.forEach(change -> formerKey
                .apply(change.record.nativeKey())
                .ifPresent(key -> formerKeys.put(change.record.nativeKey(), key)));
        Map<String, Known> byFormerKey = Known.read(connection, options.connectionId(), formerKeys.values());
        Map<String, Known> former = new HashMap<>();
        formerKeys.forEach((key, formerly) -> {
            Known known = byFormerKey.get(formerly);
            if (known != null) {
                former.put(key, known);
            }
        });
        return former;
    }

    @Override
    public Optional<Held> finish(boolean complete) {
        reading("look for hosts that would be gone", () -> {
            if (complete) {
                retire();
            }
            Set<Integer> keeping = keeping(moves.touched(), complete);
            merged = moves.merged(keeping::contains);
            split = moves.split(keeping::contains);
        });
        return Optional.empty();
    }

    private void retire() throws SQLException {
        List<Integer> missing = Known.liveExcept(connection, options.connectionId(), seen);
        long fixed = 0;
        for (int from = 0; from < missing.size(); from += AT_ONCE) {
            fixed += cohorts.open(connection.createArrayOf(
                    "int4",
                    missing.subList(from, Math.min(missing.size(), from + AT_ONCE))
                            .toArray()));
        }
        counts = counts.plus(new RunCounts(0, 0, 0, missing.size(), 0, 0, 0, fixed, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    /** Those of the assets that keep a record which this run leaves as it is. */
    private Set<Integer> keeping(Set<Integer> assets, boolean complete) throws SQLException {
        Set<Integer> keeping = new HashSet<>();
        List<Integer> all = List.copyOf(assets);
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            try (PreparedStatement select = connection.prepareStatement("""
                    select asset_id, connection_id, source_record_id from source_record
                    where asset_id = any (?) and retired_run is null""")) {
                select.setArray(
                        1,
                        connection.createArrayOf(
                                "int4",
                                all.subList(from, Math.min(all.size(), from + AT_ONCE))
                                        .toArray()));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        if (!complete || row.getInt(2) != options.connectionId() || seen.get(row.getInt(3))) {
                            keeping.add(row.getInt(1));
                        }
                    }
                }
            }
        }
        return keeping;
    }

    @Override
    public RunCounts counts() {
        return counts;
    }

    /** What would change, once {@link #finish} was called. */
    public InventoryChanges changes() {
        return new InventoryChanges(
                counts,
                merged,
                split.size(),
                moves.joins(),
                moves.leaving(split),
                assetFields.result(),
                definitionFields.result(),
                findingsOfChangedDefinitions);
    }

    private void reading(String what, Work work) {
        try {
            work.run();
        } catch (SQLException e) {
            throw new DatabaseException(what + " for a forecast of connection " + options.connectionId(), e);
        }
    }

    @Override
    public Duration identifying() {
        return Duration.ZERO;
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
            connection.setReadOnly(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            try (Statement statement = connection.createStatement()) {
                statement.execute("drop table if exists pg_temp." + NEW_ASSETS);
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new DatabaseException(
                    "give back the connection of a forecast of connection " + options.connectionId(), e);
        }
    }

    private interface Work {
        void run() throws SQLException;
    }
}
