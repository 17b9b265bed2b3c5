// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OverviewTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final SmallInventory INVENTORY = new SmallInventory(7);

    private final List<NaiveSearch.Finding> open = new NaiveSearch(INVENTORY)
            .allFindings()
            .filter(finding -> finding.cohort().fixedRun() == null)
            .toList();
    private final Overview overview = new OverviewReader(
                    DATABASE.dataSource(), InstantSource.fixed(SmallInventory.NOW), Duration.ofSeconds(30))
            .read()
            .orElseThrow();

    @BeforeAll
    static void fill() throws SQLException {
        Flyway.configure().dataSource(DATABASE.dataSource()).load().migrate();
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            INVENTORY.writeTo(connection);
            statement.execute("update run set counts = '{\"findingsNew\": 5, \"findingsFixed\": 3,"
                    + " \"findingsReopened\": 1}' where run_id = (select min(run_id) from run)");
        }
    }

    @Test
    void assetsAreCountedByWhetherASourceStillReportsThem() {
        long retired = INVENTORY.assets.values().stream()
                .filter(SmallInventory.Asset::retired)
                .count();

        assertThat(overview.retiredAssets()).isEqualTo(retired).isPositive();
        assertThat(overview.activeAssets()).isEqualTo(INVENTORY.assets.size() - retired);
    }

    @Test
    void openFindingsAreCountedBySeverity() {
        Map<Integer, Long> expected = open.stream()
                .collect(groupingBy(
                        finding ->
                                Objects.requireNonNullElse(finding.definition().severity(), 0),
                        counting()));

        assertThat(overview.openFindings()).isEqualTo(expected).isNotEmpty();
    }

    @Test
    void theWidestCveComesFirst() {
        Map<String, Long> expected = open.stream()
                .collect(groupingBy(
                        finding -> Objects.requireNonNullElse(
                                finding.definition().cve(), finding.definition().externalId()),
                        counting()));

        assertThat(overview.widestCves())
                .isNotEmpty()
                .allSatisfy(cve -> assertThat(cve.openFindings()).isEqualTo(expected.get(cve.cveId())))
                .isSortedAccordingTo((one, other) -> Long.compare(other.openFindings(), one.openFindings()));
        assertThat(overview.widestCves().getFirst().openFindings())
                .isEqualTo(expected.values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElseThrow());
    }

    @Test
    void theHostWithMostCriticalFindingsComesFirst() {
        Map<Integer, Long> expected = open.stream()
                .filter(finding -> Objects.equals(finding.definition().severity(), 5))
                .collect(groupingBy(finding -> finding.host().asset(), counting()));

        assertThat(overview.criticalHosts())
                .hasSize(Math.min(10, expected.size()))
                .isNotEmpty()
                .allSatisfy(host -> assertThat(host.critical()).isEqualTo(expected.get(host.assetId())));
        assertThat(overview.criticalHosts().getFirst().critical())
                .isEqualTo(expected.values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElseThrow());
    }

    @Test
    void everyOpenFindingHasAnAge() {
        assertThat(overview.ages().stream()
                        .mapToLong(Overview.Age::openFindings)
                        .sum())
                .isEqualTo(open.size());
        long young = open.stream()
                .filter(finding -> Duration.between(
                                        Objects.requireNonNull(INVENTORY.runs.get(
                                                        finding.cohort().firstRun()))
                                                .observedAt(),
                                        SmallInventory.NOW)
                                .toDays()
                        < 7)
                .count();
        assertThat(overview.ages().getFirst().openFindings()).isEqualTo(young);
    }

    @Test
    void aDayShowsWhatItsRunsOpenedFixedAndReopened() {
        LocalDate first = LocalDate.ofInstant(
                INVENTORY.runs.values().stream()
                        .min((one, other) -> Integer.compare(one.id(), other.id()))
                        .orElseThrow()
                        .observedAt(),
                java.time.ZoneOffset.UTC);

        assertThat(overview.days()).contains(new Overview.Day(first, 5, 3, 1));
    }
}
