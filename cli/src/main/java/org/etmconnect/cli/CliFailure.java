// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

/** What was asked could not be done. The message is for the person at the terminal: what, where, what next. */
final class CliFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CliFailure(String message) {
        super(message);
    }

    CliFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
