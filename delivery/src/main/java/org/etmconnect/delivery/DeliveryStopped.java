// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

/** The server ends; the delivery goes on at its next start. */
public final class DeliveryStopped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DeliveryStopped() {
        super("The delivery was interrupted because the server stops; it goes on at its next start.");
    }
}
