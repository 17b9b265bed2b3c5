// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.function.LongPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rules of OCSF for what we use: attributes with their types and enumerations, what is required, and constraints. Taken
 * from the schema's own repository, at the tag of the version that it names; attributes of profiles are left out.
 */
final class OcsfRules {

    private static final JsonNode SCHEMA = JsonMapper.shared()
            .readTree(Objects.requireNonNull(OcsfRules.class.getResourceAsStream("/ocsf/schema-excerpt.json")));

    private OcsfRules() {}

    /** The version that the rules are of. */
    static String version() {
        return SCHEMA.path("version").asString();
    }

    static void assertValid(JsonNode value, String type) {
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
            JsonNode values = schema.path("enums").path(entry.getKey());
            if (!values.isMissingNode()) {
                assertThat(values.valueStream().map(JsonNode::asInt))
                        .as(name)
                        .contains(entry.getValue().asInt());
            }
            if (declared.startsWith("array of ")) {
                assertThat(entry.getValue().isArray()).as(name).isTrue();
                entry.getValue().forEach(each -> assertTyped(each, declared.substring("array of ".length()), name));
            } else {
                assertTyped(entry.getValue(), declared, name);
            }
        });
    }

    private static void constraint(JsonNode value, String type, String kind, JsonNode schema, LongPredicate holds) {
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
