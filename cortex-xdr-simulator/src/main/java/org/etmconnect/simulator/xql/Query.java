// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.util.List;
import java.util.Optional;

/**
 * A query as it was written.
 *
 * @param source the name of the dataset or preset, lower case
 * @param stages what is done to its rows, in order
 */
public record Query(String source, List<Stage> stages) {

    /** Keeps its own copy of the list. */
    public Query {
        stages = List.copyOf(stages);
    }

    /** One step between two bars. */
    public sealed interface Stage {}

    /** Keeps these columns; each may get a new name. */
    public record Fields(List<Named> columns) implements Stage {}

    /** A column and what it is called from here on. */
    public record Named(String column, String name) {}

    /** Keeps the rows for which the condition holds. */
    public record Filter(Condition condition) implements Stage {}

    /** Orders the rows by several columns, the first one first. */
    public record Sort(List<Key> keys) implements Stage {}

    /** One column to sort by. */
    public record Key(String column, boolean ascending) {}

    /** Keeps the first {@code rows} rows. */
    public record Limit(long rows) implements Stage {}

    /** Makes a row of each element of an array. */
    public record ArrayExpand(String column) implements Stage {}

    /** Counts rows, all of them or for each value of a column. */
    public record Count(String name, Optional<String> by) implements Stage {}

    /** What a row must satisfy. */
    public sealed interface Condition {}

    /** All must hold. */
    public record And(List<Condition> parts) implements Condition {}

    /** One must hold. */
    public record Or(List<Condition> parts) implements Condition {}

    /** Must not hold. */
    public record Not(Condition part) implements Condition {}

    /** The column compares to one of the values so; only {@link Operator#IN} has several. */
    public record Comparison(String column, Operator operator, List<Literal> values) implements Condition {}

    /** A value in a query: its text, and whether it was written as the word {@code null}. */
    public record Literal(String text, boolean isNull) {}

    /** How a column is compared. */
    public enum Operator {
        EQUAL,
        NOT_EQUAL,
        IN,
        NOT_IN,
        CONTAINS,
        NOT_CONTAINS,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }
}
