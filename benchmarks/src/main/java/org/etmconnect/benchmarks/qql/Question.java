// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.qql;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.AssetSort;
import org.etmconnect.query.CountOutcome;
import org.etmconnect.query.FindingGrouping;
import org.etmconnect.query.FindingGroups;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.FindingSort;
import org.etmconnect.query.GroupOutcome;
import org.etmconnect.query.OverviewReader;
import org.etmconnect.query.Page;
import org.etmconnect.query.SearchOutcome;
import org.etmconnect.query.SeverityCountOutcome;
import org.etmconnect.query.SeverityCounts;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.Subject;

/**
 * One thing that a person asks of the inventory.
 *
 * @param query QQL; a name in braces stands for a value that the loaded fleet has
 * @param want what is asked of it
 */
record Question(String query, Want want) {

    private static final int ROWS = 100;
    private static final int BOUND = 10_000;

    sealed interface Want {
        /** The first page and the one after it, as two figures. */
        record Findings(FindingSort sort) implements Want {}

        record FindingCount() implements Want {}

        record Assets(AssetSort sort) implements Want {}

        record AssetCount() implements Want {}

        record Severities() implements Want {}

        record Groups(FindingGrouping by) implements Want {}

        record Overview() implements Want {}
    }

    /** Questions whose answers have one aim together. */
    record Fixed(String name, int aimMilliseconds, List<Question> questions) {}

    /** One part of an answer: how long it took, and how many rows it had or what it counted. */
    record Answer(String what, double milliseconds, String result) {}

    String name(Map<String, String> values) {
        String text = filled(values).isEmpty() ? "(everything)" : filled(values);
        return switch (want) {
            case Want.Findings(FindingSort sort) -> "findings by " + sort + ": " + text;
            case Want.FindingCount() -> "findings counted: " + text;
            case Want.Assets(AssetSort sort) -> "assets by " + sort + ": " + text;
            case Want.AssetCount() -> "assets counted: " + text;
            case Want.Severities() -> "findings by severity counted: " + text;
            case Want.Groups(FindingGrouping by) -> "findings grouped by " + by + ": " + text;
            case Want.Overview() -> "overview";
        };
    }

    /** What questions are put to. */
    record Searches(FindingSearch findings, AssetSearch assets, OverviewReader overview) {}

    /** What a person sees first: of a list, its first page. */
    Answer askFirst(Searches searches, Map<String, String> values) {
        return ask(searches, values, 1).getFirst();
    }

    /** Everything: of a list, the first page and the second. */
    List<Answer> ask(Searches searches, Map<String, String> values) {
        return ask(searches, values, 2);
    }

    private List<Answer> ask(Searches searches, Map<String, String> values, int pages) {
        FindingSearch findings = searches.findings();
        AssetSearch assets = searches.assets();
        Subject subject =
                want instanceof Want.Assets || want instanceof Want.AssetCount ? Subject.ASSET : Subject.FINDING;
        if (!(QqlParser.parse(filled(values), subject) instanceof ParseOutcome.Parsed(Condition condition))) {
            throw new IllegalStateException("This is no query: " + filled(values));
        }
        return switch (want) {
            case Want.Findings(FindingSort sort) ->
                pages(pages, cursor -> findings.page(condition, sort, cursor, ROWS));
            case Want.Assets(AssetSort sort) -> pages(pages, cursor -> assets.page(condition, sort, cursor, ROWS));
            case Want.FindingCount() -> List.of(count(() -> findings.count(condition, BOUND)));
            case Want.AssetCount() -> List.of(count(() -> assets.count(condition, BOUND)));
            case Want.Severities() -> {
                long begun = System.nanoTime();
                String result = switch (findings.countBySeverity(condition)) {
                    case SeverityCountOutcome.Counted(SeverityCounts counts) -> String.valueOf(counts.total());
                    case SeverityCountOutcome.TimedOut _ -> "timed out";
                    case SeverityCountOutcome.Refused(String message) -> throw new IllegalStateException(message);
                };
                yield List.of(new Answer("count", milliseconds(begun), result));
            }
            case Want.Groups(FindingGrouping by) -> {
                long begun = System.nanoTime();
                String result = switch (findings.group(condition, by, ROWS)) {
                    case GroupOutcome.Grouped(FindingGroups groups) -> String.valueOf(groups.total());
                    case GroupOutcome.TimedOut _ -> "timed out";
                    case GroupOutcome.Refused(String message) -> throw new IllegalStateException(message);
                };
                yield List.of(new Answer("groups", milliseconds(begun), result));
            }
            case Want.Overview() -> {
                long begun = System.nanoTime();
                String result = searches.overview()
                        .read()
                        .map(read -> read.activeAssets() + " assets")
                        .orElse("timed out");
                yield List.of(new Answer("all panels", milliseconds(begun), result));
            }
        };
    }

    private interface Pages<R> {
        SearchOutcome<R> page(Optional<String> cursor);
    }

    private interface Counting {
        CountOutcome count();
    }

    private static <R> List<Answer> pages(int wanted, Pages<R> pages) {
        long begun = System.nanoTime();
        SearchOutcome<R> first = pages.page(Optional.empty());
        Answer answer = new Answer("page 1", milliseconds(begun), result(first));
        if (wanted == 1
                || !(first instanceof SearchOutcome.Found<R>(Page<R> page))
                || page.next().isEmpty()) {
            return List.of(answer);
        }
        begun = System.nanoTime();
        SearchOutcome<R> second = pages.page(page.next());
        return List.of(answer, new Answer("page 2", milliseconds(begun), result(second)));
    }

    private static Answer count(Counting counting) {
        long begun = System.nanoTime();
        CountOutcome outcome = counting.count();
        return new Answer(
                "count",
                milliseconds(begun),
                switch (outcome) {
                    case CountOutcome.Exactly(long count) -> String.valueOf(count);
                    case CountOutcome.MoreThan(long bound) -> "> " + bound;
                    case CountOutcome.TimedOut _ -> "timed out";
                    case CountOutcome.Refused(String message) -> throw new IllegalStateException(message);
                });
    }

    private static String result(SearchOutcome<?> outcome) {
        return switch (outcome) {
            case SearchOutcome.Found<?>(Page<?> page) -> page.rows().size() + " rows";
            case SearchOutcome.TimedOut<?> _ -> "timed out";
            case SearchOutcome.BadCursor<?> _ -> throw new IllegalStateException("A cursor was refused");
            case SearchOutcome.Refused<?>(String message) -> throw new IllegalStateException(message);
        };
    }

    private static double milliseconds(long begun) {
        return (System.nanoTime() - begun) / 1e6;
    }

    private String filled(Map<String, String> values) {
        String text = query;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }

    private static Question findings(FindingSort sort, String query) {
        return new Question(query, new Want.Findings(sort));
    }

    private static Question findingCount(String query) {
        return new Question(query, new Want.FindingCount());
    }

    private static Question assets(AssetSort sort, String query) {
        return new Question(query, new Want.Assets(sort));
    }

    private static Question assetCount(String query) {
        return new Question(query, new Want.AssetCount());
    }

    private static Question severities(String query) {
        return new Question(query, new Want.Severities());
    }

    private static Question groups(FindingGrouping by, String query) {
        return new Question(query, new Want.Groups(by));
    }

    /** The sets that several clients ask at the same time. They stay as they are, so that figures can be compared. */
    static List<Fixed> fixed() {
        return List.of(
                new Fixed("40 first pages and counts", 100, firstPages()),
                new Fixed("overview and groups", 200, groupings()));
    }

    private static List<Question> firstPages() {
        return List.of(
                assets(AssetSort.NAME, "asset.inventory:(source:`Cortex XDR`)"),
                findings(FindingSort.SEVERITY, "finding.vendorProductName:`Cortex XDR`"),
                findings(FindingSort.SEVERITY, ""),
                findings(FindingSort.NEWEST, ""),
                findings(FindingSort.ASSET, ""),
                findings(FindingSort.SOURCE_RISK_SCORE, ""),
                findings(FindingSort.CVE, ""),
                findings(FindingSort.NEWEST, "finding.severity:5"),
                findings(FindingSort.ASSET, "finding.severity:[4, 5] and finding.status:ACTIVE"),
                findings(FindingSort.NEWEST, "finding.severity:[High, Critical] and finding.status:NEW"),
                findings(FindingSort.SEVERITY, "not finding.status:FIXED"),
                findings(FindingSort.SEVERITY, "finding.status:FIXED"),
                findings(FindingSort.ASSET, "not finding.severity:[1, 2, 3]"),
                findings(FindingSort.SEVERITY, "finding.cveId:`{common}`"),
                findings(FindingSort.ASSET, "finding.cveId:`{middling}`"),
                findings(FindingSort.NEWEST, "finding.cveId:`{rare}`"),
                findings(FindingSort.CVE, "finding.title:\"CVE-2018\""),
                findings(FindingSort.SEVERITY, "\"integer that overflows\""),
                findings(FindingSort.NEWEST, "finding.cvePublishedDate:[2024-01-01 .. 2024-12-31]"),
                findings(FindingSort.NEWEST, "finding.firstFoundDate >= now-7d and finding.severity:5"),
                findings(FindingSort.SEVERITY, "finding.sourceRiskScore >= 9.8"),
                findings(FindingSort.SEVERITY, "operatingSystem.name:Windows"),
                findings(FindingSort.SEVERITY, "operatingSystem.name:\"{os}\""),
                findings(FindingSort.NEWEST, "operatingSystem.name:\"{os}\" and finding.severity:5"),
                findings(FindingSort.CVE, "asset.name:web and finding.severity:[4, 5]"),
                findings(FindingSort.SEVERITY, "asset.name:`{host}`"),
                findings(FindingSort.SEVERITY, "finding.fixedBetween:[2 .. 3] and finding.severity:5"),
                findings(FindingSort.SEVERITY, "asOf:2 and operatingSystem.name:\"{os}\""),
                assets(AssetSort.NAME, ""),
                assets(AssetSort.LAST_FOUND, ""),
                assets(AssetSort.NAME, "asset.name:web"),
                assets(AssetSort.NAME, "operatingSystem.name:\"{os}\" and asset.status:Active"),
                assets(AssetSort.NAME, "finding.severity:5"),
                assets(AssetSort.NAME, "finding.cveId:`{common}`"),
                assets(AssetSort.ID, "not finding.severity:5"),
                findingCount("finding.vendorProductName:`Cortex XDR`"),
                findingCount("operatingSystem.name:\"{os}\" and finding.severity:5"),
                findingCount("finding.status:NEW and finding.severity:5"),
                assetCount("asset.inventory:(source:`Cortex XDR`)"),
                assetCount("finding.severity:5"));
    }

    private static List<Question> groupings() {
        return List.of(
                new Question("", new Want.Overview()),
                groups(FindingGrouping.CVE, ""),
                groups(FindingGrouping.ASSET, ""),
                groups(FindingGrouping.SEVERITY, ""),
                groups(FindingGrouping.OPERATING_SYSTEM, ""),
                groups(FindingGrouping.CVE, "finding.vendorProductName:`Cortex XDR`"),
                groups(FindingGrouping.CVE, "finding.severity:5"),
                groups(FindingGrouping.ASSET, "finding.severity:5"),
                groups(FindingGrouping.OPERATING_SYSTEM, "finding.severity:5"),
                groups(FindingGrouping.SEVERITY, "finding.title:\"CVE-2018\""),
                groups(FindingGrouping.ASSET, "finding.cveId:`{rare}`"),
                groups(FindingGrouping.OPERATING_SYSTEM, "finding.cveId:`{middling}`"),
                groups(FindingGrouping.CVE, "operatingSystem.name:\"{os}\""),
                groups(FindingGrouping.SEVERITY, "operatingSystem.name:\"{os}\""),
                groups(FindingGrouping.SEVERITY, "asset.name:`{host}`"),
                groups(FindingGrouping.CVE, "finding.fixedBetween:[2 .. 3]"));
    }

    /** What is asked. */
    static List<Question> all() {
        return List.of(
                findings(FindingSort.SEVERITY, "finding.vendorProductName:`Cortex XDR`"),
                findings(FindingSort.SEVERITY, ""),
                findings(FindingSort.SOURCE_RISK_SCORE, ""),
                findings(FindingSort.CVE, ""),
                findings(FindingSort.NEWEST, ""),
                findings(FindingSort.ASSET, ""),
                findings(FindingSort.SEVERITY, "finding.severity:5"),
                findings(FindingSort.NEWEST, "finding.severity:5"),
                findings(FindingSort.ASSET, "finding.severity:5"),
                findings(FindingSort.NEWEST, "finding.severity:[High, Critical] and finding.status:NEW"),
                findings(FindingSort.SEVERITY, "finding.cveId:`{common}`"),
                findings(FindingSort.NEWEST, "finding.cveId:`{common}`"),
                findings(FindingSort.ASSET, "finding.cveId:`{common}`"),
                findings(FindingSort.NEWEST, "finding.cveId:`{middling}`"),
                findings(FindingSort.ASSET, "finding.cveId:`{middling}`"),
                findings(FindingSort.NEWEST, "finding.cveId:`{rare}`"),
                findings(FindingSort.ASSET, "finding.cveId:`{rare}`"),
                findings(FindingSort.NEWEST, "finding.title:\"CVE-2018\""),
                findings(FindingSort.ASSET, "finding.title:\"CVE-2018\""),
                findings(FindingSort.CVE, "finding.title:\"CVE-2018\""),
                findings(FindingSort.SEVERITY, "\"integer that overflows\""),
                findings(FindingSort.NEWEST, "finding.cvePublishedDate:[2024-01-01 .. 2024-12-31]"),
                findings(FindingSort.SEVERITY, "finding.sourceRiskScore >= 9.8"),
                findings(FindingSort.ASSET, "not finding.severity:[1, 2, 3]"),
                findings(FindingSort.NEWEST, "finding.status:FIXED"),
                findings(FindingSort.SEVERITY, "finding.status:NEW"),
                findings(FindingSort.SEVERITY, "finding.status:FIXED and finding.severity:5"),
                findings(FindingSort.SEVERITY, "not finding.status:FIXED"),
                findings(FindingSort.SEVERITY, "operatingSystem.name:Windows"),
                findings(FindingSort.SEVERITY, "operatingSystem.name:\"{os}\""),
                findings(FindingSort.NEWEST, "operatingSystem.name:\"{os}\" and finding.severity:5"),
                findings(FindingSort.ASSET, "operatingSystem.name:\"{os}\" and finding.severity:5"),
                findings(FindingSort.CVE, "asset.name:web and finding.severity:[4, 5]"),
                findings(FindingSort.SEVERITY, "asset.name:`{host}`"),
                findings(FindingSort.NEWEST, "finding.firstFoundDate >= now-7d and finding.severity:5"),
                findingCount(""),
                findingCount("finding.severity:5"),
                findingCount("finding.cveId:`{middling}`"),
                findingCount("finding.cveId:`{rare}`"),
                findingCount("finding.title:\"CVE-2018\""),
                findingCount("operatingSystem.name:\"{os}\" and finding.severity:5"),
                findingCount("finding.status:FIXED"),
                findingCount("finding.status:NEW and finding.severity:5"),
                findingCount("not finding.status:FIXED and finding.cveId:`{common}`"),
                assets(AssetSort.NAME, "asset.inventory:(source:`Cortex XDR`)"),
                assets(AssetSort.NAME, ""),
                assets(AssetSort.LAST_FOUND, ""),
                assets(AssetSort.NAME, "asset.name:web"),
                assets(AssetSort.NAME, "operatingSystem.name:\"{os}\""),
                assets(AssetSort.NAME, "finding.severity:5"),
                assets(AssetSort.NAME, "finding.cveId:`{common}`"),
                assets(AssetSort.NAME, "finding.cveId:`{rare}`"),
                assets(AssetSort.ID, "not finding.severity:5"),
                assets(AssetSort.NAME, "finding:(severity:5 and status:FIXED)"),
                assetCount("asset.inventory:(source:`Cortex XDR`)"),
                assetCount("finding.cveId:`{common}`"),
                assetCount("finding.severity:5"),
                findings(FindingSort.SEVERITY, "asOf:1"),
                findings(FindingSort.NEWEST, "asOf:1"),
                findings(FindingSort.ASSET, "asOf:1"),
                findings(FindingSort.SEVERITY, "asOf:2 and finding.severity:5 and not finding.status:FIXED"),
                findings(FindingSort.ASSET, "asOf:2 and finding.cveId:`{rare}`"),
                findings(FindingSort.NEWEST, "asOf:2 and finding.cveId:`{middling}`"),
                findings(FindingSort.SEVERITY, "asOf:2 and operatingSystem.name:\"{os}\""),
                findingCount("asOf:2"),
                findingCount("asOf:2 and finding.severity:5 and not finding.status:FIXED"),
                findingCount("asOf:2 and finding.cveId:`{middling}`"),
                assets(AssetSort.NAME, "asOf:2"),
                assets(AssetSort.NAME, "asOf:2 and asset.status:Active"),
                assets(AssetSort.NAME, "asOf:2 and finding.cveId:`{rare}`"),
                assetCount("asOf:2 and finding.severity:5"),
                findings(FindingSort.SEVERITY, "finding.changedBetween:[2 .. 3]"),
                findings(FindingSort.NEWEST, "finding.changedBetween:[2 .. 3]"),
                findings(FindingSort.SEVERITY, "finding.fixedBetween:[2 .. 3] and finding.severity:5"),
                findings(FindingSort.ASSET, "finding.openedBetween:[2 .. 3]"),
                findingCount("finding.changedBetween:[2 .. 3]"),
                severities("finding.fixedBetween:[2 .. 3]"),
                severities("finding.openedBetween:[2 .. 3]"),
                new Question("", new Want.Overview()),
                groups(FindingGrouping.CVE, ""),
                groups(FindingGrouping.ASSET, ""),
                groups(FindingGrouping.SEVERITY, ""),
                groups(FindingGrouping.OPERATING_SYSTEM, ""),
                groups(FindingGrouping.CVE, "finding.severity:5"),
                groups(FindingGrouping.ASSET, "finding.severity:5"),
                groups(FindingGrouping.SEVERITY, "finding.title:\"CVE-2018\""),
                groups(FindingGrouping.OPERATING_SYSTEM, "finding.severity:5"),
                groups(FindingGrouping.ASSET, "finding.cveId:`{rare}`"),
                groups(FindingGrouping.OPERATING_SYSTEM, "finding.cveId:`{middling}`"),
                groups(FindingGrouping.CVE, "operatingSystem.name:\"{os}\""),
                groups(FindingGrouping.ASSET, "finding.status:NEW"),
                groups(FindingGrouping.SEVERITY, "asset.name:`{host}`"),
                groups(FindingGrouping.CVE, "finding.fixedBetween:[2 .. 3]"));
    }
}
