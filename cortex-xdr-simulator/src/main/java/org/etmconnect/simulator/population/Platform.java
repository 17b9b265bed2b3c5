// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/** Kind of operating system. */
public enum Platform {
    WINDOWS("AGENT_OS_WINDOWS", "windows"),
    LINUX("AGENT_OS_LINUX", "linux"),
    MACOS("AGENT_OS_MAC", "macos");

    private final String osType;
    private final String filterName;

    Platform(String osType, String filterName) {
        this.osType = osType;
        this.filterName = filterName;
    }

    /** The text of {@code os_type} in an endpoint record. */
    public String osType() {
        return osType;
    }

    /** The word the {@code platform} filter uses. */
    public String filterName() {
        return filterName;
    }
}
