// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code etm findings}. */
@Command(
        name = "findings",
        description = "List the vulnerabilities on hosts that a QQL query finds.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm findings 'finding.vendorProductName:`Cortex XDR`'",
            "  ./etm findings 'finding.severity:5 and finding.status:NEW' --sort newest",
            "  ./etm findings 'finding.severity:[4 .. 5]' --count",
            "  ./etm findings 'finding.severity:5' --group-by asset",
            "  ./etm findings 'finding.severity:5' --export critical.csv",
            "  ./etm findings 'finding.status:FIXED' --export fixed.jsonl --format ocsf-json-lines"
        })
final class FindingsCommand extends SearchCommand {

    static final List<Column> COLUMNS = List.of(
            Column.text("ID", "/id"),
            Column.text("CVE", "/cveId"),
            Column.number("SEV", "/severity"),
            Column.number("SCORE", "/sourceRiskScore"),
            Column.text("STATUS", "/status"),
            Column.text("ASSET", "/assetName"),
            Column.text("PRODUCT", "/vendorProductName"),
            Column.time("FIRST FOUND", "/firstFound"),
            Column.time("LAST FOUND", "/lastFound"),
            Column.text("TITLE", "/title"));

    static final List<Column> CSV = List.of(
            Column.text("", "/id"),
            Column.number("", "/assetId"),
            Column.text("", "/assetName"),
            Column.text("", "/externalFindingId"),
            Column.text("", "/cveId"),
            Column.text("", "/title"),
            Column.text("", "/description"),
            Column.number("", "/severity"),
            Column.text("", "/sourceSeverity"),
            Column.number("", "/sourceRiskScore"),
            Column.text("", "/status"),
            Column.text("", "/vendorName"),
            Column.text("", "/vendorProductName"),
            Column.text("", "/connection"),
            Column.time("", "/cvePublished"),
            Column.time("", "/firstFound"),
            Column.time("", "/lastFound"),
            Column.time("", "/fixedOn"),
            Column.time("", "/reopenedOn"));

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "severity (the default), sourceRiskScore, newest, cve or asset")
    private @Nullable String sort;

    @Option(
            names = "--group-by",
            paramLabel = "BY",
            description =
                    "Group them by cve, asset, severity or operatingSystem; only open findings, if the query says nothing"
                            + " of the status")
    private @Nullable String groupBy;

    private static final Map<String, String> GROUPINGS =
            Map.of("cve", "CVE", "asset", "ASSET", "severity", "SEVERITY", "operatingsystem", "OPERATING_SYSTEM");

    private static final List<Column> GROUPS = List.of(
            Column.text("GROUP", "/value"),
            Column.number("ASSET", "/assetId"),
            Column.number("SEV", "/severity"),
            Column.number("FINDINGS", "/findings"),
            Column.number("HOSTS", "/hosts"),
            Column.text("EXACT", "/hostsCounted"),
            Column.text("QUERY", "/query"));

    @Override
    Optional<String> grouping() {
        return Optional.ofNullable(groupBy).map(by -> {
            String known = GROUPINGS.get(by.toLowerCase(Locale.ROOT));
            if (known == null) {
                throw new CliFailure(
                        "Findings are not grouped by \"" + by + "\". Choose cve, asset, severity or operatingSystem.");
            }
            return known;
        });
    }

    @Override
    List<Column> groupColumns() {
        return GROUPS;
    }

    FindingsCommand() {
        super("/api/v1/findings", "finding", "findings");
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
