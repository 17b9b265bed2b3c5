// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

/** The embedded PostgreSQL could not be started, found or stopped. The message says where, why and what to do. */
public final class EmbeddedPostgresException extends RuntimeException {

    EmbeddedPostgresException(String message) {
        super(message);
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
