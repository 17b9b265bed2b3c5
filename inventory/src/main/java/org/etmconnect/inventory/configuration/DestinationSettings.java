// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;

/**
 * The settings of one destination, as the fields of its kind describe them.
 *
 * @param values plain fields by key
 * @param secrets credentials by key
 * @param network how it is reached
 */
public record DestinationSettings(Map<String, String> values, Map<String, Secret> secrets, NetworkOptions network) {

    public DestinationSettings {
        values = Map.copyOf(values);
        secrets = Map.copyOf(secrets);
    }

    /** The plain field {@code key}, trimmed; empty if it is absent or blank. */
    public Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** The credential {@code key}; empty if it is absent or blank. */
    public Optional<Secret> secret(String key) {
        return Optional.ofNullable(secrets.get(key)).filter(secret -> !secret.isBlank());
    }
}
