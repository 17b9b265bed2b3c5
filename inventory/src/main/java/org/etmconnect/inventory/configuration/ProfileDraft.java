// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.Optional;
import org.etmconnect.inventory.schedule.Schedule;

/**
 * A profile as a person writes it.
 *
 * @param name unique within its connection, not blank
 * @param description may be empty
 * @param transformMap the transform map it uses, by name
 * @param transformMapVersion the version of that map it is pinned to; empty: the newest there is when a run begins
 * @param active whether it may run
 * @param schedule when it is due
 */
public record ProfileDraft(
        String name,
        String description,
        String transformMap,
        Optional<Integer> transformMapVersion,
        boolean active,
        Schedule schedule) {}
