// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

/**
 * How much a run of a connection may close at once without a person's word.
 *
 * @param percent of the findings open, or hosts known, before the run; 0 to 100, where 100 holds nothing
 * @param atLeast fewer than so many are never held; at least 1
 */
public record ClosingGuard(int percent, int atLeast) {

    /** What a connection has unless someone changed it. */
    public static final ClosingGuard DEFAULT = new ClosingGuard(20, 100);

    public ClosingGuard {
        if (percent < 0 || percent > 100 || atLeast < 1) {
            throw new IllegalArgumentException(
                    "percent is from 0 to 100 and atLeast from 1, were " + percent + " and " + atLeast);
        }
    }

    /** Whether closing {@code some} of {@code all} needs a person's word. */
    boolean holds(long some, long all) {
        return some >= atLeast && some * 100 > all * percent;
    }
}
