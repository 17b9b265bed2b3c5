// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What both searches say of pages and counts. */
final class Limits {

    static final String BAD_CURSOR =
            "This cursor is damaged or belongs to another query or sort order. Ask for the first page again.";

    private Limits() {}

    static void check(int rows, int most) {
        if (rows < 1 || rows > most) {
            throw new IllegalArgumentException("A page has from 1 to " + most + " rows, not " + rows);
        }
    }

    static CountOutcome count(Supplier<Optional<Long>> count, long bound, Duration limit) {
        try {
            Optional<Long> counted = count.get();
            if (counted.isEmpty()) {
                return new CountOutcome.TimedOut(limit);
            }
            return counted.get() > bound ? new CountOutcome.MoreThan(bound) : new CountOutcome.Exactly(counted.get());
        } catch (UnknownMoment unknown) {
            return new CountOutcome.Refused(unknown.reason());
        }
    }
}
