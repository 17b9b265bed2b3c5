// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;

/** What became of counting by severity. */
public sealed interface SeverityCountOutcome {

    /** Exactly so many. */
    record Counted(SeverityCounts counts) implements SeverityCountOutcome {}

    /** The database did not finish in time; a narrower query may. */
    record TimedOut(Duration limit) implements SeverityCountOutcome {}

    /** The query speaks of a run or a time that cannot be answered for: one that is not there, or not over. */
    record Refused(String message) implements SeverityCountOutcome {}
}
