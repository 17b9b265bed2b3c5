// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.time.Instant;
import java.util.Optional;
import org.etmconnect.connector.FailureKind;

/**
 * One delivery to a destination.
 *
 * @param trigger why it was asked for
 * @param everything whether also what was accepted before is sent again
 * @param counts what it has done so far
 * @param failureKind what went wrong; empty if it did not fail
 * @param failureMessage what happened and what to do
 * @param verification what came of reading back; empty if that is not asked for
 */
public record Delivery(
        int id,
        int destinationId,
        Trigger trigger,
        boolean everything,
        State state,
        Instant queuedAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        DeliveryCounts counts,
        Optional<FailureKind> failureKind,
        Optional<String> failureMessage,
        Optional<Verification> verification) {

    /** Why a delivery was asked for. */
    public enum Trigger {
        /** By hand. */
        MANUAL,
        /** By the destination's schedule. */
        SCHEDULE,
        /** A run wrote to the inventory. */
        RUN,
        /** Change events wait. */
        CHANGE
    }

    /** How far a delivery is. */
    public enum State {
        /** It waits for its turn. */
        QUEUED,
        /** It is under way, or will be again when a server is up. */
        SENDING,
        /** All was accepted. */
        DELIVERED,
        /** Some was rejected. */
        DELIVERED_PARTLY,
        /** It was given up. What was accepted until then is not sent again. */
        FAILED;

        /** Whether it is over. */
        public boolean ended() {
            return switch (this) {
                case QUEUED, SENDING -> false;
                case DELIVERED, DELIVERED_PARTLY, FAILED -> true;
            };
        }
    }
}
