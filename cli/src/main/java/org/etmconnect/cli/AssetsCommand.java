// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code etm assets}. */
@Command(
        name = "assets",
        description = "List the hosts that a QQL query finds.",
        mixinStandardHelpOptions = true,
        subcommands = {SplitCommands.Split.class, SplitCommands.Unsplit.class, SplitCommands.Splits.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm assets 'asset.inventory:(source:`Cortex XDR`)'",
            "  ./etm assets 'asset.name:web* and finding.severity:5' --sort lastFound",
            "  ./etm assets --export hosts.csv --columns name,operatingSystem.name"
        })
final class AssetsCommand extends SearchCommand {

    static final List<Column> COLUMNS = List.of(
            Column.number("ID", "/id"),
            Column.text("NAME", "/name"),
            Column.text("OPERATING SYSTEM", "/operatingSystem/name"),
            Column.text("ADDRESSES", "/addresses"),
            Column.text("SOURCES", "/sources"),
            Column.text("STATUS", "/status"),
            Column.number("FINDINGS", "/openFindings/total"),
            Column.number("SEV 5", "/openFindings/critical"),
            Column.number("SEV 4", "/openFindings/high"),
            Column.time("LAST FOUND", "/lastFound"));

    static final List<Column> CSV = List.of(
            Column.number("", "/id"),
            Column.text("", "/name"),
            Column.text("", "/domain"),
            Column.text("", "/type"),
            Column.text("", "/operatingSystem/name"),
            Column.text("", "/operatingSystem/version"),
            Column.text("", "/addresses"),
            Column.text("", "/macAddresses"),
            Column.text("", "/cloudProvider"),
            Column.text("", "/sources"),
            Column.text("", "/status"),
            Column.time("", "/firstFoundBySource"),
            Column.time("", "/lastFound"),
            Column.number("", "/openFindings/total"),
            Column.number("", "/openFindings/critical"),
            Column.number("", "/openFindings/high"),
            Column.number("", "/openFindings/medium"),
            Column.number("", "/openFindings/low"),
            Column.number("", "/openFindings/info"),
            Column.number("", "/openFindings/unrated"));

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "name (the default), id, firstFound, lastFound or operatingSystem")
    private @Nullable String sort;

    AssetsCommand() {
        super("/api/v1/assets", "asset", "assets");
    }

    @Override
    Optional<String> sort() {
        return Optional.ofNullable(sort);
    }

    @Override
    List<Column> columns() {
        return COLUMNS;
    }

    @Override
    List<Column> csvColumns() {
        return CSV;
    }
}
