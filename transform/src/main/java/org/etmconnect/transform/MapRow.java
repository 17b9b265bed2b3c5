// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One row of a transform map. A value goes its way in this order: taken from {@code source}, changed by {@code expression},
 * translated by {@code values} and {@code otherwise}, converted to the type of {@code target}. Where the source has no
 * value (missing, null or empty text) the row makes none, whatever the rest of it says.
 *
 * @param source path into the source model, e.g. {@code cves[].severity}: a dot goes into an object, {@code []} means each
 *     element
 * @param target path into the target model, e.g. {@code finding[].severity}
 * @param values translation of values; keys are compared with the value's text without regard to case, a null drops the
 *     value; empty if there is none. Iterates in the order it was written
 * @param otherwise what a value becomes that {@code values} does not name; without it such a value stays as it is
 * @param expression in CEL, sees "value", "item" (the element of the source array that the row goes through) and
 *     "record"; a result of null drops the value
 * @param identifier whether the map marks the target as identifier
 */
public record MapRow(
        String source,
        String target,
        Map<String, JsonNode> values,
        Optional<JsonNode> otherwise,
        Optional<String> expression,
        boolean identifier) {

    public MapRow {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** A row that only moves and converts. */
    public static MapRow of(String source, String target) {
        return new MapRow(source, target, Map.of(), Optional.empty(), Optional.empty(), false);
    }
}
