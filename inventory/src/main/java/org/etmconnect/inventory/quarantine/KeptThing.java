// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.quarantine;

import java.time.Instant;
import java.util.Optional;

/**
 * Something in quarantine, and what became of it.
 *
 * @param id its number, that names it among all
 * @param thing what it is, and why it could not be used
 * @param resolvedRun the run that tried it again and could use it, or found it gone; empty while there is none
 * @param dismissal who put it aside; empty if nobody did, or for another reason
 */
public record KeptThing(int id, Quarantined thing, Optional<Integer> resolvedRun, Optional<Dismissal> dismissal) {

    /**
     * Somebody has seen it.
     *
     * @param by the user's or token's name
     * @param note what they said of it; empty if nothing
     */
    public record Dismissal(String by, Instant at, String note) {}

    /** What became of something in quarantine. */
    public enum State {
        /** Nothing yet. */
        OPEN,
        /** Somebody has seen it and put it aside. */
        DISMISSED,
        /** A later run tried it again and could use it, or found it gone. */
        RESOLVED
    }

    /** What became of it. */
    public State state() {
        if (resolvedRun.isPresent()) {
            return State.RESOLVED;
        }
        return dismissal.isPresent() ? State.DISMISSED : State.OPEN;
    }
}
