// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import org.etmconnect.connector.FailureKind;

/**
 * Why a call failed.
 *
 * @param cause what went wrong
 * @param message what happened, to what, a sentence
 * @param fix what to do next, a sentence
 */
public record Fault(FaultCause cause, String message, String fix) {

    /** Who can mend it. */
    public FailureKind kind() {
        return cause.kind();
    }

    /** Message and fix in one. */
    public String text() {
        return message + " " + fix;
    }
}
