// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.Optional;
import java.util.OptionalInt;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.ConnectorDescriptor;

/**
 * A connection to be stored, maybe with a profile that runs it.
 *
 * @param name unique among connections; not blank
 * @param description may be empty
 * @param connector whose connection it is
 * @param settings as the connector accepted them
 * @param transformMap the map that its first profile uses, by name; empty: it has no profile yet
 * @param retentionDays days after which what a host no longer reported has left is deleted, at least 1; empty: never
 */
public record NewConnection(
        String name,
        String description,
        ConnectorDescriptor connector,
        ConnectionSettings settings,
        Optional<String> transformMap,
        OptionalInt retentionDays) {

    /** A connection with a first profile, which keeps what vanished hosts have left for ever. */
    public NewConnection(
            String name,
            String description,
            ConnectorDescriptor connector,
            ConnectionSettings settings,
            String transformMap) {
        this(name, description, connector, settings, Optional.of(transformMap), OptionalInt.empty());
    }
}
