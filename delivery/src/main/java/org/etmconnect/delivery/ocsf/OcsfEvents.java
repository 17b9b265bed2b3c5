// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.FindingDefinition;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes OCSF events: a Device Inventory Info of an asset, a Vulnerability Finding of a finding. The latter is made in parts,
 * so that what is the same for all findings of an asset, or of a definition, is made once.
 */
final class OcsfEvents {

    /** Of the schema that the events follow: the first that has all they use. */
    static final String SCHEMA = "1.4.0";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private OcsfEvents() {}

    /**
     * A part of a Vulnerability Finding.
     *
     * @param event members of the event
     * @param info members of its {@code finding_info}
     */
    record Part(ObjectNode event, ObjectNode info) {}

    static ObjectNode inventoryInfo(AssetRecord asset) {
        ObjectNode event = JSON.objectNode();
        event.put("activity_id", 2);
        event.put("category_uid", 5);
        event.put("class_uid", 5001);
        event.put("type_uid", 500_102);
        event.put("severity_id", 1);
        event.put("time", time(asset));
        event.set("metadata", metadata(asset.vendor(), asset.product()));
        event.set("device", device(asset));
        return event;
    }

    private static long time(AssetRecord asset) {
        return asset.lastFound()
                .or(asset::firstFound)
                .map(Instant::toEpochMilli)
                .orElse(0L);
    }

    private static ObjectNode metadata(String vendor, String product) {
        ObjectNode metadata = JSON.objectNode();
        metadata.put("version", SCHEMA);
        metadata.putObject("product").put("name", product).put("vendor_name", vendor);
        return metadata;
    }

    private static ObjectNode device(AssetRecord asset) {
        ObjectNode device = JSON.objectNode();
        device.put("uid", asset.key());
        device.put("type_id", deviceType(asset));
        asset.name().ifPresent(name -> device.put("hostname", name).put("name", name));
        asset.domain().ifPresent(domain -> device.put("domain", domain));
        firstAddress(asset.addresses()).ifPresent(address -> device.put("ip", address));
        if (!asset.macAddresses().isEmpty()) {
            device.put("mac", asset.macAddresses().getFirst());
        }
        asset.cloudInstance().ifPresent(instance -> device.put("instance_uid", instance));
        asset.firstFound().ifPresent(found -> device.put("first_seen_time", found.toEpochMilli()));
        asset.lastFound().ifPresent(found -> device.put("last_seen_time", found.toEpochMilli()));
        asset.osName().ifPresent(name -> {
            ObjectNode os = device.putObject("os").put("name", name).put("type_id", osType(name));
            asset.osVersion().ifPresent(version -> os.put("version", version));
        });
        ArrayNode interfaces = JSON.arrayNode();
        asset.addresses()
                .forEach(address -> interfaces.addObject().put("ip", address).put("type_id", 0));
        asset.macAddresses()
                .forEach(mac -> interfaces.addObject().put("mac", mac).put("type_id", 0));
        if (!interfaces.isEmpty()) {
            device.set("network_interfaces", interfaces);
        }
        return device;
    }

    private static Optional<String> firstAddress(List<String> addresses) {
        return addresses.stream()
                .filter(address -> !address.contains(":"))
                .findFirst()
                .or(() -> addresses.stream().findFirst());
    }

    private static int deviceType(AssetRecord asset) {
        String type = asset.type().orElse("").toUpperCase(Locale.ROOT);
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

    /** What names a finding: the same for as long as there is the asset. */
    static String uid(AssetRecord asset, FindingDefinition definition) {
        return asset.key() + "/" + definition.externalFindingId();
    }

    /** What all findings on an asset that come from one product share. */
    static Part ofAsset(AssetRecord asset, String vendor, String product) {
        ObjectNode event = JSON.objectNode();
        event.set("metadata", metadata(vendor, product));
        ObjectNode resource = event.putArray("resources").addObject();
        resource.put("uid", asset.key()).put("type", "Host");
        asset.name().ifPresent(name -> resource.put("name", name).put("hostname", name));
        firstAddress(asset.addresses()).ifPresent(address -> resource.put("ip", address));
        return new Part(event, JSON.objectNode());
    }

    /**
     * What findings share that are open since the same run.
     *
     * @param firstFound when a run of ours first found them; if that is not known, the asset's time stands for it
     */
    static Part open(AssetRecord asset, Optional<Instant> firstFound, Optional<Instant> lastFound) {
        long first = firstFound.map(Instant::toEpochMilli).orElseGet(() -> time(asset));
        return state(1, 1, first, first, lastFound);
    }

    /** What findings share that one run no longer found. */
    static Part fixed(AssetRecord asset, Optional<Instant> firstFound, Optional<Instant> lastFound, Instant fixed) {
        long first = firstFound.map(Instant::toEpochMilli).orElseGet(() -> time(asset));
        return state(3, 4, fixed.toEpochMilli(), first, lastFound);
    }

    private static Part state(int activity, int status, long time, long first, Optional<Instant> lastFound) {
        ObjectNode event = JSON.objectNode();
        event.put("activity_id", activity);
        event.put("category_uid", 2);
        event.put("class_uid", 2002);
        event.put("type_uid", 200_200 + activity);
        event.put("time", time);
        event.put("status_id", status);
        ObjectNode info = JSON.objectNode();
        info.put("first_seen_time", first);
        lastFound.ifPresent(last -> info.put("last_seen_time", last.toEpochMilli()));
        return new Part(event, info);
    }

    /** What all findings of a definition share. */
    static Part ofDefinition(FindingDefinition definition) {
        ObjectNode event = JSON.objectNode();
        event.put("severity_id", definition.severity().orElse(0));
        ObjectNode vulnerability = event.putArray("vulnerabilities").addObject();
        definition.title().ifPresent(title -> vulnerability.put("title", title));
        definition.description().ifPresent(text -> vulnerability.put("desc", text));
        definition.sourceSeverity().ifPresent(severity -> vulnerability.put("severity", severity));
        // exactly one of the two, as the schema wants
        ObjectNode named = definition.cveId().isPresent()
                ? vulnerability.putObject("cve").put("uid", definition.cveId().get())
                : vulnerability.putObject("advisory").put("uid", definition.externalFindingId());
        definition.published().ifPresent(time -> named.put("created_time", time.toEpochMilli()));
        ObjectNode info = JSON.objectNode();
        info.put("title", definition.title().orElse(definition.externalFindingId()));
        return new Part(event, info);
    }
}
