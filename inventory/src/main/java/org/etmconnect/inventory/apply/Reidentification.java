// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.etmconnect.inventory.identification.Regrouping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Applies identification rules to what the inventory holds already, or says what they would do. Safe for use by several
 * threads. Every method throws {@link DatabaseException} if the database does not answer.
 */
public final class Reidentification {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int READ_AT_ONCE = 5_000;

    private final DataSource database;
    private final InstantSource clock;

    /**
     * @param database its schema is migrated
     * @param clock gives the time that the identification log carries
     */
    public Reidentification(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * What the rules would change. Nothing is written.
     *
     * @param rules all rules in order, without the system's
     * @param rulesOfConnection those that are on, by connection
     * @param examples at most so many examples of each kind
     */
    public RuleEffect simulate(
            List<IdentificationRule> rules, Map<Integer, List<IdentificationRule>> rulesOfConnection, int examples) {
        return Transaction.run(database, "simulate identification rules", connection -> {
            // all reads below see one state
            try (Statement statement = connection.createStatement()) {
                statement.execute("set transaction isolation level repeatable read");
            }
            Regrouping.Outcome outcome = regroup(connection, rules, rulesOfConnection);
            return effect(connection, outcome, Optional.empty(), examples);
        });
    }

    /**
     * Changes the inventory to what the rules say. Runs wait meanwhile.
     *
     * @param author who wants it
     */
    public RuleEffect apply(
            List<IdentificationRule> rules,
            Map<Integer, List<IdentificationRule>> rulesOfConnection,
            int examples,
            String author) {
        return Transaction.run(database, "re-identify the inventory", connection -> {
            InventoryLock.takeWhole(connection);
            Regrouping.Outcome outcome = regroup(connection, rules, rulesOfConnection);
            RecordMoves moves = RecordMoves.begin(connection, "REIDENTIFY", author, clock.instant(), "");
            RuleEffect effect = effect(connection, outcome, Optional.of(moves.operationId()), examples);
            Set<Integer> linked = new HashSet<>();
            int made = 0;
            for (Regrouping.Move move : outcome.moves()) {
                made = Math.max(made, -move.toAsset());
                move.why().ifPresent(link -> linked.addAll(List.of(link.oneRecord(), link.otherRecord())));
            }
            int[] newAssets = moves.newAssets(made);
            Map<Integer, Seen> seen = records(connection, linked);
            List<RecordMoves.Move> written = new ArrayList<>(outcome.moves().size());
            for (Regrouping.Move move : outcome.moves()) {
                written.add(new RecordMoves.Move(
                        move.recordId(),
                        move.fromAsset(),
                        move.toAsset() > 0 ? move.toAsset() : newAssets[-move.toAsset() - 1],
                        move.why().map(link -> link.rule().name()).orElse(null),
                        move.why().map(link -> json(values(link, seen))).orElse(null)));
            }
            moves.move(written);
            return effect;
        });
    }

    private static Regrouping.Outcome regroup(
            Connection connection,
            List<IdentificationRule> rules,
            Map<Integer, List<IdentificationRule>> rulesOfConnection)
            throws SQLException {
        Regrouping regrouping = new Regrouping(rules, rulesOfConnection);
        DocumentCodec codec = new DocumentCodec();
        try (PreparedStatement select = connection.prepareStatement(
                "select source_record_id, asset_id, connection_id, retired_run is null, document, native_key from source_record")) {
            select.setFetchSize(READ_AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    regrouping.add(
                            row.getInt(1),
                            row.getInt(2),
                            row.getInt(3),
                            row.getBoolean(4),
                            AssetColumns.identity(codec.decompress(row.getBytes(5), row.getString(6))));
                }
            }
        }
        Map<Integer, List<List<Integer>>> splits = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select p.operation_id, p.leaves, s.source_record_id
                from identification_split_record p
                join identification_operation o on o.operation_id = p.operation_id and o.undone_by is null
                join source_record s on s.connection_id = p.connection_id and s.native_key = p.native_key""");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                splits.computeIfAbsent(row.getInt(1), key -> List.of(new ArrayList<>(), new ArrayList<>()))
                        .get(row.getBoolean(2) ? 1 : 0)
                        .add(row.getInt(3));
            }
        }
        splits.values().forEach(sides -> regrouping.keepApart(sides.getFirst(), sides.getLast()));
        return regrouping.regroup();
    }

    /** A record as it is shown. */
    private record Seen(RuleEffect.Member record, int assetId, IdentityAttributes attributes) {}

    private static RuleEffect effect(
            Connection connection, Regrouping.Outcome outcome, Optional<Integer> operationId, int examples)
            throws SQLException {
        Map<Integer, Set<Integer>> comeTogether = new TreeMap<>();
        outcome.merged()
                .forEach((from, into) -> comeTogether
                        .computeIfAbsent(into, key -> new TreeSet<>())
                        .add(from));
        outcome.moves().stream()
                .filter(move -> move.why().isPresent())
                .forEach(move -> comeTogether
                        .computeIfAbsent(move.toAsset(), key -> new TreeSet<>())
                        .add(move.fromAsset()));
        List<Integer> mergeExamples =
                comeTogether.keySet().stream().limit(examples).toList();
        Set<Integer> splitExamples =
                new TreeSet<>(outcome.split().stream().limit(examples).toList());
        Set<Integer> wanted = new HashSet<>();
        for (int asset : mergeExamples) {
            outcome.links().getOrDefault(asset, List.of()).stream()
                    .limit(examples)
                    .forEach(link -> {
                        wanted.add(link.oneRecord());
                        wanted.add(link.otherRecord());
                    });
        }
        Map<Integer, Integer> targetOfRecord = new HashMap<>();
        outcome.moves().forEach(move -> targetOfRecord.put(move.recordId(), move.toAsset()));
        wanted.addAll(recordsOf(connection, splitExamples));
        Map<Integer, Seen> seen = records(connection, wanted);
        Set<Integer> named = new HashSet<>(splitExamples);
        mergeExamples.forEach(asset -> {
            named.add(asset);
            named.addAll(comeTogether.getOrDefault(asset, Set.of()));
        });
        Map<Integer, String> names = names(connection, named);

        List<RuleEffect.Merge> merges = new ArrayList<>();
        for (int asset : mergeExamples) {
            Set<Integer> together = new TreeSet<>(comeTogether.getOrDefault(asset, Set.of()));
            if (asset > 0) {
                together.add(asset);
            }
            merges.add(new RuleEffect.Merge(
                    asset > 0 ? Optional.of(asset) : Optional.empty(),
                    together.stream()
                            .limit(examples)
                            .map(id -> named(id, names))
                            .toList(),
                    outcome.links().getOrDefault(asset, List.of()).stream()
                            .limit(examples)
                            .map(link -> new RuleEffect.Link(
                                    link.rule().name(),
                                    values(link, seen),
                                    seen(seen, link.oneRecord()).record(),
                                    seen(seen, link.otherRecord()).record()))
                            .toList()));
        }
        Map<Integer, Map<Integer, List<RuleEffect.Member>>> parts = new TreeMap<>();
        new TreeMap<>(seen).forEach((id, record) -> {
            if (splitExamples.contains(record.assetId())) {
                parts.computeIfAbsent(record.assetId(), key -> new LinkedHashMap<>())
                        .computeIfAbsent(targetOfRecord.getOrDefault(id, record.assetId()), key -> new ArrayList<>())
                        .add(record.record());
            }
        });
        List<RuleEffect.Split> splits = new ArrayList<>();
        parts.forEach((asset, its) -> splits.add(new RuleEffect.Split(named(asset, names), List.copyOf(its.values()))));
        return new RuleEffect(
                operationId,
                outcome.records(),
                outcome.assetsBefore(),
                outcome.assetsAfter(),
                outcome.merged().size(),
                outcome.split().size(),
                outcome.moves().size(),
                merges,
                splits);
    }

    private static RuleEffect.Named named(int assetId, Map<Integer, String> names) {
        return new RuleEffect.Named(assetId, Optional.ofNullable(names.get(assetId)));
    }

    private static Seen seen(Map<Integer, Seen> seen, int recordId) {
        Seen record = seen.get(recordId);
        if (record == null) {
            throw new IllegalStateException("Source record " + recordId + " is gone");
        }
        return record;
    }

    private static Map<IdentityAttribute, Set<String>> values(Regrouping.Link link, Map<Integer, Seen> seen) {
        Map<IdentityAttribute, Set<String>> values = new EnumMap<>(IdentityAttribute.class);
        IdentityAttributes other = seen(seen, link.otherRecord()).attributes();
        for (IdentityAttribute attribute : link.rule().attributes()) {
            values.put(attribute, seen(seen, link.oneRecord()).attributes().shared(attribute, other));
        }
        return values;
    }

    private static String json(Map<IdentityAttribute, Set<String>> values) {
        Map<String, Set<String>> titles = new LinkedHashMap<>();
        values.forEach((attribute, each) -> titles.put(attribute.title(), each));
        return JSON.writeValueAsString(titles);
    }

    private static Map<Integer, Seen> records(Connection connection, Set<Integer> ids) throws SQLException {
        Map<Integer, Seen> records = new HashMap<>();
        DocumentCodec codec = new DocumentCodec();
        try (PreparedStatement select = connection.prepareStatement("""
                select source_record_id, asset_id, connection_id, native_key, document
                from source_record where source_record_id = any (?)""")) {
            select.setArray(1, connection.createArrayOf("int4", ids.toArray()));
            select.setFetchSize(READ_AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ObjectNode document = codec.decompress(row.getBytes(5), row.getString(4));
                    RuleEffect.Member record = new RuleEffect.Member(
                            row.getInt(1),
                            row.getInt(3),
                            row.getString(4),
                            document.path("hostName").asStringOpt());
                    records.put(record.recordId(), new Seen(record, row.getInt(2), AssetColumns.identity(document)));
                }
            }
        }
        return records;
    }

    private static Set<Integer> recordsOf(Connection connection, Set<Integer> assets) throws SQLException {
        Set<Integer> ids = new HashSet<>();
        try (PreparedStatement select =
                connection.prepareStatement("select source_record_id from source_record where asset_id = any (?)")) {
            select.setArray(1, connection.createArrayOf("int4", assets.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getInt(1));
                }
            }
        }
        return ids;
    }

    private static Map<Integer, String> names(Connection connection, Set<Integer> assets) throws SQLException {
        Map<Integer, String> names = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select asset_id, name from asset where asset_id = any (?) and name is not null")) {
            select.setArray(1, connection.createArrayOf("int4", assets.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    names.put(row.getInt(1), row.getString(2));
                }
            }
        }
        return names;
    }
}
