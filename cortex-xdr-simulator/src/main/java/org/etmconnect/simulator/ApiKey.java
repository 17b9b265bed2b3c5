// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

/**
 * A key that the tenant accepts. The keys of a simulator protect nothing, yet its text form leaves the key out.
 *
 * @param id numeric id, as text, sent as {@code x-xdr-auth-id}
 * @param key the key itself
 * @param level how requests with it are signed; the other way is rejected
 * @param permitted false: the key is right but its role may do nothing (status 403)
 */
public record ApiKey(String id, String key, Level level, boolean permitted) {

    /** How a request proves that it knows the key. */
    public enum Level {
        /** The key is sent as it is. */
        STANDARD,
        /** A hash of key, nonce and time is sent. */
        ADVANCED
    }

    /** A Standard key whose role permits everything. */
    public static ApiKey standard(String id, String key) {
        return new ApiKey(id, key, Level.STANDARD, true);
    }

    /** An Advanced key whose role permits everything. */
    public static ApiKey advanced(String id, String key) {
        return new ApiKey(id, key, Level.ADVANCED, true);
    }

    /** The same key with a role that permits nothing. */
    public ApiKey withoutRole() {
        return new ApiKey(id, key, level, false);
    }

    @Override
    public String toString() {
        return "ApiKey[id=" + id + ", level=" + level + ", permitted=" + permitted + "]";
    }
}
