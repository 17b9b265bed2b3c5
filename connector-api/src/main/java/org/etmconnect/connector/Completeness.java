// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Map;

/**
 * Whether a fetch is provably complete.
 *
 * @param missing what is missing or cannot be proved, a sentence each; empty if the fetch is complete
 * @param counts how many rows of each stream were stored, for the run's log
 */
public record Completeness(List<String> missing, Map<String, Long> counts) {

    public Completeness {
        missing = List.copyOf(missing);
        counts = Map.copyOf(counts);
    }

    /** Whether nothing is missing. */
    public boolean complete() {
        return missing.isEmpty();
    }
}
