// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.query.CountOutcome;
import org.etmconnect.query.Page;
import org.etmconnect.query.SearchOutcome;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.QueryProblem;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.CountDto;
import org.etmconnect.server.rest.model.QueryPlaceDto;

/** What both lists share: reading queries, orders and outcomes, or saying why not. */
final class Queries {

    private Queries() {}

    static Condition read(String query, Subject subject) {
        return switch (QqlParser.parse(query, subject)) {
            case ParseOutcome.Parsed(Condition condition) -> condition;
            case ParseOutcome.Invalid(QueryProblem problem) -> {
                throw ApiProblem.query(problem.message(), place(problem));
            }
        };
    }

    static QueryPlaceDto place(QueryProblem problem) {
        QueryPlaceDto place = new QueryPlaceDto(problem.offset(), problem.line(), problem.column())
                .length(problem.length())
                .expected(problem.expected());
        problem.suggestion().ifPresent(place::setSuggestion);
        return place;
    }

    /** The constant of {@code orders} written like {@code sourceRiskScore}. */
    static <E extends Enum<E>> E order(String written, Class<E> orders) {
        return Arrays.stream(orders.getEnumConstants())
                .filter(order -> camel(order).equals(written))
                .findFirst()
                .orElseThrow(() -> ApiProblem.badRequest(
                        "There is no order \"" + written + "\"",
                        "Sort by one of: "
                                + Arrays.stream(orders.getEnumConstants())
                                        .map(Queries::camel)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    private static String camel(Enum<?> constant) {
        StringBuilder text = new StringBuilder();
        boolean upper = false;
        for (char letter : constant.name().toCharArray()) {
            if (letter == '_') {
                upper = true;
            } else {
                text.append(upper ? letter : Character.toLowerCase(letter));
                upper = false;
            }
        }
        return text.toString();
    }

    static <R> Page<R> page(SearchOutcome<R> outcome) {
        return switch (outcome) {
            case SearchOutcome.Found<R>(Page<R> page) -> page;
            case SearchOutcome.TimedOut<R>(Duration limit) ->
                throw ApiProblem.timeout(
                        "The query took longer than " + limit.toSeconds() + " s",
                        "Narrow it, e.g. by name, severity or date, or sort by another field.");
            case SearchOutcome.BadCursor<R>(String message) ->
                throw ApiProblem.badRequest("The cursor cannot be used", message);
        };
    }

    static Optional<CountDto> count(CountOutcome outcome) {
        return switch (outcome) {
            case CountOutcome.Exactly(long count) -> Optional.of(new CountDto(count, true));
            case CountOutcome.MoreThan(long bound) -> Optional.of(new CountDto(bound, false));
            case CountOutcome.TimedOut ignored -> Optional.empty();
        };
    }
}
