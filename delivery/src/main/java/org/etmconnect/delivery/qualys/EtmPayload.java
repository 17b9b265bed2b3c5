// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.FindingDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Assets and findings as the gateway takes them. */
final class EtmPayload {

    /** The attribute that says whether the inventory still has the asset; the gateway cannot be told to delete one. */
    static final String STATUS = "inventoryStatus";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EtmPayload() {}

    /** An asset without findings and without the time it was last found, which changes with every run. */
    static ObjectNode asset(AssetRecord record) {
        ObjectNode asset = JsonNodeFactory.instance.objectNode();
        List<String> addresses = record.addresses();
        ObjectNode identity = asset.putObject("identityAttributes");
        identity.put("sourceNativeKey", record.key());
        record.name().ifPresent(name -> identity.put("hostName", name));
        fqdn(record, identity);
        if (!addresses.isEmpty()) {
            ArrayNode list = identity.putArray("ipAddress");
            addresses.forEach(list::add);
        }
        if (!record.macAddresses().isEmpty()) {
            identity.put("macAddress", record.macAddresses().getFirst());
        }
        record.cloudInstance().ifPresent(id -> identity.put("instanceUuid", id));
        record.cloudProvider().ifPresent(provider -> identity.put("instanceUuidSource", provider));
        ObjectNode core = asset.putObject("coreAttributes");
        record.name().ifPresent(name -> core.put("hostName", name));
        addresses.stream()
                .filter(address -> !address.contains(":"))
                .findFirst()
                .ifPresent(address -> core.put("address", address));
        fqdn(record, core);
        record.domain().ifPresent(domain -> core.put("domain", domain));
        record.osName().ifPresent(name -> core.put("operatingSystem", name));
        record.osVersion().ifPresent(version -> core.put("osVersion", version));
        ArrayNode interfaces = JsonNodeFactory.instance.arrayNode();
        for (String address : addresses) {
            interfaces
                    .addObject()
                    .put("address", address)
                    .put(address.contains(":") ? "ipv6Address" : "ipv4Address", address);
        }
        // no source says which card has which address, so neither do we
        record.macAddresses().forEach(mac -> interfaces.addObject().put("macAddress", mac));
        if (!interfaces.isEmpty()) {
            core.set("networkInterfaces", interfaces);
        }
        record.firstFound().ifPresent(time -> core.put("sourceCreatedDate", time.toString()));
        ObjectNode custom = core.putObject("customConnectorAttributes");
        record.attributes().properties().forEach(entry -> custom.put(entry.getKey(), text(entry.getValue())));
        record.type().ifPresent(type -> custom.put("assetType", type));
        record.cloudProvider().ifPresent(provider -> custom.put("cloudProvider", provider));
        if (!record.product().isEmpty()) {
            custom.put("sourceProduct", record.product());
        }
        custom.put(STATUS, record.active() ? "Active" : "Retired");
        return asset;
    }

    private static void fqdn(AssetRecord record, ObjectNode into) {
        if (record.name().isPresent() && record.domain().isPresent()) {
            String name = record.name().get();
            String domain = record.domain().get();
            into.put("fqdn", name.endsWith("." + domain) ? name : name + "." + domain);
        }
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                : value.asString();
    }

    /** A finding in the community's form, without its status. */
    static ObjectNode finding(FindingDefinition definition) {
        ObjectNode finding = JsonNodeFactory.instance.objectNode();
        finding.put("id", definition.externalFindingId());
        finding.put("name", definition.title().orElse(definition.externalFindingId()));
        finding.put("category", "VULNERABILITY");
        finding.put("severity", definition.severity().orElse(1));
        definition
                .cveId()
                .ifPresent(cve -> finding.putObject("findingType")
                        .putObject("vulnerability")
                        .put("cveId", cve));
        ObjectNode custom = finding.putObject("customAttributes");
        definition.sourceSeverity().ifPresent(severity -> custom.put("sourceSeverity", severity));
        definition.sourceRiskScore().ifPresent(score -> custom.put("sourceRiskScore", score.toString()));
        return finding;
    }

    static ObjectNode withStatus(ObjectNode finding, boolean open) {
        return finding.deepCopy().put("findingStatus", open ? "ACTIVE" : "FIXED");
    }

    static byte[] request(GatewaySettings settings, List<ObjectNode> assets) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.putObject("connectorMetaData")
                .put("requestId", UUID.randomUUID().toString())
                .put("connectorUuid", settings.connectorUuid())
                .put("source", settings.source())
                .put("assetCount", assets.size());
        ArrayNode data = request.putArray("assetData");
        assets.forEach(data::add);
        return JSON.writeValueAsBytes(request);
    }

    static byte[] bytes(ObjectNode node) {
        return JSON.writeValueAsBytes(node);
    }
}
