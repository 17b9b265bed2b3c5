// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;

/** What became of asking for a page. */
public sealed interface SearchOutcome<R> {

    /** The page. */
    record Found<R>(Page<R> page) implements SearchOutcome<R> {}

    /** The database did not finish in time; a narrower query may. */
    record TimedOut<R>(Duration limit) implements SearchOutcome<R> {}

    /** The cursor is damaged or belongs to another query or sort: begin with the first page. */
    record BadCursor<R>(String message) implements SearchOutcome<R> {}

    /** The query speaks of a run or a time that cannot be answered for: one that is not there, or not over. */
    record Refused<R>(String message) implements SearchOutcome<R> {}
}
