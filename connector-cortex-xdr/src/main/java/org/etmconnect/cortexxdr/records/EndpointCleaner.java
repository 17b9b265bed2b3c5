// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings an endpoint record into the form of the source model. Tenants of different age write the same thing in
 * different ways: null, nothing, a text or a list for a list; empty text for none; numbers as text. Fields that are not
 * of the model stay as they are.
 */
final class EndpointCleaner {

    private static final List<String> LISTS =
            List.of("ip", "ipv6", "mac_address", "users", "active_directory", "group_name");
    private static final List<String> TAG_LISTS = List.of("server_tags", "endpoint_tags");
    private static final Set<String> TIMES = Set.of(
            "first_seen",
            "last_seen",
            "install_date",
            "isolated_date",
            "content_release_timestamp",
            "last_content_update_time");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,18}");

    private EndpointCleaner() {}

    static void clean(ObjectNode endpoint) {
        scalars(endpoint);
        LISTS.forEach(name -> list(endpoint, name));
        ObjectNode tags = endpoint.path("tags") instanceof ObjectNode object ? object : endpoint.putObject("tags");
        TAG_LISTS.forEach(name -> list(tags, name));
        if (!endpoint.has("operating_system") && endpoint.has("os_type")) {
            endpoint.set("operating_system", endpoint.get("os_type"));
        }
        allIps(endpoint);
    }

    /** Empty text and null both say "none"; a time of 0 is no time. */
    private static void scalars(ObjectNode endpoint) {
        for (Iterator<Map.Entry<String, JsonNode>> fields =
                        endpoint.properties().iterator();
                fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode value = field.getValue();
            boolean none =
                    value.isNull() || (value.isString() && value.asString().isBlank());
            if (TIMES.contains(field.getKey()) && !none) {
                String text = value.asString("").strip();
                if (WHOLE_NUMBER.matcher(text).matches()) {
                    long millis = Long.parseLong(text);
                    none = millis == 0;
                    field.setValue(endpoint.numberNode(millis));
                }
            }
            if (none) {
                fields.remove();
            }
        }
    }

    private static void list(ObjectNode parent, String name) {
        JsonNode given = parent.path(name);
        ArrayNode clean = parent.arrayNode();
        if (given.isArray()) {
            given.forEach(element -> add(clean, element));
        } else {
            add(clean, given);
        }
        parent.set(name, clean);
    }

    private static void add(ArrayNode list, JsonNode element) {
        // the vendor's description types some list items as objects; records show texts
        JsonNode value =
                element.isObject() && !element.isEmpty() ? element.iterator().next() : element;
        String text =
                value.isValueNode() && !value.isNull() ? value.asString("").strip() : "";
        if (!text.isEmpty()) {
            list.add(text);
        }
    }

    private static void allIps(ObjectNode endpoint) {
        Set<String> addresses = new LinkedHashSet<>();
        List.of("ip", "ipv6")
                .forEach(name -> endpoint.path(name).forEach(address -> addresses.add(address.asString())));
        ArrayNode all = endpoint.putArray("allIPs");
        addresses.forEach(all::add);
    }
}
