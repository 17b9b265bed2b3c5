// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of one connection, as its connector's {@link AuthField}s describe them.
 *
 * @param values plain fields by key
 * @param secrets credentials by key
 * @param findingTypes what the connection takes; not empty
 * @param network how it reaches the vendor
 */
public record ConnectionSettings(
        Map<String, String> values,
        Map<String, Secret> secrets,
        Set<FindingType> findingTypes,
        NetworkOptions network) {

    public ConnectionSettings {
        values = Map.copyOf(values);
        secrets = Map.copyOf(secrets);
        findingTypes = Set.copyOf(findingTypes);
    }

    /** The plain field {@code key}, trimmed; empty if it is absent or blank. */
    public Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** The credential {@code key}; empty if it is absent or blank. */
    public Optional<Secret> secret(String key) {
        return Optional.ofNullable(secrets.get(key)).filter(secret -> !secret.isBlank());
    }

    /** Whether the connection takes {@code type}. */
    public boolean takes(FindingType type) {
        return findingTypes.contains(type);
    }
}
