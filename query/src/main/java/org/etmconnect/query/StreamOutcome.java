// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;

/** What became of reading all rows of a query. */
public sealed interface StreamOutcome {

    /** The sink has them all. */
    record Streamed(long rows) implements StreamOutcome {}

    /**
     * The database did not find the next rows in time; a narrower query may. What the sink has is not all.
     *
     * @param rows how many rows the sink was given; if none, it was not even begun
     */
    record TimedOut(Duration limit, long rows) implements StreamOutcome {}

    /** The query speaks of a run or a time that cannot be answered for: one that is not there, or not over. */
    record Refused(String message) implements StreamOutcome {}
}
