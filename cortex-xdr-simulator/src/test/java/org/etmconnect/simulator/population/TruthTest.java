// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TruthTest {

    private final Population population = Population.of(new PopulationSettings(1, 2000, 50));

    @Test
    void theTruthIsWhatANaiveComparisonOfTheDaysFinds() {
        Population population = Population.of(new PopulationSettings(5, 500, 20));
        List<Integer> days = List.of(0, 1, 2, 2, 5, 120);
        List<Truth> truths = Truth.over(population, days, Truth.Dismissed.COUNTED);
        Set<String> everOpen = new HashSet<>();
        Set<String> everThere = new HashSet<>();
        Set<String> openBefore = new HashSet<>();
        Set<String> thereBefore = new HashSet<>();
        for (int d = 0; d < days.size(); d++) {
            PopulationDay day = population.day(days.get(d));
            Set<String> there = new HashSet<>();
            Set<String> open = new HashSet<>();
            long critical = 0;
            for (int rank = 0; rank < day.endpointCount(); rank++) {
                String id = day.endpointId(rank);
                there.add(id);
                for (int cve : day.cvesOf(rank)) {
                    open.add(id + " " + cve);
                    critical += day.cve(cve).severity() == Severity.CRITICAL ? 1 : 0;
                }
            }
            Truth truth = truths.get(d);
            assertThat(truth.day()).isEqualTo(days.get(d));
            assertThat(truth.assets()).isEqualTo(there.size());
            assertThat(truth.assetsNew()).isEqualTo(without(there, everThere).size());
            assertThat(truth.assetsRetired())
                    .isEqualTo(without(thereBefore, there).size());
            assertThat(truth.assetsReturned())
                    .isEqualTo(without(there, thereBefore).size() - truth.assetsNew());
            assertThat(truth.openFindings()).isEqualTo(open.size());
            assertThat(truth.openBySeverity().get(Severity.CRITICAL)).isEqualTo(critical);
            assertThat(truth.openBySeverity().values().stream()
                            .mapToLong(n -> n)
                            .sum())
                    .isEqualTo(open.size());
            assertThat(truth.newFindings()).isEqualTo(without(open, everOpen).size());
            assertThat(truth.fixedFindings())
                    .isEqualTo(without(openBefore, open).size());
            assertThat(truth.reopenedFindings())
                    .isEqualTo(without(open, openBefore).size() - truth.newFindings());
            everOpen.addAll(open);
            everThere.addAll(there);
            openBefore = open;
            thereBefore = there;
        }
    }

    @Test
    void eachOfTheFirstDaysHasSomethingOfEverything() {
        List<Truth> truths = Truth.over(population, List.of(0, 1, 2, 3), Truth.Dismissed.COUNTED);
        assertThat(truths.get(0).assetsNew()).isEqualTo(2000);
        for (Truth truth : truths.subList(1, 4)) {
            assertThat(truth.assetsNew()).isBetween(1L, 20L);
            assertThat(truth.assetsRetired()).isBetween(1L, 20L);
            assertThat(truth.newFindings()).isPositive();
            assertThat(truth.fixedFindings()).isPositive();
        }
        assertThat(truths.get(2).reopenedFindings()).isPositive();
        assertThat(truths.get(3).reopenedFindings()).isPositive();
    }

    @Test
    void aDismissedCveCountsOnlyIfAskedFor() {
        Truth all = Truth.over(population, List.of(0), Truth.Dismissed.COUNTED).getFirst();
        Truth kept =
                Truth.over(population, List.of(0), Truth.Dismissed.LEFT_OUT).getFirst();
        assertThat(kept.openFindings()).isLessThan(all.openFindings()).isPositive();
        assertThat(kept.assets()).isEqualTo(all.assets());
    }

    @Test
    void hostsThatLeftComeBackNowAndThen() {
        List<Integer> days = new ArrayList<>();
        for (int day = 0; day <= 20; day++) {
            days.add(day);
        }
        assertThat(Truth.over(population, days, Truth.Dismissed.COUNTED).stream()
                        .mapToLong(Truth::assetsReturned)
                        .sum())
                .isBetween(5L, 60L);
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
