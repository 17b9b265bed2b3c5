// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import org.etmconnect.server.start.ServeCommand;

/** The server's program. */
public final class EtmServer {

    private EtmServer() {}

    /** Runs until the process is asked to stop. Ends with 1 if the server cannot start, with 2 on wrong options. */
    public static void main(String[] arguments) {
        int status = ServeCommand.execute(arguments);
        if (status != ServeCommand.SERVING) {
            System.exit(status);
        }
    }
}
