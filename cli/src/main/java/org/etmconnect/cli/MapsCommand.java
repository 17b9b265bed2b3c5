// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import picocli.CommandLine.Command;

/** {@code etm maps}: transform maps. */
@Command(
        name = "maps",
        description = "Work with transform maps.",
        mixinStandardHelpOptions = true,
        subcommands = MapsPreviewCommand.class)
final class MapsCommand {}
