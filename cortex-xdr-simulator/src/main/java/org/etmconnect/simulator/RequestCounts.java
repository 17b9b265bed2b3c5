// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.util.Map;

/**
 * The requests that a tenant has had since it started, those to {@code /simulator} left out.
 *
 * @param total all of them
 * @param byCall by the last part of the path
 * @param byStatus by the status of the answer; 0 for a connection closed without one
 * @param mostInOneSecond the most that were let through within any second
 */
public record RequestCounts(long total, Map<String, Long> byCall, Map<Integer, Long> byStatus, int mostInOneSecond) {

    /** Keeps its own copies of the maps. */
    public RequestCounts {
        byCall = Map.copyOf(byCall);
        byStatus = Map.copyOf(byStatus);
    }
}
