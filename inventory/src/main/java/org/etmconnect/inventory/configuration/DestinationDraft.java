// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.Set;
import org.etmconnect.inventory.events.EventTopic;
import org.etmconnect.inventory.schedule.Schedule;

/**
 * A destination as somebody wants it.
 *
 * @param name unique among destinations
 * @param description may be empty
 * @param kind what it is, e.g. {@code qualys-etm-api}
 * @param settings credentials included
 * @param active whether it is delivered to other than by hand
 * @param afterRuns whether it is delivered to when a run has written to the inventory
 * @param schedule when it is delivered to besides
 * @param events what it is told of as it changes; empty for destinations that take no events
 */
public record DestinationDraft(
        String name,
        String description,
        String kind,
        DestinationSettings settings,
        boolean active,
        boolean afterRuns,
        Schedule schedule,
        Set<EventTopic> events) {

    public DestinationDraft {
        events = Set.copyOf(events);
    }

    /** Of a destination that takes no events. */
    public DestinationDraft(
            String name,
            String description,
            String kind,
            DestinationSettings settings,
            boolean active,
            boolean afterRuns,
            Schedule schedule) {
        this(name, description, kind, settings, active, afterRuns, schedule, Set.of());
    }
}
