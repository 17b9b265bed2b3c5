// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.time.Instant;
import java.util.Optional;
import org.etmconnect.inventory.schedule.Schedule;

/**
 * What a connection runs.
 *
 * @param id positive, never used again
 * @param connectionId whose profile it is
 * @param name unique within its connection
 * @param description may be empty
 * @param transformMap the transform map it uses, by name
 * @param transformMapVersion the version of that map it is pinned to; empty: the newest there is when a run begins
 * @param active whether it may run
 * @param schedule when it is due
 * @param createdAt when it was made
 */
public record Profile(
        int id,
        int connectionId,
        String name,
        String description,
        String transformMap,
        Optional<Integer> transformMapVersion,
        boolean active,
        Schedule schedule,
        Instant createdAt) {}
