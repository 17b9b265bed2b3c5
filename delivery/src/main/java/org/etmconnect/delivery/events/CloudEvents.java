// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.delivery.records.Definitions;
import org.etmconnect.delivery.records.FindingDefinition;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.events.ChangeKind;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes CloudEvents 1.0 of what the outbox says, in the JSON format. Used by one thread. */
final class CloudEvents {

    static final String TYPES = "org.etmconnect.";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What events need to know, a row for each row of the outbox that the first parameter's condition lets through, until
     * there are as many events as the last parameter says; so a host with thousands of findings does not fill the memory.
     */
    static final String ROWS = """
            select e.*, coalesce(e.asset_name, a.name) as name, a.domain, a.type, a.os_name, a.os_version, a.addresses,
                   a.mac_addresses, a.cloud_provider, a.cloud_instance, a.asset_id is not null as there,
                   s.native_key, c.connection_id, c.name as connection_name,
                   r.state, r.failure_kind, r.failure_message, r.missing, r.observed_at
            from (select *, sum(greatest(1, cardinality(definitions) - sent)) over (order by event_id)
                         - greatest(1, cardinality(definitions) - sent) as earlier
                  from (select * from change_event e where %s order by event_id limit 500) e) e
            left join asset a using (asset_id)
            left join source_record s using (source_record_id)
            left join run r on r.run_id = e.run_id
            left join connection c on c.connection_id = coalesce(s.connection_id, r.connection_id)
            where e.earlier < ? order by e.event_id
            """;

    private final String source;
    private final Definitions<Finding> definitions = new Definitions<>(Finding::of);

    private record Finding(int id, String externalId, ObjectNode json) {
        static Finding of(FindingDefinition definition) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("externalFindingId", definition.externalFindingId());
            definition.cveId().ifPresent(text -> json.put("cveId", text));
            definition.title().ifPresent(text -> json.put("title", text));
            definition.category().ifPresent(text -> json.put("category", text));
            definition.severity().ifPresent(number -> json.put("severity", number));
            definition.sourceSeverity().ifPresent(text -> json.put("sourceSeverity", text));
            definition.sourceRiskScore().ifPresent(number -> json.put("sourceRiskScore", number));
            definition.published().ifPresent(time -> json.put("publishedAt", time.toString()));
            return new Finding(definition.id(), definition.externalFindingId(), json);
        }
    }

    CloudEvents(String source) {
        this.source = source;
    }

    /** A row of the outbox, with what its events say. */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(
            long id,
            ChangeKind kind,
            Instant at,
            Optional<Integer> assetId,
            Optional<String> name,
            Optional<Integer> connectionId,
            int[] definitions,
            int sent,
            ObjectNode data) {}

    static Row row(ResultSet row) throws SQLException {
        ChangeKind kind = ChangeKind.valueOf(row.getString("kind"));
        Optional<Integer> assetId = number(row, "asset_id");
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        if (assetId.isPresent()) {
            ObjectNode asset = data.putObject("asset").put("id", assetId.get());
            text(row, "name", asset, "name");
            if (row.getBoolean("there") && !kind.name().startsWith("FINDING")) {
                describe(row, asset);
            }
        }
        if (kind == ChangeKind.ASSET_MERGED) {
            data.putObject("mergedInto").put("id", row.getInt("to_asset_id"));
        }
        if (kind == ChangeKind.FINDING_MOVED) {
            data.putObject("from").put("id", row.getInt("from_asset_id"));
            data.putObject("to").put("id", row.getInt("to_asset_id"));
        }
        Optional<Integer> connectionId = number(row, "connection_id");
        Optional<Integer> recordId = number(row, "source_record_id");
        if (recordId.isPresent()) {
            ObjectNode record = data.putObject("record").put("id", recordId.get());
            text(row, "native_key", record, "nativeKey");
            connection(row, connectionId, record);
        }
        Optional<Integer> runId = number(row, "run_id");
        if (runId.isPresent()) {
            ObjectNode run = data.putObject("run").put("id", runId.get());
            Sql.instant(row, "observed_at").ifPresent(time -> run.put("observedAt", time.toString()));
            if (assetId.isEmpty()) {
                connection(row, connectionId, run);
                text(row, "failure_kind", run, "failureKind");
                text(row, "failure_message", run, "failureMessage");
                texts(row, "missing", run, "missing");
            }
        }
        Integer[] definitions = (Integer[]) row.getArray("definitions").getArray();
        int[] ids = new int[definitions.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = definitions[i];
        }
        return new Row(
                row.getLong("event_id"),
                kind,
                Sql.instant(row, "at").orElseThrow(),
                assetId,
                Optional.ofNullable(row.getString("name")),
                connectionId,
                ids,
                row.getInt("sent"),
                data);
    }

    private static void describe(ResultSet row, ObjectNode asset) throws SQLException {
        text(row, "domain", asset, "domain");
        text(row, "type", asset, "type");
        if (row.getString("os_name") != null) {
            ObjectNode system = asset.putObject("operatingSystem");
            text(row, "os_name", system, "name");
            text(row, "os_version", system, "version");
        }
        lines(row, "addresses", asset, "addresses");
        lines(row, "mac_addresses", asset, "macAddresses");
        if (row.getString("cloud_instance") != null) {
            ObjectNode cloud = asset.putObject("cloud");
            text(row, "cloud_provider", cloud, "provider");
            text(row, "cloud_instance", cloud, "instanceId");
        }
    }

    private static void connection(ResultSet row, Optional<Integer> id, ObjectNode into) throws SQLException {
        if (id.isPresent()) {
            text(row, "connection_name", into.putObject("connection").put("id", id.get()), "name");
        }
    }

    private static Optional<Integer> number(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Integer.class));
    }

    private static void text(ResultSet row, String column, ObjectNode into, String name) throws SQLException {
        String text = row.getString(column);
        if (text != null) {
            into.put(name, text);
        }
    }

    private static void texts(ResultSet row, String column, ObjectNode into, String name) throws SQLException {
        if (row.getArray(column) != null) {
            String[] texts = (String[]) row.getArray(column).getArray();
            if (texts.length > 0) {
                ArrayNode list = into.putArray(name);
                for (String text : texts) {
                    list.add(text);
                }
            }
        }
    }

    private static void lines(ResultSet row, String column, ObjectNode into, String name) throws SQLException {
        String lines = row.getString(column);
        if (lines != null && !lines.isEmpty()) {
            ArrayNode list = into.putArray(name);
            lines.lines().forEach(list::add);
        }
    }

    /** Makes sure that {@link #events} knows the definitions of these rows. */
    void load(Connection connection, List<Row> rows) throws SQLException {
        definitions.load(connection, rows.stream().map(Row::definitions).toList());
    }

    /** The events of a row that were not taken yet. */
    List<ChangeEvent> events(Row row) {
        if (row.definitions().length == 0) {
            String subject = row.assetId()
                    .map(id -> "assets/" + id)
                    .orElseGet(() -> "runs/" + row.data().path("run").path("id").asInt());
            return List.of(event(row, 0, true, Long.toString(row.id()), subject, row.data()));
        }
        List<ChangeEvent> events = new ArrayList<>(row.definitions().length - row.sent());
        for (int place = row.sent(); place < row.definitions().length; place++) {
            Finding finding = definitions.get(row.definitions()[place]);
            ObjectNode data = row.data().deepCopy();
            data.set("finding", finding.json());
            events.add(event(
                    row,
                    place,
                    place == row.definitions().length - 1,
                    row.id() + "-" + finding.id(),
                    "assets/" + row.assetId().orElseThrow() + "/findings/" + finding.externalId(),
                    data));
        }
        return events;
    }

    private ChangeEvent event(Row row, int place, boolean last, String id, String subject, ObjectNode data) {
        String key = row.assetId()
                .map(asset -> "asset-" + asset)
                .orElseGet(() ->
                        "connection-" + row.connectionId().map(String::valueOf).orElse(""));
        return new ChangeEvent(
                row.id(),
                place,
                last,
                row.kind(),
                id,
                key,
                row.assetId(),
                row.name(),
                envelope(
                        source,
                        id,
                        type(row.kind()),
                        row.at(),
                        subject,
                        key,
                        // text that sorts as the numbers do
                        "%019d-%07d".formatted(row.id(), place),
                        data));
    }

    static String type(ChangeKind kind) {
        return TYPES + kind.name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** An event that says nothing but that it arrives. */
    static byte[] trial(String source, String id, Instant at) {
        return envelope(
                source,
                id,
                TYPES + "test",
                at,
                "test",
                "test",
                "0",
                JsonNodeFactory.instance.objectNode().put("message", "ETM Connect can reach this destination."));
    }

    private static byte[] envelope(
            String source,
            String id,
            String type,
            Instant at,
            String subject,
            String key,
            String sequence,
            ObjectNode data) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("specversion", "1.0")
                .put("id", id)
                .put("source", source)
                .put("type", type)
                .put("subject", subject)
                .put("time", at.toString())
                .put("datacontenttype", "application/json")
                .put("partitionkey", key)
                .put("sequence", sequence);
        event.set("data", data);
        return JSON.writeValueAsBytes(event);
    }
}
