// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** What a connection takes from its vendor; the choice called "findings type" on the connector's page. */
public enum FindingType {
    /** Vulnerabilities of hosts. */
    VULNERABILITY("Vulnerability"),
    /** The hosts themselves. */
    HOST_ASSET("Host Asset");

    private final String title;

    FindingType(String title) {
        this.title = title;
    }

    /** The name people see. */
    public String title() {
        return title;
    }
}
