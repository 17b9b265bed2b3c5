// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random queries over random inventories: all pages, put together, are what looking at every row gives, in order. */
class SearchEqualsNaiveTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final InstantSource CLOCK = InstantSource.fixed(SmallInventory.NOW);
    private static final int QUERIES = 60;

    private static HikariDataSource source;

    @BeforeAll
    static void migrate() {
        source = SearchFixture.pool(DATABASE, 2);
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findingsAreTheSame(long seed) throws SQLException, IOException {
        NaiveSearch naive = new NaiveSearch(written(seed));
        RandomQueries queries = new RandomQueries(seed);
        Random random = new Random(seed);
        int withRows = 0;
        for (int i = 0; i < QUERIES; i++) {
            Condition condition = queries.next(Subject.FINDING);
            FindingSort sort = FindingSort.values()[random.nextInt(FindingSort.values().length)];
            FindingPlan.Ways ways = FindingPlan.Ways.values()[random.nextInt(4)];
            FindingSearch search = new FindingSearch(source, CLOCK, Duration.ofSeconds(30), ways);
            int rows = 1 + random.nextInt(40);

            List<String> found =
                    SearchFixture.pages(cursor -> search.page(condition, sort, cursor, rows), FindingRow::id);

            List<String> expected = naive.findings(condition, sort);
            assertThat(found)
                    .as(sort + " " + ways + " " + QqlPrinter.print(condition))
                    .isEqualTo(expected);
            assertThat(search.count(condition, 10_000)).isEqualTo(new CountOutcome.Exactly(expected.size()));
            List<String> streamed = new ArrayList<>();
            assertThat(search.stream(condition, row -> streamed.add(row.id())))
                    .isEqualTo(new StreamOutcome.Streamed(expected.size()));
            assertThat(streamed)
                    .as("all of " + QqlPrinter.print(condition))
                    .containsExactlyInAnyOrderElementsOf(expected)
                    .isSortedAccordingTo(SearchEqualsNaiveTest::byHostAndDefinition);
            assertThat(QqlParser.parse(QqlPrinter.print(condition), Subject.FINDING))
                    .isEqualTo(new ParseOutcome.Parsed(condition));
            withRows += expected.isEmpty() ? 0 : 1;
        }
        assertThat(withRows).as("queries that find something").isGreaterThan(QUERIES / 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void assetsAreTheSame(long seed) throws SQLException, IOException {
        NaiveSearch naive = new NaiveSearch(written(seed));
        RandomQueries queries = new RandomQueries(seed + 1000);
        Random random = new Random(seed);
        AssetSearch search = new AssetSearch(source, CLOCK, Duration.ofSeconds(30));
        int withRows = 0;
        for (int i = 0; i < QUERIES; i++) {
            Condition condition = queries.next(Subject.ASSET);
            AssetSort sort = AssetSort.values()[random.nextInt(AssetSort.values().length)];
            int rows = 1 + random.nextInt(8);

            List<Integer> found =
                    SearchFixture.pages(cursor -> search.page(condition, sort, cursor, rows), AssetRow::id);

            List<Integer> expected = naive.assets(condition, sort);
            assertThat(found).as(sort + " " + QqlPrinter.print(condition)).isEqualTo(expected);
            List<Integer> streamed = new ArrayList<>();
            assertThat(search.stream(condition, row -> streamed.add(row.id())))
                    .isEqualTo(new StreamOutcome.Streamed(expected.size()));
            assertThat(streamed).isEqualTo(expected.stream().sorted().toList());
            assertThat(search.count(condition, 10_000)).isEqualTo(new CountOutcome.Exactly(expected.size()));
            int bound = random.nextInt(1, 8);
            assertThat(search.count(condition, bound))
                    .as("counted up to " + bound + ": " + QqlPrinter.print(condition))
                    .isEqualTo(
                            expected.size() > bound
                                    ? new CountOutcome.MoreThan(bound)
                                    : new CountOutcome.Exactly(expected.size()));
            withRows += expected.isEmpty() ? 0 : 1;
        }
        assertThat(withRows).as("queries that find something").isGreaterThan(QUERIES / 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "finding.severity:5",
                "finding.severity:[4, 5] and operatingSystem.name:Windows",
                "operatingSystem.name:Linux",
                "finding.severity:5 and finding.severity:4",
                "finding.severity:5 and asset.name:web"
            })
    void assetsAreCountedUpToAnyBound(String query) throws SQLException, IOException {
        Condition condition = SearchFixture.condition(query, Subject.ASSET);
        AssetSearch search = new AssetSearch(source, CLOCK, Duration.ofSeconds(30));
        for (long seed = 1; seed <= 5; seed++) {
            int expected = new NaiveSearch(written(seed))
                    .assets(condition, AssetSort.ID)
                    .size();
            for (int bound = 1; bound <= 14; bound++) {
                assertThat(search.count(condition, bound))
                        .isEqualTo(
                                expected > bound
                                        ? new CountOutcome.MoreThan(bound)
                                        : new CountOutcome.Exactly(expected));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operatingSystem.name:`Windows 11`",
                "operatingSystem.name:Windows and finding.severity:[3, 4, 5]",
                "operatingSystem.name:Ubuntu",
                "operatingSystem.name:`Plan 9`"
            })
    void findingsOnSystemsAreTheSameWhetherOpenThereOrOnlyFixed(String query) throws SQLException, IOException {
        Condition condition = SearchFixture.condition(query, Subject.FINDING);
        for (long seed = 1; seed <= 8; seed++) {
            NaiveSearch naive = new NaiveSearch(written(seed));
            for (FindingSort sort : List.of(FindingSort.SEVERITY, FindingSort.CVE)) {
                for (FindingPlan.Ways ways : List.of(FindingPlan.Ways.ONLY_WALKING, FindingPlan.Ways.ANY)) {
                    FindingSearch search = new FindingSearch(source, CLOCK, Duration.ofSeconds(30), ways);

                    assertThat(SearchFixture.pages(cursor -> search.page(condition, sort, cursor, 5), FindingRow::id))
                            .as(sort + " " + ways + ", inventory " + seed)
                            .isEqualTo(naive.findings(condition, sort));
                }
            }
        }
    }

    private static int byHostAndDefinition(String one, String other) {
        return Comparator.comparing((String id) -> Integer.valueOf(id.substring(0, id.indexOf('-'))))
                .thenComparing(id -> Integer.valueOf(id.substring(id.indexOf('-') + 1)))
                .compare(one, other);
    }

    private static SmallInventory written(long seed) throws SQLException {
        SmallInventory inventory = new SmallInventory(seed);
        try (Connection connection = DATABASE.connect()) {
            inventory.writeTo(connection);
        }
        return inventory;
    }
}
