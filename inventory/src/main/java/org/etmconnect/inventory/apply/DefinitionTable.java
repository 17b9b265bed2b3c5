// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.runs.RunCounts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The table of what findings of one vulnerability share. */
final class DefinitionTable {

    private static final List<String> COLUMNS = List.of(
            "external_finding_id",
            "variant",
            "cve_id",
            "title",
            "description",
            "severity",
            "source_severity",
            "source_risk_score",
            "published",
            "category",
            "fingerprint",
            "document");

    private final Connection connection;
    private final int connectionId;
    private final int runId;
    private final DocumentCodec codec;

    /** What tells one definition of a connection from another. */
    record Key(String externalFindingId, String variant) {}

    DefinitionTable(Connection connection, int connectionId, int runId, DocumentCodec codec) {
        this.connection = connection;
        this.connectionId = connectionId;
        this.runId = runId;
        this.codec = codec;
    }

    /** Writes new and changed definitions; puts the id of each into {@code ids}. */
    RunCounts define(List<IncomingDefinition> incoming, int[] ids) throws SQLException {
        Map<Key, IncomingDefinition> byKey = new LinkedHashMap<>();
        for (IncomingDefinition definition : incoming) {
            byKey.put(new Key(definition.externalFindingId(), definition.variant()), definition);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "create temporary table if not exists incoming_definition (like definition) on commit delete rows");
            for (String column : List.of("definition_id", "connection_id", "created_run", "updated_run")) {
                statement.execute("alter table incoming_definition alter column " + column + " drop not null");
            }
            statement.execute("truncate incoming_definition");
        }
        try (BinaryCopy copy = BinaryCopy.into(connection, "incoming_definition", COLUMNS)) {
            for (IncomingDefinition definition : byKey.values()) {
                write(copy, definition);
            }
            copy.finish();
        }
        List<OpenCounts.Rerated> rated = ratedAnew();
        long updated;
        try (PreparedStatement update = connection.prepareStatement("""
                update definition d
                set cve_id = i.cve_id, title = i.title, description = i.description, severity = i.severity,
                    source_severity = i.source_severity, source_risk_score = i.source_risk_score,
                    published = i.published, category = i.category, fingerprint = i.fingerprint,
                    document = i.document, updated_run = ?
                from incoming_definition i
                where d.connection_id = ? and d.external_finding_id = i.external_finding_id and d.variant = i.variant
                  and d.fingerprint <> i.fingerprint""")) {
            update.setInt(1, runId);
            update.setInt(2, connectionId);
            updated = update.executeUpdate();
        }
        OpenCounts.rerate(connection, rated);
        long inserted;
        try (PreparedStatement insert = connection.prepareStatement("""
                with inserted as (
                    insert into definition (connection_id, external_finding_id, variant, cve_id, title, description,
                                            severity, source_severity, source_risk_score, published, category,
                                            fingerprint, document, created_run, updated_run)
                    select ?, i.external_finding_id, i.variant, i.cve_id, i.title, i.description,
                           i.severity, i.source_severity, i.source_risk_score, i.published, i.category,
                           i.fingerprint, i.document, ?, ?
                    from incoming_definition i
                    order by i.external_finding_id, i.variant
                    on conflict (connection_id, external_finding_id, variant) do nothing
                    returning definition_id)
                insert into definition_count (definition_id, open_findings) select definition_id, 0 from inserted""")) {
            insert.setInt(1, connectionId);
            insert.setInt(2, runId);
            insert.setInt(3, runId);
            inserted = insert.executeUpdate();
        }
        Map<Key, Integer> idByKey = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select i.external_finding_id, i.variant, d.definition_id
                from incoming_definition i
                join definition d on d.connection_id = ? and d.external_finding_id = i.external_finding_id
                                 and d.variant = i.variant""")) {
            select.setInt(1, connectionId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    idByKey.put(new Key(row.getString(1), row.getString(2)), row.getInt(3));
                }
            }
        }
        for (int i = 0; i < ids.length; i++) {
            IncomingDefinition definition = incoming.get(i);
            Integer id = idByKey.get(new Key(definition.externalFindingId(), definition.variant()));
            if (id == null) {
                throw new IllegalStateException(
                        "The definition " + definition.externalFindingId() + " was not written");
            }
            ids[i] = id;
        }
        return new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, inserted, updated, 0, 0, 0, 0, 0);
    }

    /** The incoming definitions that are known with another severity. */
    private List<OpenCounts.Rerated> ratedAnew() throws SQLException {
        return new Sql(connection)
                .list("""
                select d.definition_id, coalesce(d.severity, 0), coalesce(i.severity, 0)
                from incoming_definition i
                join definition d on d.connection_id = ? and d.external_finding_id = i.external_finding_id
                                 and d.variant = i.variant
                where d.fingerprint <> i.fingerprint and d.severity is distinct from i.severity
                """, row -> new OpenCounts.Rerated(row.getInt(1), row.getInt(2), row.getInt(3)), connectionId);
    }

    /**
     * A definition as the database has it.
     *
     * @param openFindings how many findings of it are open
     */
    @SuppressWarnings("ArrayRecordComponent") // a fingerprint, compared by content where it is compared
    record Stored(int id, byte[] fingerprint, int openFindings) {}

    /** Those of the definitions that are known. */
    Map<Key, Stored> stored(Collection<Key> keys) throws SQLException {
        Map<Key, Stored> stored = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select d.external_finding_id, d.variant, d.definition_id, d.fingerprint, c.open_findings
                from unnest(?::text[], ?::text[]) as i(external_finding_id, variant)
                join definition d on d.connection_id = ? and d.external_finding_id = i.external_finding_id
                                 and d.variant = i.variant
                join definition_count c using (definition_id)""")) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", keys.stream().map(Key::externalFindingId).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "text", keys.stream().map(Key::variant).toArray()));
            select.setInt(3, connectionId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stored.put(
                            new Key(row.getString(1), row.getString(2)),
                            new Stored(row.getInt(3), row.getBytes(4), row.getInt(5)));
                }
            }
        }
        return stored;
    }

    /** The mapped findings of definitions as they are stored, by id, as JSON text. */
    Map<Integer, String> documents(Collection<Integer> ids) throws SQLException {
        Map<Integer, String> documents = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select definition_id, document::text from definition where definition_id = any (?)")) {
            select.setArray(1, connection.createArrayOf("int4", ids.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    documents.put(row.getInt(1), row.getString(2));
                }
            }
        }
        return documents;
    }

    /** The ids of the definitions with these keys, ascending. */
    int[] find(Collection<String> externalFindingIds, String variant) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select definition_id from definition
                where connection_id = ? and external_finding_id = any (?) and variant = ?
                order by definition_id""")) {
            select.setInt(1, connectionId);
            select.setArray(2, connection.createArrayOf("text", externalFindingIds.toArray()));
            select.setString(3, variant);
            IntStream.Builder ids = IntStream.builder();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getInt(1));
                }
            }
            return ids.build().toArray();
        }
    }

    private void write(BinaryCopy copy, IncomingDefinition definition) throws SQLException {
        ObjectNode finding = definition.finding();
        byte[] json = codec.json(finding);
        String published = text(finding.path("firstFoundOn"));
        copy.startRow()
                .writeText(definition.externalFindingId())
                .writeText(definition.variant())
                .writeText(
                        text(finding.path("findingType").path("vulnerability").path("cveId")))
                .writeText(text(finding.path("name")))
                .writeText(text(finding.path("description")))
                .writeShort(
                        finding.path("severity").isNumber()
                                ? finding.path("severity").shortValue()
                                : null)
                .writeText(text(finding.path("sourceSeverity")))
                .writeFloat(
                        finding.path("sourceRiskScore").isNumber()
                                ? finding.path("sourceRiskScore").floatValue()
                                : null)
                .writeInstant(published == null ? null : Instant.parse(published))
                .writeText(text(finding.path("category")))
                .writeBytes(codec.fingerprint(json))
                .writeJsonb(finding.toString());
    }

    private static @Nullable String text(JsonNode node) {
        return node.isValueNode() && !node.isNull() ? node.asString() : null;
    }
}
