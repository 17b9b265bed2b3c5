// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

/** What can tell one host from another. */
public enum IdentityAttribute {
    CLOUD_INSTANCE_ID("Cloud instance ID"),
    MAC_ADDRESS("MAC address"),
    HOST_NAME("Host name"),
    DOMAIN("Domain"),
    IP_ADDRESS("IP address");

    private final String title;

    IdentityAttribute(String title) {
        this.title = title;
    }

    /** The name people see. */
    public String title() {
        return title;
    }
}
