// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

/** The configuration could not be read or written. The message says what was tried and, where it is known, what to do. */
public final class StorageFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StorageFault(String message, Throwable cause) {
        super(message, cause);
    }

    StorageFault(String message) {
        super(message);
    }
}
