// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run makes of one source record's findings.
 *
 * @param cohorts all its cohorts after the run
 * @param opened definitions found for the first time
 * @param reopened definitions found again that were fixed
 * @param fixed definitions no longer found
 * @param absent definitions no longer found that stay open, since the run may not close, ascending
 * @param unchanged how many definitions were open before and still are
 */
@SuppressWarnings("ArrayRecordComponent") // see Cohort
record CohortChange(List<Cohort> cohorts, int[] opened, int[] reopened, int[] fixed, int[] absent, int unchanged) {

    boolean nothing() {
        return opened.length == 0 && reopened.length == 0 && fixed.length == 0;
    }

    /**
     * Compares what a run found with what is known.
     *
     * @param before all cohorts of the record, history included
     * @param found the definitions that the run found, ascending
     * @param undecided definitions of which the run could not tell whether they are still there, ascending: they stay
     * @param run the run
     * @param mayClose whether what was not found is fixed; false while the snapshot is not sealed
     */
    static CohortChange of(List<Cohort> before, int[] found, int[] undecided, int run, boolean mayClose) {
        int[] open = SortedInts.EMPTY;
        int[] fixedBefore = SortedInts.EMPTY;
        for (Cohort cohort : before) {
            if (cohort.open()) {
                open = SortedInts.union(open, cohort.definitions());
            } else if (cohort.fixed()) {
                fixedBefore = SortedInts.union(fixedBefore, cohort.definitions());
            }
        }
        int[] coming = SortedInts.minus(found, open);
        int[] reopened = SortedInts.common(coming, fixedBefore);
        int[] opened = SortedInts.minus(coming, fixedBefore);
        int[] missing = SortedInts.minus(SortedInts.minus(open, found), undecided);
        int[] fixed = mayClose ? missing : SortedInts.EMPTY;
        int[] absent = mayClose ? SortedInts.EMPTY : missing;

        List<Cohort> after = new ArrayList<>(before.size() + 1);
        for (Cohort cohort : before) {
            if (cohort.open()) {
                split(after, cohort, fixed, new Cohort(cohort.firstRun(), cohort.openedRun(), run, null, fixed));
            } else if (cohort.fixed()) {
                Cohort history =
                        new Cohort(cohort.firstRun(), cohort.openedRun(), cohort.fixedRun(), run, SortedInts.EMPTY);
                int[] moving = split(after, cohort, reopened, history);
                add(after, new Cohort(cohort.firstRun(), run, null, null, moving));
            } else {
                add(after, cohort);
            }
        }
        add(after, new Cohort(run, run, null, null, opened));
        return new CohortChange(after, opened, reopened, fixed, absent, open.length - fixed.length);
    }

    /** Fixes those of {@code definitions} that are open. */
    static CohortChange fixing(List<Cohort> before, int[] definitions, int run) {
        int[] open = SortedInts.EMPTY;
        for (Cohort cohort : before) {
            if (cohort.open()) {
                open = SortedInts.union(open, cohort.definitions());
            }
        }
        return of(before, SortedInts.minus(open, definitions), SortedInts.EMPTY, run, true);
    }

    /** Leaves in {@code cohort} what does not move; puts what does into one with the history of {@code target}. */
    private static int[] split(List<Cohort> after, Cohort cohort, int[] moves, Cohort target) {
        int[] moving = SortedInts.common(cohort.definitions(), moves);
        add(after, cohort.with(SortedInts.minus(cohort.definitions(), moving)));
        add(after, target.with(moving));
        return moving;
    }

    private static void add(List<Cohort> cohorts, Cohort cohort) {
        if (cohort.definitions().length == 0) {
            return;
        }
        for (int i = 0; i < cohorts.size(); i++) {
            if (cohorts.get(i).sameHistory(cohort)) {
                cohorts.set(i, cohort.with(SortedInts.union(cohorts.get(i).definitions(), cohort.definitions())));
                return;
            }
        }
        cohorts.add(cohort);
    }
}
