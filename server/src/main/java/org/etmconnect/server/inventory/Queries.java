// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.query.CountOutcome;
import org.etmconnect.query.Page;
import org.etmconnect.query.SearchOutcome;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.QueryProblem;
import org.etmconnect.query.syntax.RunOrDate;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.AsOfDto;
import org.etmconnect.server.rest.model.CountDto;
import org.etmconnect.server.rest.model.QueryPlaceDto;
import org.jspecify.annotations.Nullable;

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

    /** The same for the state at a point in history, if one is named. */
    static Condition read(String query, @Nullable String asOf, Subject subject) {
        Condition condition = read(query, subject);
        if (asOf == null) {
            return condition;
        }
        Token token = TokenCatalogue.standard().get("asOf");
        Condition when = new Condition.Compare(token, new Match.At(point(asOf, "asOf")));
        if (condition instanceof Condition.Everything) {
            return when;
        }
        if (names(condition, token)) {
            throw ApiProblem.badRequest(
                    "There are two times to ask for",
                    "The query has asOf, and so has the request. Leave one of them out.");
        }
        return Condition.all(List.of(when, condition));
    }

    private static boolean names(Condition condition, Token token) {
        return switch (condition) {
            case Condition.Compare(Token named, Match _) -> named.equals(token);
            case Condition.All(List<Condition> all) -> all.stream().anyMatch(each -> names(each, token));
            case Condition.Everything _, Condition.Any _, Condition.Not _, Condition.Same _, Condition.FreeText _ ->
                false;
        };
    }

    static RunOrDate point(String written, String parameter) {
        return QqlParser.point(written)
                .orElseThrow(() -> ApiProblem.badRequest(
                        parameter + " is neither a run nor a date",
                        "It was \"" + written + "\". Write the number of a run, or a date such as 2026-03-01,"
                                + " 2026-03-01T12:00:00Z or now-7d."));
    }

    static ApiProblem refused(String message) {
        return ApiProblem.badRequest("There is no state to show for that time", message);
    }

    /** What an answer about a past state says of itself. */
    static AsOfDto asOf(Instant at) {
        return new AsOfDto(
                at,
                "Which hosts and findings there were, and in what state, is of this time. Names, addresses and other"
                        + " attributes of hosts, and descriptions and severities of vulnerabilities, are today's.");
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
            case SearchOutcome.TimedOut<R>(Duration limit) -> throw timeout(limit);
            case SearchOutcome.BadCursor<R>(String message) ->
                throw ApiProblem.badRequest("The cursor cannot be used", message);
            case SearchOutcome.Refused<R>(String message) -> throw refused(message);
        };
    }

    static ApiProblem timeout(Duration limit) {
        return ApiProblem.timeout(
                "The query took longer than " + limit.toSeconds() + " s",
                "Narrow it, e.g. by name, severity or date, or sort by another field.");
    }

    static Optional<CountDto> count(CountOutcome outcome) {
        return switch (outcome) {
            case CountOutcome.Exactly(long count) -> Optional.of(new CountDto(count, true));
            case CountOutcome.MoreThan(long bound) -> Optional.of(new CountDto(bound, false));
            case CountOutcome.TimedOut ignored -> Optional.empty();
            case CountOutcome.Refused(String message) -> throw refused(message);
        };
    }
}
