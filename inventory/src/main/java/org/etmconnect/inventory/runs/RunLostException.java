// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

/** A server tried to go on with a run that another executes by now, or that has ended. */
public final class RunLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Of that run. */
    public RunLostException(int runId) {
        super("Run " + runId + " is executed by another server, or has ended. Nothing of this batch was kept.");
    }
}
