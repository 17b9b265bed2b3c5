// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random conditions in the form that the parser makes. */
final class Conditions {

    private Conditions() {}

    static Arbitrary<Condition> of(Subject subject) {
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(9, tree(subject, subject == Subject.FINDING ? null : Scope.FINDING, 3)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(new Condition.Everything())));
    }

    private static Arbitrary<Condition> tree(
            Subject subject, @org.jspecify.annotations.Nullable Scope findings, int depth) {
        Arbitrary<Condition> leaf = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, leaf(TokenCatalogue.standard().tokens())),
                net.jqwik.api.Tuple.of(1, freeText().map(match -> (Condition) new Condition.FreeText(subject, match))));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Condition> inner = Arbitraries.lazy(() -> tree(subject, findings, depth - 1));
        Arbitrary<Condition> same = Arbitraries.of(Scope.CUSTOM_ATTRIBUTE, Scope.SOURCE)
                .flatMap(scope -> leaf(TokenCatalogue.standard().tokens())
                        .list()
                        .ofMinSize(2)
                        .ofMaxSize(3)
                        .map(conditions -> Condition.same(scope, Condition.all(conditions))));
        Arbitrary<Condition> sameFinding = findings == null
                ? leaf
                : Arbitraries.lazy(() -> tree(Subject.FINDING, null, depth - 1))
                        .map(condition -> Condition.same(Scope.FINDING, condition));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, leaf),
                net.jqwik.api.Tuple.of(2, inner.list().ofMinSize(2).ofMaxSize(3).map(Condition::all)),
                net.jqwik.api.Tuple.of(2, inner.list().ofMinSize(2).ofMaxSize(3).map(Condition::any)),
                net.jqwik.api.Tuple.of(1, inner.map(Condition::not)),
                net.jqwik.api.Tuple.of(1, same),
                net.jqwik.api.Tuple.of(1, sameFinding));
    }

    private static Arbitrary<Condition> leaf(List<Token> tokens) {
        // asOf stands only at the top of a query, and has tests of its own
        return Arbitraries.of(tokens)
                .filter(token -> token.type() != TokenType.MOMENT)
                .flatMap(token -> match(token).map(match -> (Condition) new Condition.Compare(token, match)));
    }

    private static Arbitrary<Match> match(Token token) {
        Arbitrary<Match> single = single(token);
        if (token.type() == TokenType.PERIOD) {
            return single;
        }
        Arbitrary<Match> several =
                listed(token).list().ofMinSize(1).ofMaxSize(3).map(Match.OneOf::new);
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(5, single),
                net.jqwik.api.Tuple.of(1, several),
                net.jqwik.api.Tuple.of(1, Arbitraries.just(new Match.HasValue())));
    }

    private static Arbitrary<Match> listed(Token token) {
        return single(token).map(match -> switch (match) {
            case Match.NumberIs is -> new Match.NumberIs(Comparison.EQUAL, is.number());
            case Match.DateIs is -> new Match.DateIs(Comparison.EQUAL, is.date());
            case Match.NumberIn in -> new Match.NumberIs(Comparison.EQUAL, in.low());
            case Match.DateIn in -> new Match.DateIs(Comparison.EQUAL, in.low());
            default -> match;
        });
    }

    private static Arbitrary<Match> single(Token token) {
        return switch (token.type()) {
            case TEXT -> freeText();
            case NUMBER ->
                numbers(Arbitraries.bigDecimals()
                        .between(BigDecimal.valueOf(-10_000), BigDecimal.valueOf(10_000))
                        .ofScale(3));
            case LEVEL -> numbers(Arbitraries.integers().between(1, 5).map(BigDecimal::valueOf));
            case DATE ->
                Arbitraries.oneOf(
                        Combinators.combine(Arbitraries.of(Comparison.class), dates())
                                .as(Match.DateIs::new),
                        Combinators.combine(dates(), dates(), Arbitraries.of(true, false))
                                .as(Match.DateIn::new));
            case CHOICE -> Arbitraries.of(token.values()).map(Match.Choice::new);
            case BOOLEAN -> Arbitraries.of(true, false).map(Match.Truth::new);
            case MOMENT -> points().map(Match.At::new);
            case PERIOD -> Combinators.combine(points(), points()).as(Match.Between::new);
        };
    }

    private static Arbitrary<Match> numbers(Arbitrary<BigDecimal> numbers) {
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of(Comparison.class), numbers).as(Match.NumberIs::new),
                Combinators.combine(numbers, numbers, Arbitraries.of(true, false))
                        .as(Match.NumberIn::new));
    }

    static Arbitrary<RunOrDate> points() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 999_999_999).map(RunOrDate.Run::new),
                dates().map(RunOrDate.Date::new));
    }

    private static Arbitrary<DateValue> dates() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 20_000).map(day -> new DateValue.Day(LocalDate.ofEpochDay(day))),
                Arbitraries.longs()
                        .between(0, 4_000_000_000_000L)
                        .map(millis -> new DateValue.Moment(Instant.ofEpochMilli(millis), true)),
                Arbitraries.longs()
                        .between(0, 4_000_000_000_000L)
                        .map(millis -> new DateValue.Moment(
                                Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS), false)),
                Combinators.combine(
                                Arbitraries.integers().between(1, DateValue.MAX_AGO),
                                Arbitraries.of(DateValue.Unit.class))
                        .as(DateValue.Ago::new));
    }

    private static Arbitrary<Match> freeText() {
        Arbitrary<String> word = Arbitraries.strings()
                .withCharRange('a', 'e')
                .withChars("ABC019.-_/\\%'é日")
                .ofMinLength(1)
                .ofMaxLength(6)
                .filter(BareWord::isFurther);
        Arbitrary<String> any = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars("é日`\"'\n")
                .ofMinLength(1)
                .ofMaxLength(8)
                .filter(text -> !text.isBlank());
        return Arbitraries.oneOf(
                word.list().ofMinSize(1).ofMaxSize(3).map(Match.Words::new),
                any.map(Match.Phrase::new),
                any.map(Match.Exact::new));
    }
}
