// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Writes what a server has as documents that {@link ConfigurationReader} reads. Stateless. */
final class ConfigurationWriter {

    private static final String CREDENTIALS =
            "# Credentials are not exported: set the variables, or write {fromFile: PATH}.\n";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private ConfigurationWriter() {}

    /** Names in an order that does not depend on a server's language. */
    static Comparator<String> order() {
        return Comparator.<String, String>comparing(name -> name.toLowerCase(Locale.ROOT))
                .thenComparing(Comparator.naturalOrder());
    }

    /**
     * A map's text with its two lines more.
     *
     * @param version if profiles count on the number
     */
    static String map(String name, String yaml, Optional<Integer> version) {
        String head = head(DocumentKind.TransformMap)
                + version.map(number -> "version: " + number + "\n").orElse("");
        String bare = MapYaml.bare(yaml);
        if (readsAs(head + bare, bare)) {
            return head + bare;
        }
        return switch (MapYaml.read(yaml)) {
            // A text in braces has no place for two lines more.
            case MapReading.Read read -> head + MapYaml.write(read.map());
            case MapReading.Unreadable _ ->
                throw new CliFailure("The stored transform map \"" + name
                        + "\" cannot be read. Save it anew, or export the others by --kind and --name.");
        };
    }

    private static boolean readsAs(String document, String yaml) {
        ConfigurationReader reader = new ConfigurationReader(variable -> Optional.empty());
        reader.read("", document, java.nio.file.Path.of(""));
        return reader.problems().isEmpty()
                && reader.documents().size() == 1
                && reader.documents().getFirst().body().path("yaml").asString().equals(yaml);
    }

    /**
     * A connection without its credentials.
     *
     * @param connector the description of its connector
     * @param variables how the variables with its credentials begin, e.g. {@code ETM_HEAD_OFFICE_}
     */
    static String connection(JsonNode connection, JsonNode connector, String variables) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("name", connection.path("name").asString());
        describe(document, connection);
        document.put("connector", connection.path("connector").asString());
        List<String> types = new ArrayList<>();
        connection.path("findingTypes").forEach(type -> types.add(type.asString()));
        types.stream().sorted().forEach(document.putArray("findingTypes")::add);
        settings(document, connection, connector.path("authFields"), key -> connection.has("secretsSetAt"), variables);
        return withCredentials(DocumentKind.Connection, document);
    }

    /**
     * A destination without its credentials.
     *
     * @param kind the description of its kind
     * @param variables how the variables with its credentials begin, e.g. {@code ETM_DESTINATION_QUALYS_}
     */
    static String destination(JsonNode destination, JsonNode kind, String variables) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("name", destination.path("name").asString());
        describe(document, destination);
        document.put("destinationKind", destination.path("kind").asString());
        Set<String> stored = new HashSet<>();
        destination.path("secretKeys").forEach(key -> stored.add(key.asString()));
        settings(document, destination, kind.path("fields"), stored::contains, variables);
        document.put("active", destination.path("active").asBoolean());
        document.put("afterRuns", destination.path("afterRuns").asBoolean());
        schedule(document, destination.path("schedule"));
        return withCredentials(DocumentKind.Destination, document);
    }

    private static String withCredentials(DocumentKind kind, ObjectNode document) {
        String text = YAML.writeValueAsString(document);
        return (text.contains("fromEnv: ") ? CREDENTIALS : "") + head(kind) + text;
    }

    /** @param isSet whether a credential is stored */
    private static void settings(
            ObjectNode document, JsonNode thing, JsonNode fields, Predicate<String> isSet, String variables) {
        JsonNode values = thing.path("values");
        ObjectNode written = document.putObject("values");
        ObjectNode secrets = JsonNodeFactory.instance.objectNode();
        fields.forEach(field -> {
            String key = field.path("key").asString();
            if (values.has(key)) {
                written.set(key, values.path(key));
            } else if (field.path("type").asString().equals("ENCRYPTED_STRING") && isSet.test(key)) {
                secrets.putObject(key).put("fromEnv", variables + variable(key));
            }
        });
        values.propertyNames().stream().sorted(order()).forEach(key -> written.set(key, values.path(key)));
        document.set("network", network(thing.path("network"), variables));
        if (!secrets.isEmpty()) {
            document.set("secrets", secrets);
        }
    }

    private static ObjectNode network(JsonNode stored, String variables) {
        ObjectNode network = JsonNodeFactory.instance.objectNode();
        JsonNode proxy = stored.path("proxy");
        if (proxy.isObject()) {
            ObjectNode written = network.putObject("proxy");
            written.set("host", proxy.path("host"));
            written.set("port", proxy.path("port"));
            if (proxy.has("user")) {
                written.set("user", proxy.path("user"));
                written.putObject("password").put("fromEnv", variables + "PROXY_PASSWORD");
            }
        }
        if (stored.has("caCertificatesPem")) {
            network.set("caCertificatesPem", stored.path("caCertificatesPem"));
        }
        for (String name : List.of("connectTimeoutSeconds", "responseTimeoutSeconds", "requestsPerSecond")) {
            double value = stored.path(name).asDouble();
            if (value == Math.rint(value)) {
                network.put(name, (long) value);
            } else {
                network.put(name, value);
            }
        }
        return network.put("parallelRequests", stored.path("parallelRequests").asInt());
    }

    static String profile(JsonNode profile, String connection) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("connection", connection).put("name", profile.path("name").asString());
        describe(document, profile);
        document.put("transformMap", profile.path("transformMap").asString());
        if (profile.has("transformMapVersion")) {
            document.set("transformMapVersion", profile.path("transformMapVersion"));
        }
        document.put("active", profile.path("active").asBoolean());
        schedule(document, profile.path("schedule"));
        return head(DocumentKind.Profile) + YAML.writeValueAsString(document);
    }

    private static void schedule(ObjectNode document, JsonNode schedule) {
        if (!schedule.path("kind").asString().equals("NONE")) {
            ObjectNode written = document.putObject("schedule");
            for (String name : List.of("kind", "at", "start", "end", "every", "unit", "cron", "zone")) {
                if (schedule.has(name)) {
                    written.set(name, schedule.path(name));
                }
            }
        }
    }

    /** All rules in their order, and how connections differ, by the connections' names. */
    static String identificationRules(JsonNode rules, Map<String, JsonNode> connections) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode written = document.putArray("rules");
        for (JsonNode rule : rules) {
            String kind = rule.path("kind").asString();
            if (!kind.equals("SYSTEM")) {
                ObjectNode line = written.addObject();
                line.set("name", rule.path("name"));
                if (kind.equals("CUSTOM")) {
                    describe(line, rule);
                    line.set("attributes", rule.path("attributes"));
                }
                line.set("enabled", rule.path("enabled"));
            }
        }
        ArrayNode differing = JsonNodeFactory.instance.arrayNode();
        connections.forEach((name, its) -> {
            boolean creates = its.path("createUnmanagedAsset").asBoolean();
            if (!creates || !its.path("switches").isEmpty()) {
                ObjectNode line = differing.addObject().put("connection", name).put("createUnmanagedAsset", creates);
                if (!its.path("switches").isEmpty()) {
                    line.set("switches", its.path("switches"));
                }
            }
        });
        if (!differing.isEmpty()) {
            document.set("connections", differing);
        }
        return head(DocumentKind.IdentificationRules) + YAML.writeValueAsString(document);
    }

    private static void describe(ObjectNode document, JsonNode thing) {
        String description = thing.path("description").asString("");
        if (!description.isEmpty()) {
            document.put("description", description);
        }
    }

    private static String head(DocumentKind kind) {
        return "apiVersion: " + ConfigurationReader.API_VERSION + "\nkind: " + kind + "\n";
    }

    /** How each connection's variables begin: by its name, with a number where two names would have the same. */
    static Map<String, String> variables(List<String> connections) {
        return variables(connections, "ETM_", "CONNECTION");
    }

    /** The same with another beginning. */
    static Map<String, String> variables(List<String> names, String beginning, String nameless) {
        Map<String, String> prefixes = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        names.stream().sorted(order()).forEach(name -> {
            String word = variable(name);
            String base = beginning + (word.isEmpty() ? nameless : word) + "_";
            String prefix = base;
            for (int number = 2; !taken.add(prefix); number++) {
                prefix = base + number + "_";
            }
            prefixes.put(name, prefix);
        });
        return prefixes;
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_").replaceAll("^_+|_+$", "");
    }
}
