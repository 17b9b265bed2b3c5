// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

/** The keys of the connection's settings. The first three are those of the connector's documentation. */
final class SettingKeys {

    static final String BASE_URL = "baseURL";
    static final String API_KEY = "apiKey";
    static final String API_KEY_ID = "x-xdr-auth-id";
    static final String SECURITY_LEVEL = "securityLevel";

    private SettingKeys() {}
}
