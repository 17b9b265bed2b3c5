// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/** The kind of value a token holds; it decides which operators and values are allowed. */
public enum TokenType {
    TEXT("text"),
    NUMBER("number"),
    /** A moment in time; a day is a day in UTC. */
    DATE("date"),
    /** A severity from 1 (minimal) to 5 (urgent), by number or by name. */
    LEVEL("severity"),
    /** One of a few known words, in any case. */
    CHOICE("choice"),
    BOOLEAN("true or false"),
    /** A point in history: the end of a run, or a date. */
    MOMENT("run or date"),
    /** What lies after one point in history and not after another. */
    PERIOD("two runs or dates");

    private final String label;

    TokenType(String label) {
        this.label = label;
    }

    /** The name shown to people, in lower case. */
    public String label() {
        return label;
    }
}
