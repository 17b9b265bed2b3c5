// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The end of a snapshot: no page is added after it.
 *
 * @param sealed whether it is provably complete
 * @param at when this was decided
 * @param missing what is missing or cannot be proved, a sentence each; empty exactly if sealed
 * @param rows how many rows of each stream it holds
 */
public record Seal(boolean sealed, Instant at, List<String> missing, Map<String, Long> rows) {

    public Seal {
        missing = List.copyOf(missing);
        rows = Map.copyOf(rows);
        if (sealed != missing.isEmpty()) {
            throw new IllegalArgumentException("A snapshot is sealed exactly if nothing is missing: " + missing);
        }
    }
}
