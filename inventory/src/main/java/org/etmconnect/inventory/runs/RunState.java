// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

/** Where a run is. */
public enum RunState {
    QUEUED,
    FETCHING,
    APPLYING,
    /** Everything was fetched, provably, and applied. */
    PROCESSED,
    /** What was fetched was applied; something is missing, so nothing was closed or retired. */
    PROCESSED_INCOMPLETE,
    FAILED,
    CANCELLED;

    /** Whether the run is over. */
    public boolean ended() {
        return switch (this) {
            case QUEUED, FETCHING, APPLYING -> false;
            case PROCESSED, PROCESSED_INCOMPLETE, FAILED, CANCELLED -> true;
        };
    }
}
