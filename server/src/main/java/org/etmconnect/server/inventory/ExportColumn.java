// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.etmconnect.query.AssetRow;
import org.etmconnect.query.FindingRow;
import org.etmconnect.query.SeverityCounts;
import org.etmconnect.server.problem.ApiProblem;
import org.jspecify.annotations.Nullable;

/**
 * A column of a CSV file.
 *
 * @param name as the field is called in the JSON document
 * @param value what stands in a cell; empty for nothing
 */
record ExportColumn<R>(String name, Function<R, String> value) {

    /** Spreadsheets run a cell that begins so; what a vendor sends must not get that far. */
    private static final String FORMULA = "=+-@\t\r\n";

    static final List<ExportColumn<AssetRow>> OF_ASSETS = List.of(
            plain("id", AssetRow::id),
            maybe("name", AssetRow::name),
            maybe("domain", AssetRow::domain),
            maybe("type", AssetRow::type),
            maybe("operatingSystem.name", AssetRow::operatingSystemName),
            maybe("operatingSystem.version", AssetRow::operatingSystemVersion),
            text("addresses", row -> String.join(", ", row.addresses())),
            text("macAddresses", row -> String.join(", ", row.macAddresses())),
            maybe("cloudProvider", AssetRow::cloudProvider),
            text("sources", row -> String.join(", ", row.sources())),
            plain("status", AssetRoutes::status),
            plain("firstFoundBySource", row -> row.firstFound().orElse(null)),
            plain("lastFound", row -> row.lastFound().orElse(null)),
            open("total", SeverityCounts::total),
            open("critical", SeverityCounts::critical),
            open("high", SeverityCounts::high),
            open("medium", SeverityCounts::medium),
            open("low", SeverityCounts::low),
            open("info", SeverityCounts::info),
            open("unrated", SeverityCounts::unrated));

    static final List<ExportColumn<FindingRow>> OF_FINDINGS = List.of(
            plain("id", FindingRow::id),
            plain("assetId", FindingRow::assetId),
            maybe("assetName", FindingRow::assetName),
            text("externalFindingId", FindingRow::externalFindingId),
            maybe("cveId", FindingRow::cveId),
            maybe("title", FindingRow::title),
            maybe("description", FindingRow::description),
            plain("severity", row -> row.severity().orElse(null)),
            maybe("sourceSeverity", FindingRow::sourceSeverity),
            plain("sourceRiskScore", row -> row.sourceRiskScore().orElse(null)),
            plain("status", FindingRow::status),
            text("vendorName", FindingRow::vendorName),
            text("vendorProductName", FindingRow::vendorProductName),
            text("connection", FindingRow::connectionName),
            plain("cvePublished", row -> row.cvePublished().orElse(null)),
            plain("firstFound", row -> row.firstFound().orElse(null)),
            plain("lastFound", row -> row.lastFound().orElse(null)),
            plain("fixedOn", row -> row.fixedOn().orElse(null)),
            plain("reopenedOn", row -> row.reopenedOn().orElse(null)));

    /** A value of ours: a number, a time, a word. */
    private static <R> ExportColumn<R> plain(String name, Function<R, @Nullable Object> value) {
        return new ExportColumn<>(name, row -> {
            Object found = value.apply(row);
            return found == null ? "" : found.toString();
        });
    }

    /** A text from outside. */
    private static <R> ExportColumn<R> text(String name, Function<R, String> value) {
        return new ExportColumn<>(name, row -> guarded(value.apply(row)));
    }

    private static <R> ExportColumn<R> maybe(String name, Function<R, Optional<String>> value) {
        return text(name, row -> value.apply(row).orElse(""));
    }

    private static ExportColumn<AssetRow> open(String severity, Function<SeverityCounts, Integer> count) {
        return plain("openFindings." + severity, row -> count.apply(row.openFindings()));
    }

    static String guarded(String text) {
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    /** Those of the names, in their order; all if none is named. */
    static <R> List<ExportColumn<R>> chosen(List<ExportColumn<R>> all, @Nullable List<String> names) {
        if (names == null || names.isEmpty()) {
            return all;
        }
        Map<String, ExportColumn<R>> byName = new LinkedHashMap<>();
        all.forEach(column -> byName.put(column.name(), column));
        List<ExportColumn<R>> chosen = new ArrayList<>();
        for (String name : names) {
            ExportColumn<R> column = byName.get(name.strip());
            if (column == null) {
                throw ApiProblem.badRequest(
                        "There is no column \"" + name + "\"",
                        "The columns are: " + byName.keySet().stream().collect(Collectors.joining(", ")) + ".");
            }
            chosen.add(column);
        }
        return chosen;
    }
}
