// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/** A row's {@code values} and {@code otherwise}, converted to the target's type beforehand. A NullNode drops the value. */
final class ValueMap {

    private final Map<String, JsonNode> byText = new HashMap<>();
    private final @Nullable JsonNode otherwise;

    ValueMap(Map<String, JsonNode> values, @Nullable JsonNode otherwise) {
        values.forEach((key, value) -> byText.put(normal(key), value));
        // The spelling of the map is the one that comes most often: it needs no change of case.
        values.forEach(byText::putIfAbsent);
        this.otherwise = otherwise;
    }

    /** The translation; null if the value is to stay as it is. */
    @Nullable
    JsonNode translate(JsonNode value) {
        if (!byText.isEmpty() && value.isValueNode()) {
            String text = value instanceof StringNode string ? string.stringValue() : value.asString();
            JsonNode found = byText.get(text);
            if (found == null) {
                found = byText.get(normal(text));
            }
            if (found != null) {
                return found;
            }
        }
        return otherwise;
    }

    static boolean drops(JsonNode translation) {
        return translation instanceof NullNode;
    }

    private static String normal(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
