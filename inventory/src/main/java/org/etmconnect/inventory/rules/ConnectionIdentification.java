// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etmconnect.inventory.identification.IdentificationRule;

/**
 * How the records of a connection find their assets.
 *
 * @param createUnmanagedAsset whether a record that no rule decides makes a new asset; else it is skipped
 * @param switches rules that are on or off for this connection alone, by name
 * @param rules those that are on, in order, without the system's
 */
public record ConnectionIdentification(
        boolean createUnmanagedAsset, Map<String, Boolean> switches, List<IdentificationRule> rules) {

    public ConnectionIdentification {
        switches = java.util.Collections.unmodifiableMap(new TreeMap<>(switches));
        rules = List.copyOf(rules);
    }

    /** What holds while nobody changed anything. */
    public static ConnectionIdentification defaults() {
        return new ConnectionIdentification(true, Map.of(), IdentificationRule.defaults());
    }
}
