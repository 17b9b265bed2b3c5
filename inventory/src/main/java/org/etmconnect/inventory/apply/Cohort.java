// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Findings of one source record that share their history.
 *
 * @param firstRun the run that first found them
 * @param openedRun the run that opened them last; later than {@code firstRun} if they were reopened
 * @param fixedRun the run that no longer found them; null while open
 * @param reopenedRun the run that opened them again, which makes this history; else null
 * @param definitions ids, ascending, not empty. Not copied; nobody changes it.
 */
@SuppressWarnings("ArrayRecordComponent") // a set of ints at scale: an int[] is the point
record Cohort(
        int firstRun,
        int openedRun,
        @Nullable Integer fixedRun,
        @Nullable Integer reopenedRun,
        int[] definitions) {

    boolean open() {
        return fixedRun == null;
    }

    /** Fixed, and not opened again since. */
    boolean fixed() {
        return fixedRun != null && reopenedRun == null;
    }

    Cohort with(int[] others) {
        return new Cohort(firstRun, openedRun, fixedRun, reopenedRun, others);
    }

    boolean sameHistory(Cohort other) {
        return firstRun == other.firstRun
                && openedRun == other.openedRun
                && Objects.equals(fixedRun, other.fixedRun)
                && Objects.equals(reopenedRun, other.reopenedRun);
    }
}
