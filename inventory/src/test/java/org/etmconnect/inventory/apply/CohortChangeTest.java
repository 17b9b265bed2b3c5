// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CohortChangeTest {

    @Test
    void aFirstRunOpensOneCohort() {
        CohortChange change = CohortChange.of(List.of(), ints(1, 2, 3), ints(), 7, true);

        assertThat(describe(change.cohorts())).containsExactly("[1, 2, 3] first 7 opened 7");
        assertThat(change.opened()).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsNotFoundIsFixedAndTheRestStaysWhereItIs() {
        CohortChange change = CohortChange.of(cohorts(ints(1, 2, 3), 7), ints(1, 3, 4), ints(), 8, true);

        assertThat(describe(change.cohorts()))
                .containsExactlyInAnyOrder(
                        "[1, 3] first 7 opened 7", "[2] first 7 opened 7 fixed 8", "[4] first 8 opened 8");
        assertThat(change.unchanged()).isEqualTo(2);
    }

    @Test
    void whatComesBackIsReopenedAndKeepsItsFirstRun() {
        List<Cohort> fixed = CohortChange.of(cohorts(ints(1, 2), 7), ints(1), ints(), 8, true)
                .cohorts();

        CohortChange change = CohortChange.of(fixed, ints(1, 2), ints(), 9, true);

        assertThat(describe(change.cohorts()))
                .containsExactlyInAnyOrder(
                        "[1] first 7 opened 7", "[2] first 7 opened 7 fixed 8 reopened 9", "[2] first 7 opened 9");
        assertThat(change.reopened()).containsExactly(2);
        assertThat(change.opened()).isEmpty();
    }

    @Test
    void anUnsealedRunFixesNothing() {
        CohortChange change = CohortChange.of(cohorts(ints(1, 2), 7), ints(2, 3), ints(), 8, false);

        assertThat(change.fixed()).isEmpty();
        assertThat(describe(change.cohorts()))
                .containsExactlyInAnyOrder("[1, 2] first 7 opened 7", "[3] first 8 opened 8");
    }

    @Test
    void whatIsUndecidedStaysOpen() {
        CohortChange change = CohortChange.of(cohorts(ints(1, 2), 7), ints(), ints(2), 8, true);

        assertThat(change.fixed()).containsExactly(1);
    }

    /** Any history of runs gives the same as keeping each finding by itself. */
    @Property
    void cohortsAgreeWithAModelOfSingleFindings(
            @ForAll @Size(max = 8) List<@Size(max = 8) Set<@IntRange(max = 9) Integer>> runs,
            @ForAll @Size(8) List<Boolean> sealed) {
        List<Cohort> cohorts = List.of();
        Map<Integer, List<String>> model = new HashMap<>();
        Map<Integer, Integer> first = new HashMap<>();
        Map<Integer, Integer> openSince = new HashMap<>();
        Map<Integer, int[]> lastFixed = new HashMap<>();
        for (int run = 1; run <= runs.size(); run++) {
            int[] found = runs.get(run - 1).stream()
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
            boolean mayClose = sealed.get(run - 1);
            int openBefore = openSince.size();
            int fixed = 0;
            int opened = 0;
            int reopened = 0;
            for (int id = 0; id <= 9; id++) {
                boolean isFound = Arrays.binarySearch(found, id) >= 0;
                Integer since = openSince.get(id);
                if (since == null && isFound) {
                    if (first.putIfAbsent(id, run) == null) {
                        opened++;
                    } else {
                        reopened++;
                        int[] interval = lastFixed.remove(id);
                        model.computeIfAbsent(id, key -> new ArrayList<>())
                                .add("first " + first.get(id) + " opened " + interval[0] + " fixed " + interval[1]
                                        + " reopened " + run);
                    }
                    openSince.put(id, run);
                } else if (since != null && !isFound && mayClose) {
                    openSince.remove(id);
                    lastFixed.put(id, new int[] {since, run});
                    fixed++;
                }
            }

            CohortChange change = CohortChange.of(cohorts, found, ints(), run, mayClose);
            cohorts = change.cohorts();

            assertThat(change.opened()).hasSize(opened);
            assertThat(change.reopened()).hasSize(reopened);
            assertThat(change.fixed()).hasSize(fixed);
            assertThat(change.unchanged()).isEqualTo(openBefore - fixed);
        }
        Map<Integer, Set<String>> expected = new HashMap<>();
        model.forEach((id, lines) ->
                expected.computeIfAbsent(id, key -> new TreeSet<>()).addAll(lines));
        openSince.forEach((id, since) -> expected.computeIfAbsent(id, key -> new TreeSet<>())
                .add("first " + first.get(id) + " opened " + since));
        lastFixed.forEach((id, interval) -> expected.computeIfAbsent(id, key -> new TreeSet<>())
                .add("first " + first.get(id) + " opened " + interval[0] + " fixed " + interval[1]));
        Map<Integer, Set<String>> actual = new HashMap<>();
        for (Cohort cohort : cohorts) {
            assertThat(cohort.definitions()).isNotEmpty().isSorted().doesNotHaveDuplicates();
            for (int id : cohort.definitions()) {
                assertThat(actual.computeIfAbsent(id, key -> new TreeSet<>()).add(history(cohort)))
                        .isTrue();
            }
        }
        assertThat(actual).isEqualTo(expected);
        List<String> histories = cohorts.stream().map(CohortChangeTest::history).toList();
        assertThat(histories).doesNotHaveDuplicates();
    }

    private static List<Cohort> cohorts(int[] definitions, int run) {
        return List.of(new Cohort(run, run, null, null, definitions));
    }

    private static List<String> describe(List<Cohort> cohorts) {
        return cohorts.stream()
                .map(cohort -> Arrays.toString(cohort.definitions()) + " " + history(cohort))
                .toList();
    }

    private static String history(Cohort cohort) {
        return "first " + cohort.firstRun() + " opened " + cohort.openedRun()
                + (cohort.fixedRun() == null ? "" : " fixed " + cohort.fixedRun())
                + (cohort.reopenedRun() == null ? "" : " reopened " + cohort.reopenedRun());
    }

    private static int[] ints(int... values) {
        return values;
    }
}
