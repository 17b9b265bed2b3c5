// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.Optional;

/**
 * Something about a transform map that its author should know.
 *
 * @param level whether the map can be used in spite of it
 * @param row number of the row, from 1; 0 if it concerns the map as a whole
 * @param field the part of the row or map, e.g. {@code source} or {@code expression}
 * @param message what is wrong and what to do, one or two sentences
 * @param suggestion the nearest name that would be right, if there is one
 * @param place where in the text it is: of the expression if {@code field} is {@code expression}, else of the YAML text;
 *     empty if not known
 */
public record MapProblem(
        Level level, int row, String field, String message, Optional<String> suggestion, Optional<Place> place) {

    /** Whether a problem keeps a map from being used. */
    public enum Level {
        /** The map cannot be used. */
        ERROR,
        /** The map works, perhaps not as meant or at a price. */
        WARNING
    }

    /**
     * A place in a text.
     *
     * @param line from 1
     * @param column from 1
     */
    public record Place(int line, int column) {}

    static MapProblem error(int row, String field, String message) {
        return new MapProblem(Level.ERROR, row, field, message, Optional.empty(), Optional.empty());
    }

    static MapProblem warning(int row, String field, String message) {
        return new MapProblem(Level.WARNING, row, field, message, Optional.empty(), Optional.empty());
    }

    MapProblem suggesting(Optional<String> name) {
        return new MapProblem(level, row, field, message, name, place);
    }

    MapProblem at(int line, int column) {
        return new MapProblem(level, row, field, message, suggestion, Optional.of(new Place(line, column)));
    }

    /** The problem in one line for a person, e.g. {@code row 3, target: … Did you mean hostName?}. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (row > 0) {
            text.append("row ").append(row).append(", ");
        }
        text.append(field);
        place.ifPresent(where -> text.append(" (line ")
                .append(where.line())
                .append(", column ")
                .append(where.column())
                .append(')'));
        text.append(": ").append(message);
        suggestion.ifPresent(name -> text.append(" Did you mean ").append(name).append('?'));
        return text.toString();
    }
}
