// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Adds {@code allIPs} to a record as the vendor sends it: the union of ip and ipv6, in order, no doubles. */
final class HostAddresses {

    private static final String ALL = "allIPs";

    private HostAddresses() {}

    static void complete(ObjectNode host) {
        if (host.has(ALL)) {
            return;
        }
        Set<String> addresses = new LinkedHashSet<>();
        for (String name : List.of("ip", "ipv6")) {
            JsonNode given = host.path(name);
            if (given.isArray()) {
                given.forEach(address -> add(addresses, address));
            } else {
                add(addresses, given);
            }
        }
        if (!addresses.isEmpty()) {
            ArrayNode all = host.putArray(ALL);
            addresses.forEach(all::add);
        }
    }

    private static void add(Set<String> addresses, JsonNode address) {
        if (address.isString() && !address.stringValue().isBlank()) {
            addresses.add(address.stringValue());
        }
    }
}
