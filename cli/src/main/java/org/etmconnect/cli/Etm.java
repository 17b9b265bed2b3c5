// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code etm}. */
@Command(
        name = "etm",
        description = "ETM Connect: hosts and vulnerabilities from a vendor into an ETM inventory.",
        mixinStandardHelpOptions = true,
        subcommands = MapsCommand.class)
public final class Etm {

    private Etm() {}

    /** Runs one command and exits: 0 if it did what was asked, 1 if it could not, 2 if it was called wrongly. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Etm()).execute(args));
    }
}
