// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.inventory.schedule.Schedule;

/**
 * A destination as it is stored, without its credentials.
 *
 * @param id positive, never used again
 * @param name unique among destinations
 * @param description may be empty
 * @param kind what it is, e.g. {@code qualys-etm-api}
 * @param values plain settings by key
 * @param network how it is reached; a proxy's password is not in it
 * @param secretsSetAt when its credentials were last entered; empty if it has none
 * @param active whether it is delivered to other than by hand
 * @param afterRuns whether it is delivered to when a run has written to the inventory
 * @param schedule when it is delivered to besides
 * @param nextDue when that is next
 * @param createdAt when it was made
 */
public record SavedDestination(
        int id,
        String name,
        String description,
        String kind,
        Map<String, String> values,
        NetworkOptions network,
        Optional<Instant> secretsSetAt,
        boolean active,
        boolean afterRuns,
        Schedule schedule,
        Optional<Instant> nextDue,
        Instant createdAt) {

    public SavedDestination {
        values = Map.copyOf(values);
    }
}
