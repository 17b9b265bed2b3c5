// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code etm}. */
@Command(
        name = "etm",
        description = "ETM Connect: hosts and vulnerabilities from a vendor into an ETM inventory.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DemoCommand.class,
            ListCommands.Connectors.class,
            ConnectionsCommand.class,
            ProfilesCommand.class,
            KeysCommand.class,
            RunsCommand.class,
            DestinationsCommand.class,
            AssetsCommand.class,
            AssetCommand.class,
            FindingsCommand.class,
            ListCommands.Quarantine.class,
            MapsCommand.class,
            UsersCommand.class,
            TokensCommand.class,
            AuditCommand.class,
            DataModelsCommand.class,
            ApplyCommand.class,
            ExportCommand.class,
            BackupCommand.class,
            RulesCommand.class
        },
        footerHeading = "%nExample:%n",
        footer = "  ./etm findings 'finding.severity:5 and finding.status:NEW'",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it did what was asked", "1:it could not", "2:it was called wrongly"})
public final class Etm {

    private Etm() {}

    /** Runs one command and exits: 0 if it did what was asked, 1 if it could not, 2 if it was called wrongly. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return commandLine(CommandLine.defaultFactory());
    }

    /** @param factory makes the commands */
    static CommandLine commandLine(CommandLine.IFactory factory) {
        return new CommandLine(new Etm(), factory)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CliFailure said) {
                        command.getErr().println(said.getMessage());
                    } else {
                        failure.printStackTrace(command.getErr());
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }
}
