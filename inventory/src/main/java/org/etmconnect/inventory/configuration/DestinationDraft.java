// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

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
 */
public record DestinationDraft(
        String name,
        String description,
        String kind,
        DestinationSettings settings,
        boolean active,
        boolean afterRuns,
        Schedule schedule) {}
