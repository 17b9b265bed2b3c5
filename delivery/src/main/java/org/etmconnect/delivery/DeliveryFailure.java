// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import org.etmconnect.connector.FailureKind;

/** A delivery cannot go on. The message says why, and what to do. It holds no secret. */
public final class DeliveryFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    public DeliveryFailure(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Who can mend it. */
    public FailureKind kind() {
        return kind;
    }

    /** What happened and what to do. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
