// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.SQLException;

/** The database could not do what was asked. The message says what; the cause says why. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param what what could not be done, e.g. {@code apply hosts 1 to 5,000 of run 12} */
    public DatabaseException(String what, SQLException cause) {
        super("The database could not " + what + ": " + cause.getMessage(), cause);
    }
}
