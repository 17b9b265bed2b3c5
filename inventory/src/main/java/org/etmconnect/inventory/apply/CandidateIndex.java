// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.etmconnect.inventory.identification.Candidate;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.jspecify.annotations.Nullable;

/** The assets that the new records of a batch may belong to, by each value they could agree on. */
final class CandidateIndex {

    private static final String ASSETS = """
            select a.asset_id, a.cloud_instance, a.mac_addresses, a.name, a.domain, a.addresses, a.os_name, a.type,
                   array(select s.native_key from source_record s
                         where s.asset_id = a.asset_id and s.connection_id = ? and s.retired_run is null),
                   array(select s.source_record_id from source_record s
                         where s.asset_id = a.asset_id and s.connection_id = ? and s.retired_run is null)
            from asset a
            """;

    private final Map<IdentityAttribute, Map<String, List<Candidate>>> byValue = new EnumMap<>(IdentityAttribute.class);

    /**
     * Loads the assets that share a value with any of the records; more, if their addresses have equal hashes.
     *
     * @param asked the attributes that rules ask for; others need not be looked up
     * @param seen the source records that were read from the snapshot so far: it lists them
     * @param listed of the others, whether the snapshot lists a host of the connection by its native key
     */
    static CandidateIndex load(
            Connection connection,
            int connectionId,
            Set<IdentityAttribute> asked,
            List<IdentityAttributes> records,
            BitSet seen,
            Predicate<String> listed)
            throws SQLException {
        CandidateIndex index = new CandidateIndex();
        // without statistics yet, PostgreSQL would compare thousands of values with each asset; left are bitmap scans
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local enable_seqscan = off; set local enable_indexscan = off");
        }
        try (PreparedStatement select = connection.prepareStatement(ASSETS + """
                where a.asset_id in (
                    select asset_id from asset where lower(cloud_instance) = any (?)
                    union select asset_id from asset where hashes_of(mac_addresses) && hashes_of(?)
                    union select asset_id from asset where lower(name) = any (?)
                    union select asset_id from asset where hashes_of(addresses) && hashes_of(?))
                order by a.asset_id""")) {
            select.setInt(1, connectionId);
            select.setInt(2, connectionId);
            select.setArray(3, values(connection, asked, records, IdentityAttribute.CLOUD_INSTANCE_ID));
            select.setString(4, lines(asked, records, IdentityAttribute.MAC_ADDRESS));
            select.setArray(5, values(connection, asked, records, IdentityAttribute.HOST_NAME));
            select.setString(6, lines(asked, records, IdentityAttribute.IP_ADDRESS));
            index.putAll(select, seen, listed);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local enable_seqscan = on; set local enable_indexscan = on");
        }
        return index;
    }

    /** Loads assets of which it is known that the records may share a value with them. */
    static CandidateIndex load(
            Connection connection, int connectionId, Set<Integer> assetIds, BitSet seen, Predicate<String> listed)
            throws SQLException {
        CandidateIndex index = new CandidateIndex();
        if (!assetIds.isEmpty()) {
            try (PreparedStatement select =
                    connection.prepareStatement(ASSETS + "where a.asset_id = any (?) order by a.asset_id")) {
                select.setInt(1, connectionId);
                select.setInt(2, connectionId);
                select.setArray(3, connection.createArrayOf("int4", assetIds.toArray()));
                index.putAll(select, seen, listed);
            }
        }
        return index;
    }

    private void putAll(PreparedStatement select, BitSet seen, Predicate<String> listed) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                // To look into the snapshot takes reading a page of it.
                boolean listedBeside =
                        IntStream.of(SortedInts.read(row.getArray(10))).anyMatch(seen::get)
                                || list(row.getArray(9)).stream().anyMatch(listed);
                put(new Candidate(row.getInt(1), attributes(row), listedBeside));
            }
        }
    }

    /**
     * Adds the assets that a forecast keeps beside the real ones, in a table of the same form: new ones, and what its
     * records would add to those that are there.
     */
    void addFrom(Connection connection, String table, Set<IdentityAttribute> asked, List<IdentityAttributes> records)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local enable_seqscan = off");
        }
        try (PreparedStatement select = connection.prepareStatement("""
                select asset_id, cloud_instance, mac_addresses, name, domain, addresses, os_name, type
                from %s
                where lower(cloud_instance) = any (?) or lower(name) = any (?)
                   or hashes_of(mac_addresses) && hashes_of(?) or hashes_of(addresses) && hashes_of(?)""".formatted(table))) {
            select.setArray(1, values(connection, asked, records, IdentityAttribute.CLOUD_INSTANCE_ID));
            select.setArray(2, values(connection, asked, records, IdentityAttribute.HOST_NAME));
            select.setString(3, lines(asked, records, IdentityAttribute.MAC_ADDRESS));
            select.setString(4, lines(asked, records, IdentityAttribute.IP_ADDRESS));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    add(row.getInt(1), attributes(row));
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local enable_seqscan = on");
        }
    }

    /** From the second column on. */
    private static IdentityAttributes attributes(ResultSet row) throws SQLException {
        return IdentityAttributes.of(
                list(row.getString(2)),
                row.getString(3).lines().toList(),
                list(row.getString(4)),
                list(row.getString(5)),
                row.getString(6).lines().toList(),
                list(row.getString(7)),
                list(row.getString(8)));
    }

    private static Array values(
            Connection connection,
            Set<IdentityAttribute> asked,
            List<IdentityAttributes> records,
            IdentityAttribute attribute)
            throws SQLException {
        return connection.createArrayOf(
                "text", values(asked, records, attribute).toArray());
    }

    private static String lines(
            Set<IdentityAttribute> asked, List<IdentityAttributes> records, IdentityAttribute attribute) {
        return String.join("\n", values(asked, records, attribute));
    }

    private static Set<String> values(
            Set<IdentityAttribute> asked, List<IdentityAttributes> records, IdentityAttribute attribute) {
        Set<String> values = new TreeSet<>();
        if (asked.contains(attribute)) {
            records.forEach(record -> values.addAll(record.of(attribute)));
        }
        return values;
    }

    private static List<String> list(@Nullable String value) {
        return value == null ? List.of() : List.of(value);
    }

    private static List<String> list(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** Adds a record of this batch that now belongs to an asset. */
    void add(int assetId, IdentityAttributes attributes) {
        put(new Candidate(assetId, attributes, true));
    }

    private void put(Candidate candidate) {
        candidate.attributes().values().forEach((attribute, values) -> {
            if (!attribute.findsHosts()) {
                // most hosts share a value, and no rule asks for it alone: who agrees on more is found by the rest
                return;
            }
            Map<String, List<Candidate>> candidates = byValue.computeIfAbsent(attribute, key -> new HashMap<>());
            for (String value : values) {
                candidates.computeIfAbsent(value, key -> new ArrayList<>(1)).add(candidate);
            }
        });
    }

    /** The assets that share a value with a record, each once. */
    Collection<Candidate> sharing(IdentityAttributes record) {
        Map<Integer, Candidate> candidates = new LinkedHashMap<>();
        record.values().forEach((attribute, values) -> {
            Map<String, List<Candidate>> known = byValue.getOrDefault(attribute, Map.of());
            for (String value : values) {
                for (Candidate candidate : known.getOrDefault(value, List.of())) {
                    candidates.merge(candidate.assetId(), candidate, CandidateIndex::join);
                }
            }
        });
        return candidates.values();
    }

    /** An asset that a record of this batch joined is known twice: as it was, and by that record. */
    private static Candidate join(Candidate one, Candidate other) {
        if (one.equals(other)) {
            return one;
        }
        Map<IdentityAttribute, Set<String>> values = new EnumMap<>(IdentityAttribute.class);
        one.attributes().values().forEach((attribute, set) -> values.put(attribute, new TreeSet<>(set)));
        other.attributes()
                .values()
                .forEach((attribute, set) -> values.computeIfAbsent(attribute, key -> new TreeSet<>())
                        .addAll(set));
        return new Candidate(
                one.assetId(), new IdentityAttributes(values), one.listedBesideRecord() || other.listedBesideRecord());
    }
}
