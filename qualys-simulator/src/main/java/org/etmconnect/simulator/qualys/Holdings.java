// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** All that was received, by source native key. Safe for use by several threads. */
final class Holdings {

    private final SortedMap<String, ReceivedAsset> assets = new TreeMap<>();

    /** Takes an asset; why not, if not. */
    synchronized String take(JsonNode asset, boolean withFindings) {
        String key = asset.path("identityAttributes").path("sourceNativeKey").asString("");
        if (key.isEmpty()) {
            return "identityAttributes.sourceNativeKey is missing";
        }
        if (!asset.path("coreAttributes").isObject()) {
            return "coreAttributes is missing";
        }
        SortedMap<String, ObjectNode> findings =
                assets.containsKey(key) ? assets.get(key).findings() : new TreeMap<>();
        if (withFindings) {
            for (JsonNode finding : asset.path("findings")) {
                String id = finding.path("id").asString("");
                int severity = finding.path("severity").asInt(0);
                if (id.isEmpty() || severity < 1 || severity > 5) {
                    return "A finding has no id, or no severity from 1 to 5";
                }
            }
            asset.path("findings")
                    .forEach(finding -> findings.put(finding.path("id").asString(), ((ObjectNode) finding).deepCopy()));
        }
        assets.put(
                key,
                new ReceivedAsset(
                        object(asset.path("identityAttributes")), object(asset.path("coreAttributes")), findings));
        return "";
    }

    private static ObjectNode object(JsonNode node) {
        return node.isObject() ? ((ObjectNode) node).deepCopy() : JsonNodeFactory.instance.objectNode();
    }

    synchronized SortedMap<String, ReceivedAsset> all() {
        SortedMap<String, ReceivedAsset> copies = new TreeMap<>();
        assets.forEach((key, asset) -> copies.put(key, asset.copy()));
        return copies;
    }
}
