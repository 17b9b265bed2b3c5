// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a condition as a query. Reading what it writes gives an equal condition. Thread-safe. */
public final class QqlPrinter {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private QqlPrinter() {}

    /** The query's text. */
    public static String print(Condition condition) {
        return switch (condition) {
            case Condition.Everything _ -> "";
            case Condition.All(List<Condition> conditions) ->
                conditions.stream().map(QqlPrinter::operand).collect(Collectors.joining(" and "));
            case Condition.Any(List<Condition> conditions) ->
                conditions.stream().map(QqlPrinter::operand).collect(Collectors.joining(" or "));
            case Condition.Not(Condition inner) -> "not " + operand(inner);
            case Condition.Same(Scope scope, Condition inner) -> scope.group() + ":(" + print(inner) + ")";
            case Condition.FreeText(Subject _, Match match) -> value(match);
            case Condition.Compare(Token token, Match match) -> comparison(token, match);
        };
    }

    private static String operand(Condition condition) {
        return switch (condition) {
            case Condition.All _, Condition.Any _ -> "(" + print(condition) + ")";
            case Condition.Everything _, Condition.Not _, Condition.Same _, Condition.Compare _, Condition.FreeText _ ->
                print(condition);
        };
    }

    private static String comparison(Token token, Match match) {
        return switch (match) {
            case Match.NumberIs(Comparison comparison, BigDecimal _) -> signed(token, comparison, match);
            case Match.DateIs(Comparison comparison, DateValue _) -> signed(token, comparison, match);
            case Match.HasValue _,
                    Match.Words _,
                    Match.Phrase _,
                    Match.Exact _,
                    Match.Choice _,
                    Match.Truth _,
                    Match.NumberIn _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _,
                    Match.OneOf _ -> token.name() + ":" + value(match);
        };
    }

    private static String signed(Token token, Comparison comparison, Match match) {
        return comparison == Comparison.EQUAL
                ? token.name() + ":" + value(match)
                : token.name() + " " + comparison.sign() + " " + value(match);
    }

    private static String value(Match match) {
        return switch (match) {
            case Match.HasValue _ -> "*";
            case Match.Words(List<String> words) -> String.join(" ", words);
            case Match.Phrase(String text) -> "\"" + text.replace("\"", "\"\"") + "\"";
            case Match.Exact(String text) -> "`" + text.replace("`", "``") + "`";
            case Match.Choice(String value) -> value;
            case Match.Truth(boolean value) -> String.valueOf(value);
            case Match.NumberIs(Comparison _, BigDecimal number) -> number.toPlainString();
            case Match.NumberIn(BigDecimal low, BigDecimal high, boolean inclusive) ->
                range(low.toPlainString(), high.toPlainString(), inclusive);
            case Match.DateIs(Comparison _, DateValue date) -> date(date);
            case Match.DateIn(DateValue low, DateValue high, boolean inclusive) ->
                range(date(low), date(high), inclusive);
            case Match.At(RunOrDate point) -> point(point);
            case Match.Between(RunOrDate after, RunOrDate until) -> range(point(after), point(until), true);
            case Match.OneOf(List<Match> matches) ->
                matches.stream().map(QqlPrinter::value).collect(Collectors.joining(", ", "[", "]"));
        };
    }

    private static String range(String low, String high, boolean inclusive) {
        return inclusive ? "[" + low + " .. " + high + "]" : "(" + low + " .. " + high + ")";
    }

    private static String point(RunOrDate point) {
        return switch (point) {
            case RunOrDate.Run(int number) -> Integer.toString(number);
            case RunOrDate.Date(DateValue date) -> date(date);
        };
    }

    private static String date(DateValue date) {
        return switch (date) {
            case DateValue.Day(LocalDate day) -> day.toString();
            case DateValue.Moment(var instant, boolean millis) ->
                "'" + (millis ? MILLIS : SECONDS).format(instant) + "'";
            case DateValue.Ago(int amount, DateValue.Unit unit) ->
                amount == 0 ? "now" : "now-" + amount + unit.letter();
        };
    }
}
