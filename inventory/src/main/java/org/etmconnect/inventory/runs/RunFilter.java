// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs a list shows.
 *
 * @param connectionId only those of this connection
 * @param profileId only those of this profile
 * @param states only those in one of these states; empty for any
 * @param from only those asked for at this time or later
 * @param to only those asked for before this time
 */
public record RunFilter(
        Optional<Integer> connectionId,
        Optional<Integer> profileId,
        Set<RunState> states,
        Optional<Instant> from,
        Optional<Instant> to) {

    public RunFilter {
        states = Set.copyOf(states);
    }

    /** All runs of a connection. */
    public static RunFilter ofConnection(int connectionId) {
        return new RunFilter(Optional.of(connectionId), Optional.empty(), Set.of(), Optional.empty(), Optional.empty());
    }
}
