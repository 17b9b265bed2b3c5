// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.etmconnect.query.syntax.TokenType;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final InstantSource CLOCK = InstantSource.fixed(SmallInventory.NOW);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final SmallInventory INVENTORY = new SmallInventory(7);

    private final FindingSearch findings = new FindingSearch(DATABASE.dataSource(), CLOCK, LIMIT);
    private final AssetSearch assets = new AssetSearch(DATABASE.dataSource(), CLOCK, LIMIT);

    @BeforeAll
    static void fill() throws SQLException {
        Flyway.configure().dataSource(DATABASE.dataSource()).load().migrate();
        try (Connection connection = DATABASE.connect()) {
            INVENTORY.writeTo(connection);
        }
    }

    @Test
    void aFindingRowTellsWhatIsKnownOfIt() {
        NaiveSearch naive = new NaiveSearch(INVENTORY);

        List<FindingRow> rows =
                found(findings.page(query("", Subject.FINDING), FindingSort.SEVERITY, Optional.empty(), 500));

        assertThat(rows).isNotEmpty().hasSize((int) naive.allFindings().count());
        naive.allFindings().forEach(finding -> {
            FindingRow row = rows.stream()
                    .filter(each -> each.id().equals(finding.id()))
                    .findFirst()
                    .orElseThrow();
            var cohort = finding.cohort();
            assertThat(row.assetId()).isEqualTo(finding.host().asset());
            assertThat(row.status()).isEqualTo(naive.status(finding));
            assertThat(row.firstFound()).contains(naive.time(cohort.firstRun()));
            assertThat(row.lastFound()).contains(naive.time(naive.lastFoundRun(finding)));
            assertThat(row.fixedOn())
                    .isEqualTo(Optional.ofNullable(cohort.fixedRun()).map(naive::time));
            assertThat(row.reopenedOn())
                    .isEqualTo(
                            cohort.openedRun() > cohort.firstRun()
                                    ? Optional.of(naive.time(cohort.openedRun()))
                                    : Optional.empty());
            assertThat(row.cveId())
                    .isEqualTo(Optional.ofNullable(finding.definition().cve()));
            assertThat(row.severity())
                    .isEqualTo(Optional.ofNullable(finding.definition().severity()));
            assertThat(row.sourceRiskScore())
                    .isEqualTo(Optional.ofNullable(finding.definition().score()).map(Double::valueOf));
            assertThat(row.vendorProductName())
                    .isEqualTo(Objects.requireNonNull(
                                    INVENTORY.connections.get(finding.host().connection()))
                            .product());
        });
    }

    @Test
    void anAssetRowCountsItsOpenFindingsBySeverity() {
        NaiveSearch naive = new NaiveSearch(INVENTORY);

        List<AssetRow> rows = found(assets.page(query("", Subject.ASSET), AssetSort.ID, Optional.empty(), 100));

        assertThat(rows).hasSize(INVENTORY.assets.size());
        for (AssetRow row : rows) {
            List<NaiveSearch.Finding> open = naive.allFindings()
                    .filter(finding -> finding.host().asset() == row.id())
                    .filter(finding -> finding.cohort().fixedRun() == null)
                    .toList();
            assertThat(row.openFindings().total()).isEqualTo(open.size());
            assertThat(row.openFindings().critical()).isEqualTo((int) open.stream()
                    .filter(f -> Objects.equals(f.definition().severity(), 5))
                    .count());
            SmallInventory.Asset asset = Objects.requireNonNull(INVENTORY.assets.get(row.id()));
            assertThat(row.name()).isEqualTo(Optional.ofNullable(asset.name()));
            assertThat(row.addresses()).isEqualTo(asset.addresses());
            assertThat(row.status()).isEqualTo(asset.retired() ? "Retired" : "Active");
            assertThat(row.sources()).isSubsetOf("Cortex XDR", "Other XDR").isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; drop table asset; --",
                "\\'; drop table asset; --",
                "\" or 1=1 --",
                "$$ or true $$",
                "%' or '1'='1",
                "{?}",
                "?",
                "\\",
                "%",
                "_",
                "a\nb",
                "E'\\x27'"
            })
    void hostileTextIsOnlyText(String hostile) {
        for (Match match : List.of(new Match.Exact(hostile), new Match.Phrase(hostile))) {
            Condition everywhere = Condition.any(TokenCatalogue.standard().tokens().stream()
                    .filter(token -> token.type() == TokenType.TEXT)
                    .<Condition>map(token -> new Condition.Compare(token, match))
                    .toList());
            assertThat(findings.page(everywhere, FindingSort.SEVERITY, Optional.empty(), 5))
                    .isInstanceOf(SearchOutcome.Found.class);
            if (match instanceof Match.Exact) {
                assertThat(assets.count(everywhere, 10)).isEqualTo(new CountOutcome.Exactly(0));
            }
        }
        assertThat(assets.count(query("", Subject.ASSET), 100))
                .isEqualTo(new CountOutcome.Exactly(INVENTORY.assets.size()));
    }

    @Test
    void countingByDefinitionsStopsAtTheBoundAndKnowsFixedFromOpen() {
        NaiveSearch naive = new NaiveSearch(INVENTORY);
        long fixed = naive.allFindings()
                .filter(finding -> finding.cohort().fixedRun() != null)
                .count();
        long all = naive.allFindings().count();

        assertThat(findings.count(query("", Subject.FINDING), 3)).isEqualTo(new CountOutcome.MoreThan(3));
        assertThat(findings.count(query("", Subject.FINDING), 10_000)).isEqualTo(new CountOutcome.Exactly(all));
        for (String open : List.of("not finding.status:FIXED", "finding.status:[NEW, ACTIVE, REOPENED]")) {
            assertThat(findings.count(query(open, Subject.FINDING), 10_000))
                    .isEqualTo(new CountOutcome.Exactly(all - fixed));
        }
    }

    @Test
    void timeThatRunsOutBetweenStatementsIsReported() {
        Duration none = Duration.ofNanos(1);

        assertThat(new FindingSearch(DATABASE.dataSource(), CLOCK, none).count(query("", Subject.FINDING), 10))
                .isEqualTo(new CountOutcome.TimedOut(none));
    }

    @Test
    void countingStopsAtTheBound() {
        assertThat(assets.count(query("", Subject.ASSET), 3)).isEqualTo(new CountOutcome.MoreThan(3));
    }

    @Test
    void aCursorFitsOnlyItsQueryAndSort() {
        Condition all = query("", Subject.ASSET);
        String next = page(assets.page(all, AssetSort.NAME, Optional.empty(), 3))
                .next()
                .orElseThrow();

        assertThat(assets.page(all, AssetSort.NAME, Optional.of(next), 3)).isInstanceOf(SearchOutcome.Found.class);
        assertThat(assets.page(all, AssetSort.ID, Optional.of(next), 3)).isInstanceOf(SearchOutcome.BadCursor.class);
        assertThat(assets.page(query("asset.name:web", Subject.ASSET), AssetSort.NAME, Optional.of(next), 3))
                .isInstanceOf(SearchOutcome.BadCursor.class);
        for (int i = 0; i < next.length(); i++) {
            String changed = next.substring(0, i) + (next.charAt(i) == 'A' ? 'B' : 'A') + next.substring(i + 1);
            assertThat(Cursor.decode(changed, "asset NAME "))
                    .satisfiesAnyOf(
                            cursor -> assertThat(cursor).isEmpty(),
                            // the last letter may hold bits that say nothing
                            cursor -> assertThat(cursor).isEqualTo(Cursor.decode(next, "asset NAME ")));
        }
        assertThat(assets.page(all, AssetSort.NAME, Optional.of("no cursor"), 3))
                .isInstanceOf(SearchOutcome.BadCursor.class);
    }

    @Test
    void aDatabaseThatTakesTooLongIsReported() throws SQLException {
        try (Connection blocker = DATABASE.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("lock table asset in access exclusive mode");
            Duration limit = Duration.ofMillis(200);

            assertThat(new AssetSearch(DATABASE.dataSource(), CLOCK, limit)
                            .page(query("", Subject.ASSET), AssetSort.NAME, Optional.empty(), 3))
                    .isEqualTo(new SearchOutcome.TimedOut<>(limit));
            blocker.rollback();
        }
    }

    @Test
    void aQueryCanBeExplained() {
        assertThat(findings.explain(query("finding.severity:5", Subject.FINDING), FindingSort.SEVERITY))
                .hasValueSatisfying(text -> assertThat(text).contains("Definitions: ", "definition by definition"));
        assertThat(assets.explain(query("asset.name:web", Subject.ASSET), AssetSort.NAME))
                .isPresent();
    }

    private static Condition query(String text, Subject subject) {
        return SearchFixture.condition(text, subject);
    }

    private static <R> List<R> found(SearchOutcome<R> outcome) {
        return page(outcome).rows();
    }

    private static <R> Page<R> page(SearchOutcome<R> outcome) {
        if (outcome instanceof SearchOutcome.Found<R>(Page<R> page)) {
            return page;
        }
        throw new AssertionError(outcome);
    }
}
