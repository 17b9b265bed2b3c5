// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

/** What came of reading a query. */
public sealed interface ParsedQuery {

    /** It can be read. */
    record Good(Query query) implements ParsedQuery {}

    /**
     * It cannot.
     *
     * @param line from 1
     * @param column from 1
     * @param message what is there and what was expected
     */
    record Bad(int line, int column, String message) implements ParsedQuery {}
}
