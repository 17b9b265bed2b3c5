// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.List;
import java.util.Optional;

/**
 * Some rows of a list.
 *
 * @param rows the rows, in the asked order
 * @param next what to ask the next page with; empty if this is the last. It fits only the same query and sort
 */
public record Page<R>(List<R> rows, Optional<String> next) {

    public Page {
        rows = List.copyOf(rows);
    }
}
