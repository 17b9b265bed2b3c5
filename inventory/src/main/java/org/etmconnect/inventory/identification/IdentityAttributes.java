// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The values by which a host can be recognised, normalised, without those that identify nobody.
 *
 * @param values by attribute; an attribute without a usable value is absent
 */
public record IdentityAttributes(Map<IdentityAttribute, Set<String>> values) {

    public IdentityAttributes {
        EnumMap<IdentityAttribute, Set<String>> copy = new EnumMap<>(IdentityAttribute.class);
        values.forEach((attribute, set) -> {
            if (!set.isEmpty()) {
                copy.put(attribute, Collections.unmodifiableSet(new LinkedHashSet<>(set)));
            }
        });
        values = Collections.unmodifiableMap(copy);
    }

    /** Takes raw values as a mapped document or an asset has them; drops what identifies nobody. */
    public static IdentityAttributes of(
            Collection<String> cloudInstances,
            Collection<String> macAddresses,
            Collection<String> hostNames,
            Collection<String> domains,
            Collection<String> addresses,
            Collection<String> operatingSystems,
            Collection<String> types) {
        EnumMap<IdentityAttribute, Set<String>> values = new EnumMap<>(IdentityAttribute.class);
        values.put(IdentityAttribute.CLOUD_INSTANCE_ID, IdentifyingValues.cloudInstances(cloudInstances));
        values.put(IdentityAttribute.MAC_ADDRESS, IdentifyingValues.macAddresses(macAddresses));
        values.put(IdentityAttribute.HOST_NAME, IdentifyingValues.hostNames(hostNames));
        values.put(IdentityAttribute.DOMAIN, IdentifyingValues.domains(domains));
        values.put(IdentityAttribute.IP_ADDRESS, IdentifyingValues.addresses(addresses));
        values.put(IdentityAttribute.OPERATING_SYSTEM, IdentifyingValues.words(operatingSystems));
        values.put(IdentityAttribute.ASSET_TYPE, IdentifyingValues.words(types));
        return new IdentityAttributes(values);
    }

    /** The values of {@code attribute}; empty if there is none that identifies. */
    public Set<String> of(IdentityAttribute attribute) {
        return values.getOrDefault(attribute, Set.of());
    }

    /** The values both have for {@code attribute}. */
    public Set<String> shared(IdentityAttribute attribute, IdentityAttributes other) {
        Set<String> shared = new LinkedHashSet<>(of(attribute));
        shared.retainAll(other.of(attribute));
        return shared;
    }
}
