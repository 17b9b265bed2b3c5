// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads a value below a node of the source. */
final class SourcePath {

    private final String[] names;
    /** Whether a segment other than the last is a list, so that the values have to be gathered. */
    private final boolean gathers;

    SourcePath(List<Path.Segment> segments) {
        this.names = segments.stream().map(Path.Segment::name).toArray(String[]::new);
        this.gathers = segments.stream().limit(Math.max(0, segments.size() - 1)).anyMatch(Path.Segment::each);
    }

    @Nullable
    JsonNode read(JsonNode from) {
        if (gathers) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            gather(from, 0, all);
            return all;
        }
        JsonNode node = from;
        for (String name : names) {
            node = node.get(name);
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private void gather(JsonNode node, int at, ArrayNode all) {
        if (node.isArray()) {
            for (JsonNode element : node) {
                gather(element, at, all);
            }
        } else if (at == names.length) {
            if (!Conversion.isAbsent(node)) {
                all.add(node);
            }
        } else {
            gather(node.path(names[at]), at + 1, all);
        }
    }
}
