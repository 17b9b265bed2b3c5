// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.etmconnect.query.syntax.Condition.Compare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QqlParserTest {

    private static final TokenCatalogue TOKENS = TokenCatalogue.standard();

    @Test
    void nestedAndDottedFormsAreTheSameQuery() {
        Condition nested = asset("asset.inventory:(source:`Cortex XDR`)");

        assertThat(nested).isEqualTo(asset("asset.inventory.source:`Cortex XDR`"));
        assertThat(nested).isEqualTo(compare("asset.inventory.source", new Match.Exact("Cortex XDR")));
        assertThat(asset("asset:(inventory:(source:`Cortex XDR`))")).isEqualTo(nested);
    }

    @Test
    void theSpecificationsFindingQueryIsRead() {
        assertThat(finding("finding.vendorProductName:`Cortex XDR`"))
                .isEqualTo(compare("finding.vendorProductName", new Match.Exact("Cortex XDR")));
    }

    @Test
    void andBindsCloserThanOr() {
        assertThat(asset("asset.name:a or asset.name:b AND NOT asset.name:c"))
                .isEqualTo(Condition.any(
                        List.of(word("a"), Condition.all(List.of(word("b"), Condition.not(word("c")))))));
    }

    @Test
    void severalBareWordsBelongToOneToken() {
        assertThat(asset("operatingSystem.name:windows server 2019 and asset.name:x"))
                .isEqualTo(Condition.all(List.of(
                        compare("operatingSystem.name", new Match.Words(List.of("windows", "server", "2019"))),
                        word("x"))));
    }

    @Test
    void quotesSayHowTextIsCompared() {
        assertThat(asset("asset.name:\"web 01\"")).isEqualTo(compare("asset.name", new Match.Phrase("web 01")));
        assertThat(asset("asset.name:'web 01'")).isEqualTo(compare("asset.name", new Match.Exact("web 01")));
        assertThat(asset("asset.name:`a``b`")).isEqualTo(compare("asset.name", new Match.Exact("a`b")));
        assertThat(asset("asset.name:O'Brien")).isEqualTo(word("O'Brien"));
    }

    @Test
    void aMacAddressNeedsNoQuotes() {
        assertThat(asset("asset.interface:(macAddress: 00:50:b6:01:02:03 and address:10.0.0.1)"))
                .isEqualTo(Condition.all(List.of(
                        compare("asset.interface.macAddress", new Match.Words(List.of("00:50:b6:01:02:03"))),
                        compare("asset.interface.address", new Match.Words(List.of("10.0.0.1"))))));
    }

    @Test
    void aParenthesisWithTwoDotsIsAnExclusiveRange() {
        assertThat(finding("finding.sourceRiskScore:(7 .. 9.80)"))
                .isEqualTo(compare(
                        "finding.sourceRiskScore",
                        new Match.NumberIn(BigDecimal.valueOf(7), new BigDecimal("9.8"), false)));
        assertThat(finding("finding.sourceRiskScore:[7..9]"))
                .isEqualTo(compare(
                        "finding.sourceRiskScore",
                        new Match.NumberIn(BigDecimal.valueOf(7), BigDecimal.valueOf(9), true)));
    }

    @Test
    void aGroupThatHoldsARangeDeeperDownIsStillAGroup() {
        assertThat(asset("finding:(severity:[4 .. 5] and title:\"a .. b\")"))
                .isEqualTo(Condition.same(
                        Scope.FINDING,
                        Condition.all(List.of(
                                compare(
                                        "finding.severity",
                                        new Match.NumberIn(BigDecimal.valueOf(4), BigDecimal.valueOf(5), true)),
                                compare("finding.title", new Match.Phrase("a .. b"))))));
    }

    @Test
    void aFindingGroupSaysNothingNewAboutASingleFinding() {
        assertThat(finding("finding:(severity:5 and status:NEW)"))
                .isEqualTo(finding("finding.severity:5 and finding.status:NEW"));
    }

    @Test
    void severitiesAreReadByNumberAndByName() {
        assertThat(finding("finding.severity:[Critical, 4]")).isEqualTo(finding("severity:[5, high]"));
    }

    @Test
    void datesAreReadInEveryForm() {
        assertThat(finding("finding.firstFoundDate:2024-07-08"))
                .isEqualTo(date(new DateValue.Day(LocalDate.of(2024, 7, 8))));
        assertThat(finding("finding.firstFoundDate:'2024-07-08'"))
                .isEqualTo(date(new DateValue.Day(LocalDate.of(2024, 7, 8))));
        assertThat(finding("finding.firstFoundDate:\"2024-07-08T12:01:12.012+0000\""))
                .isEqualTo(date(new DateValue.Moment(Instant.parse("2024-07-08T12:01:12.012Z"), true)));
        assertThat(finding("finding.firstFoundDate:2024-07-08T12:01:12+02:00"))
                .isEqualTo(date(new DateValue.Moment(Instant.parse("2024-07-08T10:01:12Z"), false)));
        assertThat(finding("finding.firstFoundDate:now-7d")).isEqualTo(date(new DateValue.Ago(7, DateValue.Unit.DAYS)));
        assertThat(finding("finding.firstFoundDate > now-12h"))
                .isEqualTo(compare(
                        "finding.firstFoundDate",
                        new Match.DateIs(Comparison.GREATER, new DateValue.Ago(12, DateValue.Unit.HOURS))));
    }

    @Test
    void aDateRangeOfQuotedInstantsIsRead() {
        assertThat(
                        finding(
                                "finding.firstFoundDate:[\"2024-07-08T12:01:12.012+0000\" .. \"2024-08-09T00:00:00.000+0000\"]"))
                .isEqualTo(compare(
                        "finding.firstFoundDate",
                        new Match.DateIn(
                                new DateValue.Moment(Instant.parse("2024-07-08T12:01:12.012Z"), true),
                                new DateValue.Moment(Instant.parse("2024-08-09T00:00:00Z"), true),
                                true)));
    }

    @Test
    void wordsWithoutATokenSearchTheNames() {
        assertThat(finding("openssl heap"))
                .isEqualTo(new Condition.FreeText(Subject.FINDING, new Match.Words(List.of("openssl", "heap"))));
        assertThat(asset("\"web 01\" or finding:(openssl)"))
                .isEqualTo(Condition.any(List.of(
                        new Condition.FreeText(Subject.ASSET, new Match.Phrase("web 01")),
                        new Condition.Same(
                                Scope.FINDING,
                                new Condition.FreeText(Subject.FINDING, new Match.Words(List.of("openssl")))))));
    }

    @Test
    void anAsteriskAsksForAnyValue() {
        assertThat(asset("not asset.domain:*")).isEqualTo(Condition.not(compare("asset.domain", new Match.HasValue())));
    }

    @Test
    void anEmptyQueryAsksForEverything() {
        assertThat(asset(" \n ")).isEqualTo(new Condition.Everything());
    }

    @Test
    void namesAreFoundInAnyCaseAndByAlias() {
        assertThat(asset("ASSET.NAME:a")).isEqualTo(word("a"));
        assertThat(asset("hostname:a")).isEqualTo(word("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            finding.severty:5                | 0  | finding.severity
            finding:(sevrity:5)              | 9  | finding.severity
            asset.nam:x                      | 0  | asset.name
            finding.severity:Criticl         | 17 | Critical
            finding.status:[NEW, REOPNED]    | 21 | REOPENED
            """)
    void anErrorPointsAtThePlaceAndOffersTheNearestName(String query, int offset, String suggestion) {
        QueryProblem problem = problem(query);

        assertThat(problem.offset()).isEqualTo(offset);
        assertThat(problem.suggestion()).contains(suggestion);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            asset.name:                        | 11 | A value for asset.name is missing.
            asset.name:a asset.name:b          | 13 | 'and' or 'or' should stand between two conditions, before 'asset.name:b'.
            (asset.name:a                      | 13 | The '(' of column 1 is not closed.
            asset.name:a)                      | 12 | This ')' closes nothing. Remove it, or open '(' before.
            asset.name:"web                    | 11 | The double quote that opens here is not closed. Inside, write it twice.
            asset.name:""                      | 11 | There is nothing between the quotes. For no value at all write: not token:*.
            asset.name > 5                     | 11 | asset.name holds text, which has no order. Use ':'.
            asset.name:web*                    | 11 | '*' stands only alone after ':', for any value. A word without quotes is found anywhere in the text; to search for the sign itself, put it in quotes.
            asset.name!=a                      | 10 | There is no '!='. Write: not asset.name:value.
            asset.name:(a or b)                | 11 | asset.name is a token, not a group of tokens. For one of several values write asset.name:[A, B].
            asset.inventory:x                  | 0  | asset.inventory is a group of tokens, not a token. Write asset.inventory:( token:value ).
            and asset.name:x                   | 0  | A condition should stand before 'and'. To search for the word itself, put it in double quotes.
            finding.sourceRiskScore:high       | 24 | finding.sourceRiskScore holds a number, and 'high' is none.
            finding.severity:9                 | 17 | finding.severity goes from 1 to 5, and '9' is no such severity.
            finding.firstFoundDate:2024-02-31  | 23 | finding.firstFoundDate holds a date, and '2024-02-31' is none. Write 2026-03-01, '2026-03-01T12:00:00Z' or now-7d.
            finding.severity:[1 .. ]           | 23 | The upper end of the range is missing.
            finding.severity:[]                | 17 | The list is empty.
            asset.name:[a .. b]                | 11 | asset.name holds text, which has no order, so it has no range.
            asset.inventory:(cortex)           | 17 | Inside asset.inventory:( … ) each condition needs a token.
            asset.name:a and                   | 16 | The query ends where a condition should stand.
            """)
    void anErrorSaysWhatIsWrongAndWhatToDo(String query, int offset, String message) {
        QueryProblem problem = problem(query);

        assertThat(problem.message()).isEqualTo(message);
        assertThat(problem.offset()).isEqualTo(offset);
        assertThat(problem.column()).isEqualTo(offset + 1);
    }

    @Test
    void theLineOfAnErrorIsTold() {
        QueryProblem problem = problem("asset.name:a\n  and asset.nme:b");

        assertThat(problem.line()).isEqualTo(2);
        assertThat(problem.column()).isEqualTo(7);
        assertThat(problem.describe())
                .isEqualTo("Line 2, column 7: There is no token named 'asset.nme'. Did you mean asset.name?");
    }

    @Test
    void aThousandOperatorsAndAHundredLevelsAreReadAndOneMoreIsAnError() {
        assertThat(QqlParser.parse("asset.name:a" + " and asset.name:a".repeat(900), Subject.ASSET))
                .isInstanceOf(ParseOutcome.Parsed.class);
        assertThat(QqlParser.parse("a" + " or a".repeat(1000), Subject.ASSET)).isInstanceOf(ParseOutcome.Parsed.class);
        assertThat(problem("a" + " or a".repeat(1001)).message()).contains("more than 1000");
        assertThat(QqlParser.parse("(".repeat(100) + "a" + ")".repeat(100), Subject.ASSET))
                .isEqualTo(new ParseOutcome.Parsed(asset("a")));
        assertThat(QqlParser.parse("(a and (a or ".repeat(50) + "a" + "))".repeat(50), Subject.ASSET))
                .isInstanceOf(ParseOutcome.Parsed.class);
        assertThat(problem("(".repeat(101) + "a" + ")".repeat(101)).message()).contains("nested more than 100 ");
        assertThat(QqlParser.parse("not ".repeat(4000) + "a", Subject.ASSET))
                .isEqualTo(new ParseOutcome.Parsed(asset("a")));
        assertThat(problem("asset:(".repeat(2000)).message()).contains("nested more than 100 ");
    }

    @Test
    void aTooLongQueryIsRefused() {
        assertThat(problem("a".repeat(QqlParser.MAX_LENGTH + 1)).message()).contains("at most 16384");
    }

    @ParameterizedTest
    @ValueSource(strings = {"asset.name:a\0b", "asset.name:\uD800", "\uDC00"})
    void charactersThatNoTextHoldsAreRefused(String query) {
        assertThat(problem(query).message()).endsWith("here. Remove it.");
    }

    private static Condition asset(String text) {
        return parsed(text, Subject.ASSET);
    }

    private static Condition finding(String text) {
        return parsed(text, Subject.FINDING);
    }

    private static Condition parsed(String text, Subject subject) {
        return switch (QqlParser.parse(text, subject)) {
            case ParseOutcome.Parsed(Condition condition) -> condition;
            case ParseOutcome.Invalid(QueryProblem problem) -> throw new AssertionError(problem.describe());
        };
    }

    private static QueryProblem problem(String text) {
        return switch (QqlParser.parse(text, Subject.ASSET)) {
            case ParseOutcome.Parsed(Condition condition) -> throw new AssertionError("read as " + condition);
            case ParseOutcome.Invalid(QueryProblem problem) -> problem;
        };
    }

    private static Condition word(String word) {
        return compare("asset.name", new Match.Words(List.of(word)));
    }

    private static Condition date(DateValue date) {
        return compare("finding.firstFoundDate", new Match.DateIs(Comparison.EQUAL, date));
    }

    private static Condition compare(String token, Match match) {
        return new Compare(TOKENS.get(token), match);
    }

    @Test
    void asOfTakesARunOrADateAtTheTopOfAQuery() {
        for (String text : java.util.List.of(
                "asOf:42",
                "asOf:\"2026-11-01\" and finding.severity:5",
                "finding.severity:5 and asOf:'2026-11-01T12:00:00Z'",
                "(web or finding.severity:5) and asOf:now-7d")) {
            assertThat(QqlParser.parse(text, Subject.FINDING)).as(text).isInstanceOf(ParseOutcome.Parsed.class);
        }
    }

    @Test
    void asOfElsewhereIsRefusedWhereItStands() {
        for (String text : java.util.List.of(
                "web or asOf:42",
                "asOf:42 and web or prod",
                "not asOf:42",
                "(asOf:42)",
                "finding:(asOf:42)",
                "asOf:41 and asOf:42")) {
            if (!(QqlParser.parse(text, Subject.ASSET) instanceof ParseOutcome.Invalid(QueryProblem problem))) {
                throw new AssertionError(text);
            }
            assertThat(problem.message()).as(text).contains("says when the whole query asks");
            assertThat(text.substring(problem.offset())).as(text).startsWith("asOf:");
        }
    }

    @Test
    void aPointInHistoryThatIsNoneIsRefused() {
        for (String text : java.util.List.of(
                "asOf:yesterday", "asOf:0", "asOf:*", "asOf:[1, 2]", "asOf > 4", "asOf:2026-13-01", "asOf:")) {
            assertThat(QqlParser.parse(text, Subject.ASSET)).as(text).isInstanceOf(ParseOutcome.Invalid.class);
        }
    }

    @Test
    void aPeriodIsARangeOfTwoPoints() {
        assertThat(QqlParser.parse("changedBetween:[41 .. 2026-11-01]", Subject.FINDING))
                .isEqualTo(new ParseOutcome.Parsed(new Condition.Compare(
                        TokenCatalogue.standard().get("finding.changedBetween"),
                        new Match.Between(
                                new RunOrDate.Run(41),
                                new RunOrDate.Date(new DateValue.Day(java.time.LocalDate.of(2026, 11, 1)))))));
        for (String text : java.util.List.of(
                "changedBetween:41", "changedBetween:(41 .. 42)", "changedBetween:*", "changedBetween:[41]")) {
            if (!(QqlParser.parse(text, Subject.FINDING) instanceof ParseOutcome.Invalid(QueryProblem problem))) {
                throw new AssertionError(text);
            }
            assertThat(problem.message()).as(text).contains("needs two runs or dates");
        }
    }
}
