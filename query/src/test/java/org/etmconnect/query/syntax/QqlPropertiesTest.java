// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QqlPropertiesTest {

    @Property(tries = 600)
    void whatIsPrintedReadsAsTheSameCondition(@ForAll("assetConditions") Condition condition) {
        assertThat(QqlParser.parse(QqlPrinter.print(condition), Subject.ASSET))
                .as(QqlPrinter.print(condition))
                .isEqualTo(new ParseOutcome.Parsed(condition));
    }

    @Property(tries = 300)
    void findingQueriesPrintAndReadToo(@ForAll("findingConditions") Condition condition) {
        assertThat(QqlParser.parse(QqlPrinter.print(condition), Subject.FINDING))
                .as(QqlPrinter.print(condition))
                .isEqualTo(new ParseOutcome.Parsed(condition));
    }

    @Property(tries = 200)
    void aQueryOfAPastStateReadsAsItIsPrinted(
            @ForAll("points") RunOrDate point, @ForAll("findingConditions") Condition condition) {
        Condition asOf = new Condition.Compare(TokenCatalogue.standard().get("asOf"), new Match.At(point));
        Condition query =
                condition instanceof Condition.Everything ? asOf : Condition.all(java.util.List.of(asOf, condition));

        assertThat(QqlParser.parse(QqlPrinter.print(query), Subject.FINDING))
                .as(QqlPrinter.print(query))
                .isEqualTo(new ParseOutcome.Parsed(query));
    }

    @Provide
    Arbitrary<RunOrDate> points() {
        return Conditions.points();
    }

    @Property(tries = 600)
    void noTextBreaksTheReader(@ForAll String text) {
        check(text);
    }

    @Property(tries = 1500)
    void noMixOfPiecesBreaksTheReader(@ForAll("pieces") String text) {
        check(text);
    }

    @Property(tries = 600)
    void noDamageToAQueryBreaksTheReader(@ForAll("damaged") String text) {
        check(text);
    }

    private static void check(String text) {
        for (Subject subject : Subject.values()) {
            switch (QqlParser.parse(text, subject)) {
                case ParseOutcome.Parsed(Condition condition) ->
                    assertThat(QqlParser.parse(QqlPrinter.print(condition), subject))
                            .as(text)
                            .isEqualTo(new ParseOutcome.Parsed(condition));
                case ParseOutcome.Invalid(QueryProblem problem) -> {
                    assertThat(problem.offset()).isBetween(0, text.length());
                    assertThat(problem.offset() + problem.length()).isBetween(problem.offset(), text.length());
                    assertThat(problem.describe()).isNotBlank();
                }
            }
        }
        for (int caret = 0; caret <= Math.min(text.length(), 60); caret += 7) {
            int place = caret;
            assertThatCode(() -> Completion.complete(text, place, Subject.ASSET))
                    .doesNotThrowAnyException();
        }
    }

    @Provide
    Arbitrary<Condition> assetConditions() {
        return Conditions.of(Subject.ASSET);
    }

    @Provide
    Arbitrary<Condition> findingConditions() {
        return Conditions.of(Subject.FINDING);
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                        "asset.name",
                        "finding.severity",
                        "finding",
                        "asset.inventory",
                        "source",
                        "severity",
                        "finding.firstFoundDate",
                        ":",
                        ">",
                        ">=",
                        "=",
                        "!",
                        "(",
                        ")",
                        "[",
                        "]",
                        ",",
                        "..",
                        ".",
                        "*",
                        "`",
                        "\"",
                        "'",
                        " ",
                        "\n",
                        " and ",
                        " or ",
                        " not ",
                        "NOT",
                        "5",
                        "2024-07-08",
                        "now-7d",
                        "now-999999w",
                        "9999-12-31T23:59:59-18:00",
                        "web",
                        "CVE-2026-1",
                        "\0",
                        "\uD83D",
                        "𝒳")
                .list()
                .ofMaxSize(14)
                .map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<String> damaged() {
        return Combinators.combine(
                        Conditions.of(Subject.ASSET).map(QqlPrinter::print),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of("", "(", ")", "\"", "`", "'", "..", ":", "*", "[", "]", ",", " "))
                .as((text, place, cut, piece) -> {
                    int from = Math.min(place, text.length());
                    int to = Math.min(from + cut, text.length());
                    return text.substring(0, from) + piece + text.substring(to);
                });
    }
}
