// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Some rows of a list.
 *
 * @param rows the rows, in the asked order
 * @param next what to ask the next page with; empty if this is the last. It fits only the same query and sort
 * @param asOf the moment whose state the rows show; empty for the present
 */
public record Page<R>(List<R> rows, Optional<String> next, Optional<Instant> asOf) {

    public Page {
        rows = List.copyOf(rows);
    }
}
