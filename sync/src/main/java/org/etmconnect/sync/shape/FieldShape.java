// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.Map;

/**
 * What a field looked like.
 *
 * @param filled in how many of the records looked at it had a value
 * @param kinds in how many it had which kind; 0 for a kind that only earlier runs saw
 * @param values of an enumeration, in how many it had which value, upper case; 0 for one that only earlier runs saw
 * @param example a value, cut; empty for a field that the source model has
 */
record FieldShape(int filled, Map<Kind, Integer> kinds, Map<String, Integer> values, String example) {

    FieldShape {
        kinds = Map.copyOf(kinds);
        values = Map.copyOf(values);
    }

    /** The kind it has most. */
    Kind kind() {
        return kinds.entrySet().stream()
                .max(Map.Entry.<Kind, Integer>comparingByValue()
                        .thenComparing(Map.Entry.<Kind, Integer>comparingByKey().reversed()))
                .map(Map.Entry::getKey)
                .orElse(Kind.TEXT);
    }
}
