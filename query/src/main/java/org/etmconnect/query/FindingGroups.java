// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The groups of a query's findings.
 *
 * @param groups the first ones
 * @param total how many groups there are
 * @param openOnly whether open findings alone are in them, because the query says nothing of a state
 * @param asOf the moment whose state they show; empty for the present
 */
public record FindingGroups(List<FindingGroup> groups, long total, boolean openOnly, Optional<Instant> asOf) {

    public FindingGroups {
        groups = List.copyOf(groups);
    }
}
