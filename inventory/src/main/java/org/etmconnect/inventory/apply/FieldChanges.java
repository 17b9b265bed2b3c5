// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Collects which fields differ between documents as they are and as they would be, in bounded memory. */
final class FieldChanges {

    private static final int MOST_FIELDS = 500;
    private static final int EXAMPLES = 3;
    private static final int LONGEST_TEXT = 200;
    private static final int LONGEST_LIST = 20;

    private final Map<String, Count> byTarget = new LinkedHashMap<>();

    private static final class Count {
        long documents;
        final List<InventoryChanges.Example> examples = new ArrayList<>(EXAMPLES);
    }

    /** Compares one document's fields. {@code of} is its key. */
    void compare(String of, ObjectNode before, ObjectNode after) {
        Map<String, JsonNode> was = fields(before);
        Map<String, JsonNode> willBe = fields(after);
        Set<String> targets = new TreeSet<>(was.keySet());
        targets.addAll(willBe.keySet());
        for (String target : targets) {
            Optional<JsonNode> one = Optional.ofNullable(was.get(target));
            Optional<JsonNode> other = Optional.ofNullable(willBe.get(target));
            if (!one.equals(other) && (byTarget.containsKey(target) || byTarget.size() < MOST_FIELDS)) {
                Count count = byTarget.computeIfAbsent(target, key -> new Count());
                count.documents++;
                if (count.examples.size() < EXAMPLES) {
                    count.examples.add(new InventoryChanges.Example(
                            of, one.map(FieldChanges::shown), other.map(FieldChanges::shown)));
                }
            }
        }
    }

    List<InventoryChanges.Field> result() {
        List<InventoryChanges.Field> fields = new ArrayList<>();
        byTarget.forEach((target, count) ->
                fields.add(new InventoryChanges.Field(target, count.documents, List.copyOf(count.examples))));
        return fields;
    }

    private static Map<String, JsonNode> fields(ObjectNode document) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        collect(document, "", false, fields);
        return fields;
    }

    private static void collect(JsonNode node, String path, boolean many, Map<String, JsonNode> fields) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry(
                    (name, value) -> collect(value, path.isEmpty() ? name : path + "." + name, many, fields));
        } else if (node instanceof ArrayNode array) {
            array.forEach(element -> collect(element, path + "[]", true, fields));
        } else if (many) {
            if (fields.computeIfAbsent(path, key -> JsonNodeFactory.instance.arrayNode()) instanceof ArrayNode list) {
                list.add(node);
            }
        } else {
            fields.put(path, node);
        }
    }

    private static JsonNode shown(JsonNode node) {
        if (node.isString() && node.asString().length() > LONGEST_TEXT) {
            return StringNode.valueOf(node.asString().substring(0, LONGEST_TEXT - 1) + "…");
        }
        if (node instanceof ArrayNode list && list.size() > LONGEST_LIST) {
            ArrayNode some = JsonNodeFactory.instance.arrayNode();
            list.valueStream().limit(LONGEST_LIST).forEach(some::add);
            return some.add("…");
        }
        return node;
    }
}
