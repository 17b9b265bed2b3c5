// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/** Counts the requests of the last second. Safe for use by several threads. */
final class Throttle {

    private static final long SECOND = 1_000_000_000L;

    private final OptionalInt limit;
    private final Deque<Long> recent = new ArrayDeque<>();
    private int peak;

    Throttle(OptionalInt limit) {
        this.limit = limit;
    }

    /** Notes a request and says whether it is within the limit; one beyond it does not count against later ones. */
    synchronized boolean admits(long nanos) {
        while (!recent.isEmpty() && nanos - recent.getFirst() >= SECOND) {
            recent.removeFirst();
        }
        if (limit.isPresent() && recent.size() >= limit.getAsInt()) {
            return false;
        }
        recent.addLast(nanos);
        peak = Math.max(peak, recent.size());
        return true;
    }

    synchronized int peak() {
        return peak;
    }
}
