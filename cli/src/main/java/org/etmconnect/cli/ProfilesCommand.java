// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import picocli.CommandLine.Command;

/** {@code etm profiles}. */
@Command(
        name = "profiles",
        description = "Work with profiles.",
        mixinStandardHelpOptions = true,
        subcommands = ListCommands.Profiles.class,
        footerHeading = "%nExample:%n",
        footer = "  ./etm profiles list")
final class ProfilesCommand {}
