// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A credential. It prints as {@code ***} and is revealed only by {@link #reveal()}, at the place that sends it.
 * Immutable and safe for use by several threads.
 */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Wraps {@code value}, which may be empty but not null. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The credential itself. Never log it, store it or put it into an exception. */
    public String reveal() {
        return value;
    }

    /** Whether there is nothing but white space in it. */
    public boolean isBlank() {
        return value.isBlank();
    }

    /** Compares in constant time, so that a comparison does not tell how much of a guess was right. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
