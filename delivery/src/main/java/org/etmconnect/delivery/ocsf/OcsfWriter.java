// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.AssetRecord.OpenFindings;
import org.etmconnect.delivery.records.Definitions;
import org.etmconnect.delivery.records.FindingDefinition;
import org.etmconnect.delivery.records.InventoryFiles;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the whole inventory as OCSF events, one a line: a Device Inventory Info for each active asset, a Vulnerability
 * Finding for each open finding. What events have in common is rendered once for each asset and each definition, and put
 * together as bytes.
 */
public final class OcsfWriter {

    /** Of the schema that the events follow. */
    static final String SCHEMA = "1.3.0";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final byte[] NEW_LINE = {'\n'};

    private final DataSource database;

    /** @param database the inventory */
    public OcsfWriter(DataSource database) {
        this.database = database;
    }

    /**
     * A definition's part of an event, and what stands before the finding's own uid.
     *
     * @param uid escaped for JSON, without quotes
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Form(String externalId, byte[] uid, byte[] rest) {}

    /**
     * Writes both files; the streams stay open.
     *
     * @return how many assets and findings they hold
     * @throws UncheckedIOException if a stream cannot be written to
     */
    public DeliveryCounts write(OutputStream assetFile, OutputStream findingFile) {
        Definitions<Form> definitions = new Definitions<>(OcsfWriter::form);
        return new InventoryFiles(database).write(definitions, assetFile, findingFile, (record, assets, findings) -> {
            assets.write(JSON.writeValueAsBytes(inventoryInfo(record)));
            assets.write(NEW_LINE);
            return findings(record, definitions, findings);
        });
    }

    private static ObjectNode inventoryInfo(AssetRecord record) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("activity_id", 2);
        event.put("category_uid", 5);
        event.put("class_uid", 5001);
        event.put("type_uid", 500_102);
        event.put("severity_id", 1);
        event.put("time", time(record));
        event.set("metadata", metadata(record));
        event.set("device", device(record));
        return event;
    }

    private static long time(AssetRecord record) {
        return record.lastFound()
                .or(record::firstFound)
                .map(Instant::toEpochMilli)
                .orElse(0L);
    }

    private static ObjectNode metadata(AssetRecord record) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("version", SCHEMA);
        metadata.putObject("product").put("name", record.product()).put("vendor_name", record.vendor());
        return metadata;
    }

    private static ObjectNode device(AssetRecord record) {
        ObjectNode device = JsonNodeFactory.instance.objectNode();
        device.put("uid", record.key());
        device.put("type_id", deviceType(record));
        record.name().ifPresent(name -> device.put("hostname", name).put("name", name));
        record.domain().ifPresent(domain -> device.put("domain", domain));
        firstAddress(record).ifPresent(address -> device.put("ip", address));
        if (!record.macAddresses().isEmpty()) {
            device.put("mac", record.macAddresses().getFirst());
        }
        record.cloudInstance().ifPresent(instance -> device.put("instance_uid", instance));
        record.firstFound().ifPresent(found -> device.put("first_seen_time", found.toEpochMilli()));
        record.lastFound().ifPresent(found -> device.put("last_seen_time", found.toEpochMilli()));
        record.osName().ifPresent(name -> {
            ObjectNode os = device.putObject("os").put("name", name).put("type_id", osType(name));
            record.osVersion().ifPresent(version -> os.put("version", version));
        });
        ArrayNode interfaces = JsonNodeFactory.instance.arrayNode();
        record.addresses()
                .forEach(address -> interfaces.addObject().put("ip", address).put("type_id", 0));
        record.macAddresses()
                .forEach(mac -> interfaces.addObject().put("mac", mac).put("type_id", 0));
        if (!interfaces.isEmpty()) {
            device.set("network_interfaces", interfaces);
        }
        return device;
    }

    private static Optional<String> firstAddress(AssetRecord record) {
        return record.addresses().stream()
                .filter(address -> !address.contains(":"))
                .findFirst()
                .or(() -> record.addresses().stream().findFirst());
    }

    private static int deviceType(AssetRecord record) {
        String type = record.type().orElse("").toUpperCase(Locale.ROOT);
        if (type.contains("SERVER")) {
            return 1;
        }
        if (type.contains("LAPTOP")) {
            return 3;
        }
        if (type.contains("WORKSTATION") || type.contains("DESKTOP")) {
            return 2;
        }
        return type.contains("MOBILE") ? 5 : 0;
    }

    private static int osType(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("windows")) {
            return 100;
        }
        if (lower.contains("mac")) {
            return 300;
        }
        boolean linux = List.of("linux", "ubuntu", "debian", "centos", "fedora", "suse").stream()
                .anyMatch(lower::contains);
        return linux ? 200 : 0;
    }

    private static long findings(AssetRecord record, Definitions<Form> definitions, OutputStream out)
            throws IOException {
        ObjectNode resource =
                JsonNodeFactory.instance.objectNode().put("uid", record.key()).put("type", "Host");
        record.name().ifPresent(name -> resource.put("name", name).put("hostname", name));
        firstAddress(record).ifPresent(address -> resource.put("ip", address));
        byte[] head = "{\"activity_id\":1,\"category_uid\":2,\"class_uid\":2002,\"type_uid\":200201,\"time\":"
                .getBytes(StandardCharsets.UTF_8);
        byte[] asset = (",\"metadata\":" + metadata(record) + ",\"resources\":[" + resource
                        + "],\"finding_info\":{\"uid\":\"" + escaped(record.key()) + "/")
                .getBytes(StandardCharsets.UTF_8);
        // only several connections, or several runs, can bring the same finding twice
        Set<String> seen = record.findings().size() > 1 ? new HashSet<>() : Set.of();
        long count = 0;
        for (OpenFindings open : record.findings()) {
            long first = open.firstFound().map(Instant::toEpochMilli).orElseGet(() -> time(record));
            byte[] created = Long.toString(first).getBytes(StandardCharsets.UTF_8);
            byte[] times = ("\",\"first_seen_time\":" + first
                            + open.lastFound()
                                    .map(last -> ",\"last_seen_time\":" + last.toEpochMilli())
                                    .orElse("")
                            + ",")
                    .getBytes(StandardCharsets.UTF_8);
            for (int id : open.definitions()) {
                Form form = definitions.get(id);
                if (record.findings().size() > 1 && !seen.add(form.externalId())) {
                    continue;
                }
                out.write(head);
                out.write(created);
                out.write(asset);
                out.write(form.uid());
                out.write(times);
                out.write(form.rest());
                out.write(NEW_LINE);
                count++;
            }
        }
        return count;
    }

    /** From within finding_info to the event's end. */
    private static Form form(FindingDefinition definition) {
        ObjectNode vulnerability = JsonNodeFactory.instance.objectNode();
        definition.title().ifPresent(title -> vulnerability.put("title", title));
        definition.description().ifPresent(text -> vulnerability.put("desc", text));
        definition.sourceSeverity().ifPresent(severity -> vulnerability.put("severity", severity));
        // exactly one of the two, as the schema wants
        ObjectNode named = definition.cveId().isPresent()
                ? vulnerability.putObject("cve").put("uid", definition.cveId().get())
                : vulnerability.putObject("advisory").put("uid", definition.externalFindingId());
        definition.published().ifPresent(time -> named.put("created_time", time.toEpochMilli()));
        String title = definition.title().orElse(definition.externalFindingId());
        String rest = "\"title\":" + JSON.writeValueAsString(title) + "},\"severity_id\":"
                + definition.severity().orElse(0) + ",\"status_id\":1,\"vulnerabilities\":[" + vulnerability + "]}";
        return new Form(
                definition.externalFindingId(),
                escaped(definition.externalFindingId()).getBytes(StandardCharsets.UTF_8),
                rest.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text) {
        String quoted = JSON.writeValueAsString(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
