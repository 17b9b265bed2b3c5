// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import org.etmconnect.connector.Secret;

/**
 * What a tenant knows its caller by.
 *
 * @param key the API key
 * @param keyId the number the console shows beside it
 * @param level how the key is sent
 */
public record Credentials(Secret key, String keyId, SecurityLevel level) {

    /** The same key sent at another level. */
    public Credentials at(SecurityLevel otherLevel) {
        return new Credentials(key, keyId, otherLevel);
    }
}
