// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import org.etmconnect.connector.FailureKind;

/** Ends a run as failed. Caught where the run is executed, and nowhere else. */
final class RunFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;
    private final String reason;

    RunFailure(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
        this.reason = message;
    }

    /** What happened, to what, and what to do. */
    String reason() {
        return reason;
    }

    FailureKind kind() {
        return kind;
    }
}
