// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import java.util.Arrays;
import org.etmconnect.server.start.RestoreCommand;
import org.etmconnect.server.start.ServeCommand;

/** The server's program. */
public final class EtmServer {

    private EtmServer() {}

    /**
     * Runs until the process is asked to stop. Ends with 1 if the server cannot start, with 2 on wrong options. If the first
     * argument is {@code restore}, restores a backup instead, and ends.
     */
    public static void main(String[] arguments) {
        boolean restores = arguments.length > 0 && arguments[0].equals("restore");
        int status = restores
                ? RestoreCommand.execute(Arrays.copyOfRange(arguments, 1, arguments.length))
                : ServeCommand.execute(arguments);
        if (status != ServeCommand.SERVING) {
            System.exit(status);
        }
    }
}
