// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An asset's own columns, merged from the documents of its source records. */
record AssetColumns(
        @Nullable String name,
        @Nullable String domain,
        @Nullable String type,
        @Nullable String osName,
        @Nullable String osVersion,
        @Nullable Instant firstFound,
        Set<String> addresses,
        Set<String> macAddresses,
        @Nullable String cloudProvider,
        @Nullable String cloudInstance,
        String customAttributes) {

    /**
     * @param documents mapped documents, the one that counts most first: single values come from the first that has one,
     *     lists are united, the first found date is the earliest. An address of several lines counts as several, for it is
     *     kept as a line
     */
    static AssetColumns merge(List<ObjectNode> documents) {
        Set<String> addresses = new LinkedHashSet<>();
        Set<String> macAddresses = new LinkedHashSet<>();
        Map<String, JsonNode> custom = new TreeMap<>();
        Instant firstFound = null;
        for (ObjectNode document : documents) {
            for (JsonNode networkInterface : document.path("networkInterfaces")) {
                for (String field : List.of("ipAddress", "ipv4Address", "ipv6Address")) {
                    text(networkInterface.path(field)).stream()
                            .flatMap(String::lines)
                            .forEach(addresses::add);
                }
                text(networkInterface.path("macAddress"))
                        .map(mac -> mac.toLowerCase(Locale.ROOT).replace('-', ':'))
                        .stream()
                        .flatMap(String::lines)
                        .forEach(macAddresses::add);
            }
            document.path("temp_q_customAttributes")
                    .properties()
                    .forEach(entry -> custom.putIfAbsent(entry.getKey(), entry.getValue()));
            Instant found =
                    text(document.path("firstFoundDate")).map(Instant::parse).orElse(null);
            if (found != null && (firstFound == null || found.isBefore(firstFound))) {
                firstFound = found;
            }
        }
        ObjectNode attributes = JsonNodeFactory.instance.objectNode();
        custom.forEach(attributes::set);
        return new AssetColumns(
                first(documents, document -> document.path("hostName")),
                first(documents, document -> document.path("domain")),
                first(documents, document -> document.path("type")),
                first(documents, document -> document.path("operatingSystem").path("name")),
                first(documents, document -> document.path("operatingSystem").path("version")),
                firstFound,
                addresses,
                macAddresses,
                first(documents, document -> cloudInfo(document).path("provider")),
                first(documents, document -> cloudInfo(document).path("instanceId")),
                JsonMapper.shared().writeValueAsString(attributes));
    }

    private static JsonNode cloudInfo(ObjectNode document) {
        return document.path("asset").path("assetDetail").path("cloudInfo");
    }

    IdentityAttributes identity() {
        return IdentityAttributes.of(
                list(cloudInstance), macAddresses, list(name), list(domain), addresses, list(osName), list(type));
    }

    /** By what a single record can be recognised. */
    static IdentityAttributes identity(ObjectNode document) {
        return merge(List.of(document)).identity();
    }

    private static List<String> list(@Nullable String value) {
        return value == null ? List.of() : List.of(value);
    }

    private static @Nullable String first(List<ObjectNode> documents, Function<ObjectNode, JsonNode> field) {
        return documents.stream()
                .map(field)
                .flatMap(node -> text(node).stream())
                .findFirst()
                .orElse(null);
    }

    private static Optional<String> text(JsonNode node) {
        return node.isValueNode() && !node.isNull() ? Optional.of(node.asString()) : Optional.empty();
    }
}
