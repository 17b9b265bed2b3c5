// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;

/** What became of counting. */
public sealed interface CountOutcome {

    /** Exactly so many. */
    record Exactly(long count) implements CountOutcome {}

    /** More than the bound; not counted further. */
    record MoreThan(long bound) implements CountOutcome {}

    /** The database did not finish in time; a narrower query may. */
    record TimedOut(Duration limit) implements CountOutcome {}

    /** The query speaks of a run or a time that cannot be answered for: one that is not there, or not over. */
    record Refused(String message) implements CountOutcome {}
}
