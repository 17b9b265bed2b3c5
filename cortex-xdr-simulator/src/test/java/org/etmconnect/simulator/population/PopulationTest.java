// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PopulationTest {

    private final Population population = Population.of(new PopulationSettings(1, 2000, 50));

    @Property(tries = 25)
    void bothViewsOfCvesAndHostsAgree(
            @ForAll long seed,
            @ForAll @IntRange(max = 150) int endpoints,
            @ForAll @IntRange(max = 40) int cves,
            @ForAll @IntRange(max = Population.LAST_DAY) int dayNumber) {
        PopulationDay day =
                Population.of(new PopulationSettings(seed, endpoints, cves)).day(dayNumber);
        Set<Long> byHost = new HashSet<>();
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            int[] found = day.cvesOf(rank);
            assertThat(found).isSorted().doesNotHaveDuplicates();
            for (int cve : found) {
                byHost.add((long) rank << 32 | cve);
            }
        }
        Set<Long> byCve = new HashSet<>();
        for (int cve = 0; cve < day.cveCount(); cve++) {
            int index = cve;
            day.forEachAffectedHost(
                    cve,
                    rank -> assertThat(byCve.add((long) rank << 32 | index)).isTrue());
        }
        assertThat(byCve).isEqualTo(byHost);
    }

    @Property(tries = 25)
    void endpointsAreListedInTheOrderOfTheirIdsAndAreFoundByThem(
            @ForAll long seed, @ForAll @IntRange(max = 500) int endpoints, @ForAll @IntRange(max = 365) int dayNumber) {
        PopulationDay day =
                Population.of(new PopulationSettings(seed, endpoints, 1)).day(dayNumber);
        List<String> ids = new ArrayList<>();
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            ids.add(day.endpoint(rank).endpointId());
            assertThat(day.rankOf(day.endpointId(rank))).hasValue(rank);
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{32}"));
    }

    @Test
    void dayZeroHasExactlyTheEndpointsAskedFor() {
        assertThat(population.day(0).endpointCount()).isEqualTo(2000);
        assertThat(Population.of(new PopulationSettings(1, 0, 50)).day(300).endpointCount())
                .isZero();
    }

    @Test
    void aHostHasAboutAsManyCvesAsAskedForOnAverage() {
        for (int asked : new int[] {3, 50, 400}) {
            PopulationDay day =
                    Population.of(new PopulationSettings(9, 1500, asked)).day(0);
            long pairs = 0;
            for (int rank = 0; rank < day.endpointCount(); rank++) {
                pairs += day.cvesOf(rank).length;
            }
            assertThat(pairs / 1500.0).isCloseTo(asked, within(asked * 0.12));
        }
    }

    @Test
    void equalSettingsMakeEqualFleetsAndAnotherSeedAnother() {
        PopulationDay day = population.day(3);
        PopulationDay again = Population.of(new PopulationSettings(1, 2000, 50)).day(3);
        PopulationDay other = Population.of(new PopulationSettings(2, 2000, 50)).day(3);
        for (int rank = 0; rank < 200; rank++) {
            assertThat(again.endpoint(rank)).isEqualTo(day.endpoint(rank));
            assertThat(again.cvesOf(rank)).isEqualTo(day.cvesOf(rank));
        }
        assertThat(other.endpoint(5)).isNotEqualTo(day.endpoint(5));
        assertThat(again.cve(7)).isEqualTo(day.cve(7));
    }

    @Test
    void theFleetLooksLikeAFleet() {
        PopulationDay day = population.day(0);
        Map<String, Integer> names = new HashMap<>();
        Set<String> macs = new HashSet<>();
        Set<String> systems = new TreeSet<>();
        int fresh = 0;
        int clean = 0;
        int cloud = 0;
        int tagged = 0;
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            Endpoint endpoint = day.endpoint(rank);
            names.merge(endpoint.name(), 1, Integer::sum);
            for (String mac : endpoint.macAddresses()) {
                assertThat(macs.add(mac)).as(mac).isTrue();
                assertThat(Integer.parseInt(mac.substring(0, 2), 16) & 3)
                        .as("unicast and universally administered: %s", mac)
                        .isZero();
            }
            systems.add(endpoint.os().name() + " " + endpoint.os().version());
            fresh += endpoint.fresh() ? 1 : 0;
            assertThat(endpoint.macAddresses().isEmpty()).isEqualTo(endpoint.fresh());
            clean += day.cvesOf(rank).length == 0 ? 1 : 0;
            cloud += endpoint.cloud().isPresent() ? 1 : 0;
            tagged += endpoint.serverTags().isEmpty() ? 0 : 1;
            assertThat(day.endpointName(rank)).isEqualTo(endpoint.name());
        }
        assertThat(systems).hasSize(16);
        assertThat(fresh).isBetween(2, 30);
        assertThat(clean).isBetween(70, 140);
        assertThat(cloud).isBetween(200, 450);
        assertThat(tagged).isGreaterThan(500);
        long shared = names.values().stream().filter(count -> count == 2).count();
        assertThat(2 * shared).isBetween(8L, 40L);
        assertThat(names.values()).allMatch(count -> count <= 2);
    }

    @Test
    void hostsOfOneSystemShareMostCves() {
        PopulationDay day = population.day(0);
        Map<String, List<int[]>> bySystem = new TreeMap<>();
        for (int rank = 0; rank < 400; rank++) {
            int[] cves = day.cvesOf(rank);
            if (cves.length > 35) {
                bySystem.computeIfAbsent(day.endpoint(rank).os().version(), version -> new ArrayList<>())
                        .add(cves);
            }
        }
        List<int[]> windows = bySystem.getOrDefault("10.0.22631", List.of());
        Set<Integer> first = new HashSet<>();
        for (int cve : windows.get(0)) {
            first.add(cve);
        }
        int common = 0;
        for (int cve : windows.get(1)) {
            common += first.contains(cve) ? 1 : 0;
        }
        assertThat(common).isGreaterThan(windows.get(1).length / 2);
    }

    @Test
    void cvesHaveTheirOwnNamesAndAScoreThatFitsTheSeverity() {
        PopulationDay day = population.day(0);
        Set<String> names = new HashSet<>();
        String last = "";
        for (int index = 0; index < day.cveCount(); index++) {
            Cve cve = day.cve(index);
            assertThat(names.add(cve.name())).isTrue();
            assertThat(cve.name()).matches("CVE-\\d{4}-\\d{4,}");
            assertThat(cve.cveId()).isGreaterThan(last);
            last = cve.cveId();
            switch (cve.severity()) {
                case CRITICAL -> assertThat(cve.score()).isBetween(9.0, 10.0);
                case HIGH -> assertThat(cve.score()).isBetween(7.0, 8.9);
                case MEDIUM -> assertThat(cve.score()).isBetween(4.0, 6.9);
                case LOW -> assertThat(cve.score()).isBetween(0.1, 3.9);
                case INFORMATIONAL -> assertThat(cve.score()).isZero();
            }
        }
    }

    @Test
    void aFewCvesHaveNoHostAndAFewAreDismissed() {
        PopulationDay day = population.day(0);
        int without = 0;
        int dismissedWithHosts = 0;
        for (int index = 0; index < day.cveCount(); index++) {
            int[] hosts = {0};
            day.forEachAffectedHost(index, rank -> hosts[0]++);
            without += hosts[0] == 0 ? 1 : 0;
            dismissedWithHosts += hosts[0] > 0 && day.cve(index).excluded() ? 1 : 0;
        }
        assertThat(without).isPositive().isLessThan(day.cveCount() / 3);
        assertThat(dismissedWithHosts).isPositive();
    }

    @Test
    void aSettingOutOfRangeIsNamed() {
        assertThatThrownBy(() -> new PopulationSettings(1, -1, 5)).hasMessageContaining("endpoints is -1");
        assertThatThrownBy(() -> population.day(366)).hasMessageContaining("0 to 365");
    }
}
