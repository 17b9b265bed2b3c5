// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.transform.TransformMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Counts in how many documents each field has a value. Used by one thread. */
final class FillCount {

    private final Node root = new Node();
    private long documents;

    /** A field. A tree, so that counting a document makes no path texts. */
    private static final class Node {
        final Map<String, Node> fields = new HashMap<>();
        boolean list;
        long documents;
        long last;
    }

    void add(ObjectNode document) {
        documents++;
        count(document, root);
    }

    private void count(JsonNode value, Node node) {
        if (value instanceof ObjectNode object) {
            object.forEachEntry((name, child) -> count(child, node.fields.computeIfAbsent(name, key -> new Node())));
        } else if (value instanceof ArrayNode array) {
            node.list = true;
            array.forEach(element -> count(element, node));
        } else if (node.last != documents) {
            node.last = documents;
            node.documents++;
        }
    }

    long documents() {
        return documents;
    }

    /**
     * How many documents have a value, by path.
     *
     * @param prefix the path of the documents within the model, e.g. {@code finding[].}; else empty
     */
    Map<String, Long> byPath(String prefix) {
        Map<String, Long> paths = new TreeMap<>();
        collect(root, prefix, paths);
        return paths;
    }

    private static void collect(Node node, String prefix, Map<String, Long> paths) {
        node.fields.forEach((name, child) -> {
            String path = prefix + name + (child.list ? "[]" : "");
            if (child.documents > 0) {
                paths.put(path, child.documents);
            }
            collect(child, path + ".", paths);
        });
    }

    /** The paths of a model's values. */
    static Set<String> paths(DataModel model) {
        Set<String> paths = new TreeSet<>();
        model.fields().forEach(field -> paths(field, "", paths));
        return paths;
    }

    private static void paths(Field field, String prefix, Set<String> paths) {
        String path = prefix + field.name() + (field.list() ? "[]" : "");
        if (field.type() == FieldType.OBJECT) {
            field.fields().forEach(child -> paths(child, path + ".", paths));
        } else {
            paths.add(path);
        }
    }

    /** The paths to which a map's rows lead, without the marks of lists, which a row may leave out at its end. */
    static Set<String> targets(TransformMap map) {
        return map.rows().stream().map(row -> row.target().replace("[]", "")).collect(Collectors.toSet());
    }
}
