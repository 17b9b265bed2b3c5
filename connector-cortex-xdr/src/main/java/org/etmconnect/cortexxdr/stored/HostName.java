// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.util.Locale;

/** How host names are compared: without regard to case and to white space around them. */
public final class HostName {

    private HostName() {}

    /** The form in which equal names are equal texts. */
    public static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    /** A 64-bit hash of that form. */
    public static long hash(String name) {
        String key = key(name);
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
            hash ^= hash >>> 29;
        }
        return hash;
    }
}
