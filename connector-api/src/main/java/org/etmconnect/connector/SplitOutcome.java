// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** How the reading of a split ended. */
public sealed interface SplitOutcome {

    /** Every page of it is stored. */
    record Read() implements SplitOutcome {}

    /**
     * It could not be read to its end; pages stored so far stay.
     *
     * @param kind what went wrong
     * @param message what happened, to what, and what to do
     * @param fatal whether the other splits would fail alike, so that the fetch should stop
     */
    record Failed(FailureKind kind, String message, boolean fatal) implements SplitOutcome {}
}
