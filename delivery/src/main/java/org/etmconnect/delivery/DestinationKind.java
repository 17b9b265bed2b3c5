// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.events.EventTopic;

/** A kind of destination. Implementations are safe for use by several threads. */
public interface DestinationKind {

    /** Its id, e.g. {@code qualys-etm-api}. */
    String id();

    /** What people call it. */
    String title();

    /** What it does, a sentence. */
    String description();

    /** Its settings. */
    List<AuthField> fields();

    /** Keys of the settings that say where credentials are sent: who changes one of them enters the credentials again. */
    Set<String> leadTo();

    /** Whether it is told what changes as it changes, instead of being delivered the inventory. */
    default boolean takesEvents() {
        return false;
    }

    /** Of what it is told then; nothing for kinds that take no events. */
    default Set<EventTopic> events(DestinationSettings settings) {
        return Set.of();
    }

    /** What is wrong with the settings, without any call; empty if nothing is. */
    List<Problem> check(DestinationSettings settings);

    /**
     * Tries the settings with one cheap call each.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    ConnectionTest test(DestinationSettings settings) throws InterruptedException;

    /**
     * Delivers.
     *
     * @throws DeliveryFailure if it cannot go on
     * @throws DeliveryStopped if the thread was interrupted
     */
    void deliver(DeliveryWork work);
}
