// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

/** The server cannot start, for a reason that its operator can mend. The message says what and how. */
final class StartFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
