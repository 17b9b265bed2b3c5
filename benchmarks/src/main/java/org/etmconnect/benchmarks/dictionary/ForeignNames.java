// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.dictionary;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives hosts the names, domains, addresses and tags of a tenant that the simulator does not know. Used by one thread. */
final class ForeignNames {

    private final Random random;
    private final List<String> domains;
    private final List<String> prefixes;
    private final List<String> tags;

    ForeignNames(Random random) {
        this.random = random;
        this.domains = words(3);
        this.prefixes = words(3);
        this.tags = words(12);
    }

    private List<String> words(int count) {
        return IntStream.range(0, count)
                .mapToObj(word -> random.ints(4 + random.nextInt(8), 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .toList();
    }

    private String any(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** A copy of the document with other names; its fields, and how many values each has, stay as they are. */
    ObjectNode in(ObjectNode document) {
        ObjectNode other = document.deepCopy();
        other.put("hostName", any(prefixes) + (1_000 + random.nextInt(90_000)));
        if (other.has("domain")) {
            other.put("domain", any(domains));
        }
        for (JsonNode each : other.path("networkInterfaces")) {
            ObjectNode card = each.asObject();
            replace(card, "ipv4Address", ipv4());
            replace(card, "ipv6Address", "fe80::" + hex(4, 4));
            if (card.has("macAddress")) {
                card.put("macAddress", hex(2, 6));
            }
        }
        for (JsonNode values : other.path("temp_q_customAttributes")) {
            if (values instanceof ArrayNode list) {
                int count = list.size();
                list.removeAll();
                IntStream.range(0, count).forEach(tag -> list.add(any(tags)));
            }
        }
        return other;
    }

    private static void replace(ObjectNode card, String field, String address) {
        if (card.has(field)) {
            card.put("ipAddress", address).put(field, address);
        }
    }

    private String ipv4() {
        String network = switch (random.nextInt(3)) {
            case 0 -> "10." + random.nextInt(256);
            case 1 -> "192.168";
            default -> "172." + (16 + random.nextInt(16));
        };
        return network + "." + random.nextInt(256) + "." + random.nextInt(256);
    }

    private String hex(int digits, int groups) {
        StringJoiner joined = new StringJoiner(":");
        for (int i = 0; i < groups; i++) {
            joined.add(HexFormat.of().toHexDigits(random.nextInt(1 << (4 * digits)), digits));
        }
        return joined.toString();
    }
}
