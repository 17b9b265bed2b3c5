// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

/** What can tell one host from another. */
public enum IdentityAttribute {
    CLOUD_INSTANCE_ID("Cloud instance ID", true),
    MAC_ADDRESS("MAC address", true),
    HOST_NAME("Host name", true),
    DOMAIN("Domain", false),
    IP_ADDRESS("IP address", true),
    OPERATING_SYSTEM("Operating system", false),
    ASSET_TYPE("Type", false);

    private final String title;
    private final boolean findsHosts;

    IdentityAttribute(String title, boolean findsHosts) {
        this.title = title;
        this.findsHosts = findsHosts;
    }

    /** The name people see. */
    public String title() {
        return title;
    }

    /**
     * Whether few hosts share a value, so that hosts are looked up by it. The others are shared by most hosts of a fleet;
     * in a rule they only narrow what another attribute finds.
     */
    public boolean findsHosts() {
        return findsHosts;
    }
}
