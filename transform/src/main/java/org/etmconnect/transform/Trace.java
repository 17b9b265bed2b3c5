// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etmconnect.transform.Explanation.Dropped;
import org.etmconnect.transform.Explanation.Origin;
import org.etmconnect.transform.Explanation.RowSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Remembers where the values of a document come from. By the node that holds them, since elements move and become one. */
final class Trace {

    private final IdentityHashMap<ObjectNode, Map<String, List<RowSource>>> made = new IdentityHashMap<>();
    private final List<Dropped> dropped = new ArrayList<>();

    void made(ObjectNode holder, String field, int row, String source) {
        made.computeIfAbsent(holder, node -> new LinkedHashMap<>())
                .computeIfAbsent(field, name -> new ArrayList<>(1))
                .add(new RowSource(row, source));
    }

    void merged(ObjectNode from, ObjectNode into) {
        Map<String, List<RowSource>> moved = made.remove(from);
        if (moved != null) {
            Map<String, List<RowSource>> fields = made.computeIfAbsent(into, node -> new LinkedHashMap<>());
            moved.forEach((field, sources) ->
                    fields.computeIfAbsent(field, name -> new ArrayList<>()).addAll(sources));
        }
    }

    void dropped(int row, String source, JsonNode value, String reason) {
        dropped.add(new Dropped(row, source, value, reason));
    }

    List<Dropped> dropped() {
        return dropped;
    }

    /** The origins of everything in the document, in its order. */
    List<Origin> origins(ObjectNode document) {
        List<Origin> origins = new ArrayList<>();
        walk("", document, origins);
        return origins;
    }

    private void walk(String place, JsonNode node, List<Origin> origins) {
        if (node instanceof ObjectNode object) {
            Map<String, List<RowSource>> known = made.getOrDefault(object, Map.of());
            object.forEachEntry((field, value) -> {
                String at = place.isEmpty() ? field : place + "." + field;
                List<RowSource> sources = known.get(field);
                if (sources != null) {
                    origins.add(new Origin(at, value, sources));
                } else {
                    walk(at, value, origins);
                }
            });
        } else {
            for (int i = 0; i < node.size(); i++) {
                walk(place + "[" + i + "]", node.path(i), origins);
            }
        }
    }
}
