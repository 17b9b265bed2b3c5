// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.util.List;

/** Sends events to one destination. Used by one thread. */
interface EventSender extends AutoCloseable {

    /** What the destination made of some events. */
    sealed interface Outcome {
        /** It has them all. */
        record Taken() implements Outcome {}

        /** It took none of them, for something in at least one. */
        record Refused(String reason) implements Outcome {}
    }

    /** How many events it takes at once. */
    int most();

    /**
     * Sends events in this order, again and again if that may help.
     *
     * @throws org.etmconnect.delivery.DeliveryFailure if nothing more is worth trying
     */
    Outcome send(List<ChangeEvent> events) throws InterruptedException;

    @Override
    void close();
}
