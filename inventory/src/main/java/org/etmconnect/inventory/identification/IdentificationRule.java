// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An ordered rule: a record belongs to the one asset that agrees with it on all the rule's attributes. Several values of
 * one attribute agree if they share one.
 *
 * @param name what people see
 * @param attributes all must agree; not empty
 */
public record IdentificationRule(String name, Set<IdentityAttribute> attributes) {

    /** The system's own rule, always first: the same connection gave the same {@code externalAssetId} before. */
    public static final String SOURCE_NATIVE_KEY = "Source native key";

    private static final Set<IdentityAttribute> STRONG =
            Set.of(IdentityAttribute.CLOUD_INSTANCE_ID, IdentityAttribute.MAC_ADDRESS);

    public IdentificationRule {
        if (attributes.isEmpty()) {
            throw new IllegalArgumentException("The identification rule " + name + " has no attributes");
        }
        attributes = Set.copyOf(attributes);
    }

    /** The rules that hold unless a connection says otherwise, in order, after the source native key. */
    public static List<IdentificationRule> defaults() {
        return List.of(
                new IdentificationRule("Cloud instance ID", EnumSet.of(IdentityAttribute.CLOUD_INSTANCE_ID)),
                new IdentificationRule("MAC address", EnumSet.of(IdentityAttribute.MAC_ADDRESS)),
                new IdentificationRule("FQDN", EnumSet.of(IdentityAttribute.HOST_NAME, IdentityAttribute.DOMAIN)),
                new IdentificationRule("Host name", EnumSet.of(IdentityAttribute.HOST_NAME)));
    }

    /**
     * Whether agreement on it outweighs the vendor listing two hosts. Names and addresses do not: two hosts of one name in
     * one tenant are two hosts.
     */
    boolean strong() {
        return attributes.stream().anyMatch(STRONG::contains);
    }
}
