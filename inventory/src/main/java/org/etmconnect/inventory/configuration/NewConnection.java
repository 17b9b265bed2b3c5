// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.Optional;
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
 */
public record NewConnection(
        String name,
        String description,
        ConnectorDescriptor connector,
        ConnectionSettings settings,
        Optional<String> transformMap) {

    /** A connection with a first profile. */
    public NewConnection(
            String name,
            String description,
            ConnectorDescriptor connector,
            ConnectionSettings settings,
            String transformMap) {
        this(name, description, connector, settings, Optional.of(transformMap));
    }
}
