// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/** A point in the inventory's history, as a person names it. */
public sealed interface RunOrDate {

    /** When this run had finished. */
    record Run(int number) implements RunOrDate {
        public Run {
            if (number < 1) {
                throw new IllegalArgumentException("Runs are numbered from 1, not " + number);
            }
        }
    }

    /** The last instant of a date: of a day, its end in UTC. */
    record Date(DateValue date) implements RunOrDate {}
}
