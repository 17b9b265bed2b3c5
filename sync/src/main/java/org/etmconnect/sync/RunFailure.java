// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import org.etmconnect.connector.FailureKind;

/** Ends a run as failed. Caught where the run is executed, and nowhere else. */
final class RunFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    RunFailure(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    FailureKind kind() {
        return kind;
    }
}
