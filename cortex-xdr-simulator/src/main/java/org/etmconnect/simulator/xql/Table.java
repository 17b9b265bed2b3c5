// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.util.List;
import java.util.function.Predicate;

/**
 * A dataset.
 *
 * @param columns the names of the columns, in the order in which rows without a fields stage show them
 * @param orderedBy the column by which the rows come in ascending order
 * @param scan calls its argument with each row in that order, until it answers false
 */
public record Table(List<String> columns, String orderedBy, Scan scan) {

    /** Reads all rows. */
    @FunctionalInterface
    public interface Scan {
        /** Calls {@code sink} with each row until it answers false. */
        void into(Predicate<Row> sink);
    }
}
