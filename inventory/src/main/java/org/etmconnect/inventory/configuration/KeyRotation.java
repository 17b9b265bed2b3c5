// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.util.List;

/**
 * What a rotation of the keys did.
 *
 * @param connections how many connections' credentials are encrypted with the primary key now
 * @param destinations how many destinations' credentials are
 * @param undecipherable names of connections and destinations whose credentials no key decrypts; they stay as they were
 */
public record KeyRotation(int connections, int destinations, List<String> undecipherable) {

    public KeyRotation {
        undecipherable = List.copyOf(undecipherable);
    }
}
