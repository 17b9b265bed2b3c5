// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** The database could not be asked, or refused. A fault of the installation or of this program, never of a query. */
public final class InventoryReadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InventoryReadException(String message, Throwable cause) {
        super(message, cause);
    }
}
