// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.ConnectorDescriptor;

/**
 * A connection to be stored, with the profile that runs it.
 *
 * @param name unique among connections; not blank
 * @param description may be empty
 * @param connector whose connection it is
 * @param settings as the connector accepted them
 * @param transformMap the map its first profile uses, by name
 */
public record NewConnection(
        String name,
        String description,
        ConnectorDescriptor connector,
        ConnectionSettings settings,
        String transformMap) {}
