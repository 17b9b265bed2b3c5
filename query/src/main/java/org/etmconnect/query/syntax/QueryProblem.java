// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.List;
import java.util.Optional;

/**
 * Why a query could not be read, said to the person who wrote it.
 *
 * @param offset where the fault begins, in UTF-16 units from 0
 * @param length how many units it spans; 0 at the query's end
 * @param line the line of {@code offset}, from 1
 * @param column the column of {@code offset}, from 1
 * @param message what is wrong and what to do
 * @param expected what could stand there; may be empty
 * @param suggestion the known name or value nearest to what was written
 */
public record QueryProblem(
        int offset,
        int length,
        int line,
        int column,
        String message,
        List<String> expected,
        Optional<String> suggestion) {

    public QueryProblem {
        expected = List.copyOf(expected);
    }

    /** The whole problem in one line. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("Line ")
                .append(line)
                .append(", column ")
                .append(column)
                .append(": ")
                .append(message);
        suggestion.ifPresent(name -> text.append(" Did you mean ").append(name).append('?'));
        if (!expected.isEmpty()) {
            text.append(" Expected: ").append(String.join(", ", expected)).append('.');
        }
        return text.toString();
    }
}
