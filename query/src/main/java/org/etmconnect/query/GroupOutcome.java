// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;

/** What became of grouping. */
public sealed interface GroupOutcome {

    /** The groups. */
    record Grouped(FindingGroups groups) implements GroupOutcome {}

    /** The database did not finish in time; a narrower query may. */
    record TimedOut(Duration limit) implements GroupOutcome {}

    /** The query speaks of a run or a time that cannot be answered for: one that is not there, or not over. */
    record Refused(String message) implements GroupOutcome {}
}
