// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.etmconnect.query.syntax.Comparison;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.DateValue;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.RunOrDate;
import org.etmconnect.query.syntax.Scope;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.etmconnect.query.syntax.TokenType;

/** Random conditions whose values are those of a {@link SmallInventory}, so that they often hold. */
final class RandomQueries {

    private final Random random;

    RandomQueries(long seed) {
        this.random = new Random(seed);
    }

    Condition next(Subject subject) {
        return random.nextInt(12) == 0 ? new Condition.Everything() : tree(subject, 3, subject == Subject.ASSET);
    }

    private Condition tree(Subject subject, int depth, boolean findingGroups) {
        if (depth == 0) {
            return leaf(subject);
        }
        return switch (random.nextInt(9)) {
            case 0, 1 -> Condition.all(several(() -> tree(subject, depth - 1, findingGroups)));
            case 2 -> Condition.any(several(() -> tree(subject, depth - 1, findingGroups)));
            case 3 -> Condition.not(tree(subject, depth - 1, findingGroups));
            case 4 ->
                Condition.same(
                        random.nextBoolean() ? Scope.SOURCE : Scope.CUSTOM_ATTRIBUTE,
                        Condition.all(several(this::compare)));
            case 5 ->
                findingGroups ? Condition.same(Scope.FINDING, tree(Subject.FINDING, depth - 1, false)) : leaf(subject);
            default -> leaf(subject);
        };
    }

    private List<Condition> several(Supplier<Condition> each) {
        List<Condition> all = new ArrayList<>(List.of(each.get(), each.get()));
        if (random.nextInt(3) == 0) {
            all.add(each.get());
        }
        return all;
    }

    private Condition compare() {
        List<Token> tokens = TokenCatalogue.standard().tokens().stream()
                .filter(token -> token.type() != TokenType.MOMENT)
                .toList();
        Token token = tokens.get(random.nextInt(tokens.size()));
        return new Condition.Compare(token, match(token));
    }

    private Condition leaf(Subject subject) {
        if (random.nextInt(15) == 0) {
            return new Condition.FreeText(subject, new Match.Words(List.of(pick("web", "openssl", "heap", "windows"))));
        }
        return compare();
    }

    private Match match(Token token) {
        if (token.type() == TokenType.PERIOD) {
            return single(token);
        }
        return switch (random.nextInt(8)) {
            case 0 -> new Match.HasValue();
            case 1 -> new Match.OneOf(List.of(plain(token), plain(token)));
            default -> single(token);
        };
    }

    private Match single(Token token) {
        return switch (token.type()) {
            case TEXT, CHOICE, BOOLEAN, MOMENT, PERIOD -> plain(token);
            case NUMBER, LEVEL ->
                random.nextInt(3) == 0
                        ? new Match.NumberIn(number(token), number(token), random.nextBoolean())
                        : new Match.NumberIs(comparison(), number(token));
            case DATE ->
                random.nextInt(3) == 0
                        ? new Match.DateIn(date(), date(), random.nextBoolean())
                        : new Match.DateIs(comparison(), date());
        };
    }

    private Match plain(Token token) {
        return switch (token.type()) {
            case TEXT -> text(token);
            case NUMBER, LEVEL -> new Match.NumberIs(Comparison.EQUAL, number(token));
            case DATE -> new Match.DateIs(Comparison.EQUAL, date());
            case CHOICE ->
                new Match.Choice(
                        token.values().get(random.nextInt(token.values().size())));
            case BOOLEAN -> new Match.Truth(random.nextBoolean());
            case MOMENT -> throw new AssertionError(token);
            case PERIOD -> period();
        };
    }

    private Match period() {
        int one = 1 + random.nextInt(14);
        int other = 1 + random.nextInt(14);
        return new Match.Between(new RunOrDate.Run(Math.min(one, other)), new RunOrDate.Run(Math.max(one, other)));
    }

    private Match text(Token token) {
        return switch (token.name()) {
            case "asset.name" ->
                random.nextBoolean()
                        ? new Match.Exact(SmallInventory.NAMES.get(random.nextInt(SmallInventory.NAMES.size())))
                        : new Match.Words(List.of(pick("web", "1", "_", "%", "\\", "o'", "ZÜR")));
            case "asset.interface.address" ->
                random.nextBoolean()
                        ? new Match.Exact("10.0.0." + random.nextInt(15))
                        : new Match.Phrase(pick("10.0.1", ".1", "0.0.1"));
            case "asset.interface.macAddress" -> new Match.Words(List.of(pick("00:50", "b6:00", "B6")));
            case "asset.inventory.source", "finding.vendorProductName" ->
                random.nextBoolean() ? new Match.Exact("Cortex XDR") : new Match.Words(List.of(pick("xdr", "other")));
            case "asset.externalAssetId" -> new Match.Exact("ep-" + random.nextInt(20));
            case "connector.name", "finding.connectionName" -> new Match.Exact("Tenant " + (1 + random.nextInt(3)));
            case "customAttributes.key" -> new Match.Words(List.of(pick("serverTags", "owner")));
            case "customAttributes.value" -> new Match.Exact(pick("prod", "dmz", "ops"));
            case "finding.id" ->
                random.nextBoolean()
                        ? new Match.Exact(random.nextInt(20) + "-" + random.nextInt(24))
                        : new Match.Phrase(pick("1-", "-2", "junk"));
            case "finding.cveId" ->
                random.nextBoolean()
                        ? new Match.Exact(SmallInventory.CVES.get(random.nextInt(SmallInventory.CVES.size())))
                        : new Match.Words(List.of(pick("2024", "cve", "7")));
            default ->
                new Match.Words(List.of(pick(
                        "openssl", "heap", "server", "win", "example", "remote", "high", "AWS", "palo", "F1", "10")));
        };
    }

    private BigDecimal number(Token token) {
        return switch (token.name()) {
            case "finding.severity" -> BigDecimal.valueOf(1L + random.nextInt(5));
            case "finding.sourceRiskScore" ->
                new BigDecimal(SmallInventory.SCORES.get(random.nextInt(SmallInventory.SCORES.size())));
            case "asset.id" -> BigDecimal.valueOf(random.nextInt(160), 1);
            default -> BigDecimal.valueOf(random.nextInt(25));
        };
    }

    private DateValue date() {
        int hours = random.nextInt(450);
        return switch (random.nextInt(3)) {
            case 0 ->
                new DateValue.Day(
                        LocalDate.ofInstant(SmallInventory.NOW.minus(Duration.ofHours(hours)), ZoneOffset.UTC));
            case 1 ->
                new DateValue.Moment(
                        SmallInventory.NOW
                                .minus(Duration.ofHours(hours / 30 * 30))
                                .truncatedTo(ChronoUnit.SECONDS),
                        random.nextBoolean());
            default -> new DateValue.Ago(hours, DateValue.Unit.HOURS);
        };
    }

    private Comparison comparison() {
        return Comparison.values()[random.nextInt(Comparison.values().length)];
    }

    private String pick(String... values) {
        return values[random.nextInt(values.length)];
    }
}
