// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.csv;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.commons.csv.CSVFormat;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.AssetRecord.OpenFindings;
import org.etmconnect.delivery.records.Definitions;
import org.etmconnect.delivery.records.FindingDefinition;
import org.etmconnect.delivery.records.InventoryFiles;
import org.etmconnect.inventory.Transaction;
import tools.jackson.databind.JsonNode;

/**
 * Writes the whole inventory as two files: one with a line for each active asset, one with a line for each open finding of
 * each. Columns are named after ETM's paths. What an asset or a definition looks like is worked out once, not once a line.
 */
public final class EtmCsvWriter {

    private static final List<String> ASSET_COLUMNS = List.of(
            "externalAssetId",
            "hostName",
            "domain",
            "type",
            "operatingSystem.name",
            "operatingSystem.version",
            "networkInterfaces[].ipAddress",
            "networkInterfaces[].macAddress",
            "asset.assetDetail.cloudInfo.provider",
            "firstFoundDate");

    private static final String CUSTOM = "temp_q_customAttributes.";

    private static final List<String> FINDING_COLUMNS = List.of(
            "finding[].externalFindingId",
            "finding[].findingType.vulnerability.cveId",
            "finding[].name",
            "finding[].category",
            "finding[].severity",
            "finding[].sourceSeverity",
            "finding[].sourceRiskScore",
            "finding[].description",
            "finding[].firstFoundOn",
            "finding[].lastFoundOn");

    private static final byte[] NEW_LINE = {'\n'};
    private static final int BUFFER = 1 << 20;

    private final DataSource database;
    private final CSVFormat format;
    private final boolean header;
    private final byte[] delimiter;

    public EtmCsvWriter(DataSource database, CsvForm form) {
        this.database = database;
        this.format = form.format();
        this.header = form.header();
        this.delimiter = new byte[] {(byte) form.delimiter()};
    }

    /** A definition's columns, up to its date. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Form(String externalId, byte[] columns, byte[] published) {}

    /**
     * Writes both files; the streams stay open.
     *
     * @return how many assets and findings they hold
     * @throws UncheckedIOException if a stream cannot be written to
     */
    public DeliveryCounts write(OutputStream assetFile, OutputStream findingFile) {
        List<String> attributes = attributes();
        Definitions<Form> definitions = new Definitions<>(this::form);
        OutputStream assets = new BufferedOutputStream(assetFile, BUFFER);
        OutputStream findings = new BufferedOutputStream(findingFile, BUFFER);
        try {
            if (header) {
                List<String> columns = new ArrayList<>(ASSET_COLUMNS);
                attributes.forEach(name -> columns.add(CUSTOM + name));
                assets.write(line(columns));
                assets.write(NEW_LINE);
                columns.addAll(FINDING_COLUMNS);
                findings.write(line(columns));
                findings.write(NEW_LINE);
            }
            DeliveryCounts counts = new InventoryFiles(database).write(definitions, record -> {
                byte[] asset = line(columns(record, attributes));
                assets.write(asset);
                assets.write(NEW_LINE);
                return findings(record, asset, definitions, findings);
            });
            assets.flush();
            findings.flush();
            return counts;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private long findings(AssetRecord record, byte[] asset, Definitions<Form> definitions, OutputStream out)
            throws IOException {
        long count = 0;
        // only several connections, or several runs, can bring the same finding twice
        Set<String> seen = record.findings().size() > 1 ? new HashSet<>() : Set.of();
        for (OpenFindings open : record.findings()) {
            byte[] first = bytes(open.firstFound());
            byte[] last = bytes(open.lastFound());
            for (int id : open.definitions()) {
                Form form = definitions.get(id);
                if (record.findings().size() > 1 && !seen.add(form.externalId())) {
                    continue;
                }
                out.write(asset);
                out.write(delimiter);
                out.write(form.columns());
                out.write(delimiter);
                out.write(form.published().length > 0 ? form.published() : first);
                out.write(delimiter);
                out.write(last);
                out.write(NEW_LINE);
                count++;
            }
        }
        return count;
    }

    private static List<String> columns(AssetRecord record, List<String> attributes) {
        List<String> columns = new ArrayList<>(ASSET_COLUMNS.size() + attributes.size());
        columns.add(record.key());
        columns.add(record.name().orElse(""));
        columns.add(record.domain().orElse(""));
        columns.add(record.type().orElse(""));
        columns.add(record.osName().orElse(""));
        columns.add(record.osVersion().orElse(""));
        columns.add(String.join(", ", record.addresses()));
        columns.add(String.join(", ", record.macAddresses()));
        columns.add(record.cloudProvider().orElse(""));
        columns.add(record.firstFound().map(Instant::toString).orElse(""));
        for (String name : attributes) {
            columns.add(text(record.attributes().path(name)));
        }
        return columns;
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                : value.isMissingNode() || value.isNull() ? "" : value.asString();
    }

    private Form form(FindingDefinition definition) {
        return new Form(
                definition.externalFindingId(),
                line(List.of(
                        definition.externalFindingId(),
                        definition.cveId().orElse(""),
                        definition.title().orElse(""),
                        definition.category().orElse("Vulnerability"),
                        definition.severity().map(Object::toString).orElse(""),
                        definition.sourceSeverity().orElse(""),
                        definition.sourceRiskScore().map(Object::toString).orElse(""),
                        definition.description().orElse(""))),
                bytes(definition.published()));
    }

    private byte[] line(List<String> values) {
        return format.format(values.toArray()).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("").getBytes(StandardCharsets.UTF_8);
    }

    /** The custom attributes that any active asset has. */
    private List<String> attributes() {
        return Transaction.run(database, "list the custom attributes", connection -> {
            List<String> names = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("select distinct jsonb_object_keys(custom_attributes) from asset"
                                    + " where retired_run is null order by 1")) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        });
    }
}
