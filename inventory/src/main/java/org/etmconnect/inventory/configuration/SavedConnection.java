// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;

/**
 * A connection as it is stored, without its credentials.
 *
 * @param id positive, never used again
 * @param name unique among connections
 * @param description may be empty
 * @param connector the connector's id, e.g. {@code cortex-xdr}
 * @param vendor as the connector's descriptor says
 * @param product as the connector's descriptor says; assets carry it as a source
 * @param findingTypes what it takes; not empty
 * @param values plain settings by key
 * @param network how it reaches the vendor; a proxy's password is not in it
 * @param secretsSetAt when its credentials were last entered; empty if it has none
 * @param createdAt when it was made
 * @param lastAppliedRun the newest run that wrote to the inventory
 * @param lastCompleteRun the newest such run whose snapshot was sealed
 * @param retentionDays days after which what a host no longer reported has left is deleted; empty: never
 */
public record SavedConnection(
        int id,
        String name,
        String description,
        String connector,
        String vendor,
        String product,
        Set<FindingType> findingTypes,
        Map<String, String> values,
        NetworkOptions network,
        Optional<Instant> secretsSetAt,
        Instant createdAt,
        OptionalInt lastAppliedRun,
        OptionalInt lastCompleteRun,
        OptionalInt retentionDays) {

    public SavedConnection {
        findingTypes = Set.copyOf(findingTypes);
        values = Map.copyOf(values);
    }
}
