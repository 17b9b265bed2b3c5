// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random queries over random inventories: groups are what looking at every finding gives. */
class GroupsEqualNaiveTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final InstantSource CLOCK = InstantSource.fixed(SmallInventory.NOW);
    private static final int QUERIES = 12;

    private static HikariDataSource source;

    private record Size(long findings, long hosts) {}

    @BeforeAll
    static void migrate() {
        source = SearchFixture.pool(DATABASE, 2);
    }

    @AfterAll
    static void close() {
        source.close();
    }

    private static NaiveSearch written(long seed) throws SQLException {
        return written(new SmallInventory(seed));
    }

    private static NaiveSearch written(SmallInventory inventory) throws SQLException {
        try (Connection connection = DATABASE.connect()) {
            inventory.writeTo(connection);
        }
        return new NaiveSearch(inventory);
    }

    private static FindingSearch search(FindingPlan.Ways ways) {
        return new FindingSearch(source, CLOCK, Duration.ofSeconds(30), ways);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void everyGroupHasItsFindingsAndHosts(long seed) throws SQLException {
        NaiveSearch naive = written(seed);
        RandomQueries queries = new RandomQueries(seed);
        Random random = new Random(seed);
        int withGroups = 0;
        for (int i = 0; i < QUERIES; i++) {
            Condition condition = queries.next(Subject.FINDING);
            FindingSearch search = search(FindingPlan.Ways.values()[random.nextInt(4)]);
            for (FindingGrouping by : FindingGrouping.values()) {
                FindingGroups found = compare(naive, search, condition, by);
                withGroups += found.groups().isEmpty() ? 0 : 1;
                found.groups()
                        .forEach(group -> assertThat(search.count(condition(group.query()), 10_000))
                                .as(group.query())
                                .isEqualTo(new CountOutcome.Exactly(group.findings())));
            }
        }
        assertThat(withGroups).as("groupings that find something").isGreaterThan(QUERIES / 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "not finding.status:FIXED", "finding.status:[NEW, ACTIVE, REOPENED]", "finding.status:FIXED"
            })
    void countsThatAreKeptAreUsedForWhatTheySay(String text) throws SQLException {
        NaiveSearch naive = written(9);
        for (FindingGrouping by : FindingGrouping.values()) {
            assertThat(compare(naive, search(FindingPlan.Ways.ANY), condition(text), by)
                            .openOnly())
                    .isEqualTo(!text.equals("finding.status:FIXED"));
        }
    }

    @Test
    void aHostWithTwoRecordsIsOneHost() throws SQLException {
        NaiveSearch naive = written(7);
        for (int definition = 1; definition <= 24; definition++) {
            Condition one = condition("finding.externalFindingId:`F" + definition + "`");
            compare(naive, search(FindingPlan.Ways.ANY), one, FindingGrouping.CVE);
        }
    }

    @Test
    void hostsOfSeveralDefinitionsAreCountedOnceWhereEachHasOneRecord() throws SQLException {
        SmallInventory inventory = new SmallInventory(8);
        inventory.hosts.keySet().removeIf(record -> record > inventory.assets.size());
        inventory.cohorts.removeIf(cohort -> cohort.record() > inventory.assets.size());
        NaiveSearch naive = written(inventory);
        for (String text : List.of("finding.title:openssl", "finding.title:heap", "\"kernel race\"", "")) {
            for (FindingGrouping by : FindingGrouping.values()) {
                compare(naive, search(FindingPlan.Ways.ANY), condition(text), by);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 9, 10})
    void whereHostsAreNotCountedThereAreAtLeastAsManyAsIsTold(long seed) throws SQLException {
        SmallInventory inventory = new SmallInventory(seed);
        inventory.hosts.keySet().removeIf(record -> record > inventory.assets.size());
        inventory.cohorts.removeIf(cohort -> cohort.record() > inventory.assets.size());
        written(inventory);
        FindingSearch bounding = new FindingSearch(source, CLOCK, Duration.ofSeconds(30), FindingPlan.Ways.ANY, -1);
        int notCounted = 0;
        for (String text : List.of(
                "finding.title:openssl",
                "finding.title:heap",
                "\"kernel race\"",
                "not finding.externalFindingId:F3",
                "finding.title:openssl and operatingSystem.name:Windows",
                "not finding.externalFindingId:F3 and not operatingSystem.name:Windows")) {
            List<FindingGroup> counted = grouped(
                            search(FindingPlan.Ways.ANY).group(condition(text), FindingGrouping.SEVERITY, 10))
                    .groups();
            List<FindingGroup> told = grouped(bounding.group(condition(text), FindingGrouping.SEVERITY, 10))
                    .groups();
            assertThat(told).as(text).hasSameSizeAs(counted);
            for (int i = 0; i < told.size(); i++) {
                assertThat(counted.get(i).hostsCounted()).isTrue();
                assertThat(told.get(i).findings()).isEqualTo(counted.get(i).findings());
                assertThat(told.get(i).hosts())
                        .isPositive()
                        .isLessThanOrEqualTo(counted.get(i).hosts());
                if (told.get(i).hostsCounted()) {
                    assertThat(told.get(i).hosts()).isEqualTo(counted.get(i).hosts());
                }
                notCounted += told.get(i).hostsCounted() ? 0 : 1;
            }
        }
        assertThat(notCounted).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void groupsOnSystemsAreTheSameByTheCountsThatAreKept(long seed) throws SQLException {
        SmallInventory inventory = new SmallInventory(seed);
        if (seed % 2 == 0) {
            inventory.hosts.keySet().removeIf(record -> record > inventory.assets.size());
            inventory.cohorts.removeIf(cohort -> cohort.record() > inventory.assets.size());
        }
        NaiveSearch naive = written(inventory);
        for (String text : List.of(
                "operatingSystem.name:Windows",
                "not operatingSystem.name:Windows",
                "operatingSystem.name:Windows and finding.severity:[3, 4]",
                "finding.title:openssl and not operatingSystem.name:Windows",
                "not operatingSystem.name:*",
                "finding.externalFindingId:`F3`",
                "finding.externalFindingId:`F3` and not operatingSystem.name:Windows")) {
            for (FindingGrouping by : FindingGrouping.values()) {
                compare(naive, search(FindingPlan.Ways.ANY), condition(text), by);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64, 65, 200})
    void recordsOfManyDefinitionsAreCountedOnceHoweverTheyAreAskedFor(int last) throws SQLException {
        SmallInventory inventory = new SmallInventory(8);
        written(inventory);
        // most of the ids are nobody's, which changes how they are asked for, and not the answer
        List<Integer> ids = IntStream.rangeClosed(1, last)
                .map(number -> SmallInventory.BEFORE_FIRST_DEFINITION + number)
                .boxed()
                .toList();
        long expected = inventory.cohorts.stream()
                .filter(cohort -> cohort.fixedRun() == null
                        && cohort.definitions().stream().anyMatch(ids::contains))
                .map(SmallInventory.Cohort::record)
                .distinct()
                .count();

        try (Connection connection = DATABASE.connect();
                PreparedStatement statement = FindingPlan.recordsWithOneOf(ids).prepare(connection);
                ResultSet row = statement.executeQuery()) {
            assertThat(row.next()).isTrue();
            assertThat(row.getLong(1)).isPositive().isEqualTo(expected);
        }
    }

    @Test
    void theLargestGroupsComeFirstAndTheOthersAreCounted() throws SQLException {
        written(7);
        FindingSearch search = search(FindingPlan.Ways.ANY);
        for (FindingGrouping by : FindingGrouping.values()) {
            FindingGroups all = grouped(search.group(condition(""), by, 1000));
            assertThat(all.groups())
                    .hasSize((int) all.total())
                    .isSortedAccordingTo(
                            by == FindingGrouping.SEVERITY
                                    ? Comparator.comparing(
                                            group -> -group.severity().orElse(0))
                                    : Comparator.comparingLong(group -> -group.findings()));
            FindingGroups some = grouped(search.group(condition(""), by, 2));
            assertThat(some.groups()).isEqualTo(all.groups().subList(0, 2));
            assertThat(some.total()).isEqualTo(all.total());
        }
    }

    @Test
    void aRunThatIsNotThereIsRefused() throws SQLException {
        written(7);

        assertThat(search(FindingPlan.Ways.ANY).group(condition("asOf:999"), FindingGrouping.CVE, 5))
                .isInstanceOf(GroupOutcome.Refused.class);
    }

    private static FindingGroups compare(
            NaiveSearch naive, FindingSearch search, Condition condition, FindingGrouping by) {
        Map<String, List<NaiveSearch.Finding>> expected = naive.matching(condition)
                .filter(finding ->
                        NaiveSearch.asksForState(condition) || finding.cohort().fixedRun() == null)
                .collect(groupingBy(finding -> naive.group(finding, by)));
        Map<String, Size> sizes = new TreeMap<>();
        expected.forEach((value, findings) -> sizes.put(
                value,
                new Size(
                        findings.size(),
                        findings.stream()
                                .map(finding -> finding.host().asset())
                                .distinct()
                                .count())));
        FindingGroups found = grouped(search.group(condition, by, 1000));
        Map<String, Size> foundSizes = new TreeMap<>();
        found.groups()
                .forEach(group -> foundSizes.put(
                        group.assetId().map(String::valueOf).or(group::value).orElse(""),
                        new Size(group.findings(), group.hosts())));
        assertThat(foundSizes).as(by + " " + QqlPrinter.print(condition)).isEqualTo(sizes);
        assertThat(found.total()).isEqualTo(sizes.size());
        return found;
    }

    private static FindingGroups grouped(GroupOutcome outcome) {
        if (outcome instanceof GroupOutcome.Grouped(FindingGroups groups)) {
            return groups;
        }
        throw new AssertionError(outcome);
    }

    private static Condition condition(String text) {
        return SearchFixture.condition(text, Subject.FINDING);
    }
}
