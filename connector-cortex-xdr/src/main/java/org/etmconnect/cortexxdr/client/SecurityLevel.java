// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How a key is sent. Chosen in the Cortex XDR console when the key is made; a key works at its own level only. */
public enum SecurityLevel {
    /** The key itself goes into the {@code Authorization} header. */
    STANDARD("Standard"),
    /** A hash of key, nonce and time stamp goes into it. */
    ADVANCED("Advanced");

    private final String title;

    SecurityLevel(String title) {
        this.title = title;
    }

    /** The name that the Cortex XDR console uses. */
    public String title() {
        return title;
    }

    /** The other one. */
    public SecurityLevel other() {
        return this == STANDARD ? ADVANCED : STANDARD;
    }

    /** The names of all levels, the default first. */
    public static List<String> titles() {
        return Arrays.stream(values()).map(SecurityLevel::title).toList();
    }

    /** The level of this name, whatever its case. */
    public static Optional<SecurityLevel> called(String title) {
        return Arrays.stream(values())
                .filter(level -> level.title.equalsIgnoreCase(title.strip()))
                .findFirst();
    }
}
