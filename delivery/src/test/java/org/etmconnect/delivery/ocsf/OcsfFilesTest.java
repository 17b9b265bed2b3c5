// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OcsfFilesTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Attributes with their types, what is required, and constraints: taken from the schema's repository. */
    private static final JsonNode SCHEMA =
            JSON.readTree(Objects.requireNonNull(OcsfFilesTest.class.getResourceAsStream("/ocsf/schema-excerpt.json")));

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    @Test
    void everyEventFollowsTheSchema(@TempDir Path directory) throws IOException {
        INVENTORY.hosts().put("ep \"1\"", new Host("web1", Set.of("CVE-2024-1", "CVE-2024-2")));
        INVENTORY.hosts().put("ep-2", new Host("web2", Set.of()));
        INVENTORY.sync();
        INVENTORY.execute("update definition set cve_id = null where external_finding_id = 'CVE-2024-2'");
        DeliveryCounts[] counted = {DeliveryCounts.NONE};
        new OcsfFiles(directory, directory.resolve("work"))
                .deliver(new DeliveryWork(
                        INVENTORY.database(),
                        1,
                        new DestinationSettings(Map.of(), Map.of(), NetworkOptions.defaults()),
                        new DeliveryWork.Report() {
                            @Override
                            public void count(DeliveryCounts more) {
                                counted[0] = counted[0].plus(more);
                            }

                            @Override
                            public void rejected(List<Rejection> rejections) {
                                throw new AssertionError(rejections);
                            }
                        }));
        List<JsonNode> assets = events(directory.resolve("ocsf-inventory-info.jsonl"));
        List<JsonNode> findings = events(directory.resolve("ocsf-vulnerability-findings.jsonl"));

        assertThat(assets).hasSize(2).allSatisfy(event -> assertValid(event, "inventory_info"));
        assertThat(findings).hasSize(2).allSatisfy(event -> assertValid(event, "vulnerability_finding"));
        assertThat(counted[0].findings()).isEqualTo(2);
        JsonNode first = findings.stream()
                .filter(event ->
                        event.at("/vulnerabilities/0/cve/uid").asString("").equals("CVE-2024-1"))
                .findFirst()
                .orElseThrow();
        assertThat(first.at("/finding_info/uid").asString()).isEqualTo("ep \"1\"/CVE-2024-1");
        assertThat(first.at("/resources/0/hostname").asString()).isEqualTo("web1");
        assertThat(first.path("severity_id").asInt()).isEqualTo(3);
        assertThat(first.path("type_uid").asInt())
                .isEqualTo(first.path("class_uid").asInt() * 100
                        + first.path("activity_id").asInt());
    }

    private static List<JsonNode> events(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    }

    private static void assertValid(JsonNode value, String type) {
        JsonNode schema = SCHEMA.path(type);
        for (JsonNode required : schema.path("required")) {
            assertThat(value.has(required.asString()))
                    .as(type + "." + required.asString())
                    .isTrue();
        }
        constraint(value, type, "at_least_one", schema, count -> count >= 1);
        constraint(value, type, "just_one", schema, count -> count == 1);
        value.properties().forEach(entry -> {
            String name = type + "." + entry.getKey();
            String declared = schema.path("attributes").path(entry.getKey()).asString("");
            assertThat(declared).as(name + " is in the schema").isNotEmpty();
            if (declared.startsWith("array of ")) {
                assertThat(entry.getValue().isArray()).as(name).isTrue();
                entry.getValue().forEach(each -> assertTyped(each, declared.substring("array of ".length()), name));
            } else {
                assertTyped(entry.getValue(), declared, name);
            }
        });
    }

    private static void constraint(
            JsonNode value, String type, String kind, JsonNode schema, java.util.function.LongPredicate holds) {
        JsonNode names = schema.path("constraints").path(kind);
        if (!names.isMissingNode()) {
            long present = names.valueStream()
                    .filter(name -> value.has(name.asString()))
                    .count();
            assertThat(holds.test(present)).as(type + " " + kind + " " + names).isTrue();
        }
    }

    private static void assertTyped(JsonNode value, String declared, String name) {
        switch (declared) {
            case "integer_t", "long_t", "timestamp_t" ->
                assertThat(value.isIntegralNumber()).as(name).isTrue();
            case "boolean_t" -> assertThat(value.isBoolean()).as(name).isTrue();
            default -> {
                if (declared.endsWith("_t")) {
                    assertThat(value.isString()).as(name).isTrue();
                } else {
                    assertThat(SCHEMA.has(declared))
                            .as(name + " of " + declared)
                            .isTrue();
                    assertValid(value, declared);
                }
            }
        }
    }
}
