// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.Console;
import java.util.Optional;

/**
 * How a server is watched.
 *
 * @param openMetrics whether {@code /metrics} answers without a token
 * @param logFormat how the log is written
 */
public record Monitoring(boolean openMetrics, LogFormat logFormat) {

    /** How the log is written. JSON is a line for each event, in the Elastic Common Schema. */
    public enum LogFormat {
        /** JSON, save on a terminal. */
        auto(
                true,
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isEmpty()),
        plain(false, false),
        json(true, true);

        private final boolean jsonFile;
        private final boolean jsonConsole;

        LogFormat(boolean jsonFile, boolean jsonConsole) {
            this.jsonFile = jsonFile;
            this.jsonConsole = jsonConsole;
        }

        boolean jsonFile() {
            return jsonFile;
        }

        boolean jsonConsole() {
            return jsonConsole;
        }
    }

    /** Metrics need a token, the log is plain text. */
    public static Monitoring defaults() {
        return new Monitoring(false, LogFormat.plain);
    }
}
