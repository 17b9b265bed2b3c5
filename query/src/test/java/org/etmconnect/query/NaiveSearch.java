// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static java.util.Comparator.comparing;
import static java.util.Comparator.nullsLast;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.etmconnect.query.SmallInventory.Asset;
import org.etmconnect.query.SmallInventory.Cohort;
import org.etmconnect.query.SmallInventory.Definition;
import org.etmconnect.query.SmallInventory.Host;
import org.etmconnect.query.SmallInventory.Source;
import org.etmconnect.query.syntax.Comparison;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.DateValue;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.RunOrDate;
import org.etmconnect.query.syntax.Scope;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.jspecify.annotations.Nullable;

/** Says what a query gives by looking at every row of a small inventory. */
final class NaiveSearch {

    record Finding(Cohort cohort, Host host, Definition definition) {
        String id() {
            return host.id() + "-" + definition.id();
        }
    }

    /** The elements that a condition speaks of; those not chosen yet are null. */
    private record Elements(
            Asset asset,
            @Nullable Finding finding,
            @Nullable Host source,
            @Nullable String key,
            @Nullable String value) {}

    private final SmallInventory inventory;

    NaiveSearch(SmallInventory inventory) {
        this.inventory = inventory;
    }

    List<Integer> assets(Condition condition, AssetSort sort) {
        Comparator<Asset> order = switch (sort) {
            case NAME -> comparing(asset -> lower(asset.name()), nullsLast(NaiveSearch::codePoints));
            case ID -> comparing(Asset::id);
            case FIRST_FOUND -> comparing(Asset::firstFound, nullsLast(Comparator.reverseOrder()));
            case LAST_FOUND -> comparing(this::lastFound, nullsLast(Comparator.reverseOrder()));
            case OPERATING_SYSTEM ->
                comparing(Asset::osName, nullsLast(NaiveSearch::codePoints))
                        .thenComparing(Asset::osVersion, nullsLast(NaiveSearch::codePoints));
        };
        return inventory.assets.values().stream()
                .filter(asset -> holds(condition, new Elements(asset, null, null, null, null)))
                .sorted(order.thenComparing(Asset::id))
                .map(Asset::id)
                .toList();
    }

    List<String> findings(Condition condition, FindingSort sort) {
        Comparator<Finding> byId = comparing((Finding f) -> f.definition().id())
                .thenComparing(f -> f.host().id());
        Comparator<Finding> order = switch (sort) {
            case SEVERITY ->
                comparing((Finding f) -> f.definition().severity(), nullsLast(Comparator.<Integer>reverseOrder()))
                        .thenComparing(byId);
            case SOURCE_RISK_SCORE ->
                comparing((Finding f) -> score(f.definition()), nullsLast(Comparator.<BigDecimal>reverseOrder()))
                        .thenComparing(byId);
            case CVE ->
                comparing((Finding f) -> f.definition().cve(), nullsLast(NaiveSearch::codePoints))
                        .thenComparing(byId);
            case NEWEST ->
                comparing((Finding f) -> -f.cohort().firstRun())
                        .thenComparing(f -> -f.host().id())
                        .thenComparing(f -> f.definition().id());
            case ASSET ->
                comparing((Finding f) -> lower(asset(f).name()), nullsLast(NaiveSearch::codePoints))
                        .thenComparing(f -> asset(f).id())
                        .thenComparing(f -> f.host().id())
                        .thenComparing(f -> f.definition().id());
        };
        return matching(condition).sorted(order).map(Finding::id).toList();
    }

    Stream<Finding> matching(Condition condition) {
        return allFindings()
                .filter(finding -> holds(condition, new Elements(asset(finding), finding, null, null, null)));
    }

    /** By what they are grouped; empty for those without. */
    String group(Finding finding, FindingGrouping by) {
        return switch (by) {
            case CVE -> Objects.requireNonNullElse(finding.definition().cve(), "");
            case SEVERITY ->
                Objects.requireNonNullElse(finding.definition().severity(), "").toString();
            case ASSET -> String.valueOf(finding.host().asset());
            case OPERATING_SYSTEM -> Objects.requireNonNullElse(asset(finding).osName(), "");
        };
    }

    Stream<Finding> allFindings() {
        return inventory.cohorts.stream()
                .filter(cohort -> cohort.reopenedRun() == null)
                .flatMap(cohort -> cohort.definitions().stream()
                        .map(id -> new Finding(
                                cohort,
                                Objects.requireNonNull(inventory.hosts.get(cohort.record())),
                                Objects.requireNonNull(inventory.definitions.get(id)))));
    }

    private boolean holds(Condition condition, Elements of) {
        return switch (condition) {
            case Condition.Everything _ -> true;
            case Condition.All(List<Condition> conditions) ->
                conditions.stream().allMatch(each -> holds(each, of));
            case Condition.Any(List<Condition> conditions) ->
                conditions.stream().anyMatch(each -> holds(each, of));
            case Condition.Not(Condition inner) -> !holds(inner, of);
            case Condition.FreeText(Subject subject, Match match) -> freeText(subject, match, of);
            case Condition.Same(Scope scope, Condition inner) -> some(scope, inner, of);
            case Condition.Compare(Token token, Match match) -> {
                boolean chosen = switch (token.scope()) {
                    case HOST -> true;
                    case FINDING -> of.finding() != null;
                    case SOURCE -> of.source() != null;
                    case CUSTOM_ATTRIBUTE -> of.key() != null;
                };
                if (chosen && match instanceof Match.Between) {
                    yield changed(token.name(), match, Objects.requireNonNull(of.finding()));
                }
                yield chosen
                        ? values(token.name(), of).anyMatch(value -> matches(match, value))
                        : some(token.scope(), condition, of);
            }
        };
    }

    private boolean some(Scope scope, Condition inner, Elements of) {
        return switch (scope) {
            case HOST -> holds(inner, of);
            case SOURCE ->
                inventory.hosts.values().stream()
                        .filter(host -> host.asset() == of.asset().id())
                        .anyMatch(host ->
                                holds(inner, new Elements(of.asset(), of.finding(), host, of.key(), of.value())));
            case CUSTOM_ATTRIBUTE ->
                of.asset().attributes().entrySet().stream()
                        .anyMatch(entry -> entry.getValue().stream()
                                .anyMatch(value -> holds(
                                        inner,
                                        new Elements(of.asset(), of.finding(), of.source(), entry.getKey(), value))));
            case FINDING ->
                allFindings()
                        .filter(finding -> finding.host().asset() == of.asset().id())
                        .filter(finding -> finding.cohort().fixedRun() == null || asksForState(inner))
                        .anyMatch(finding ->
                                holds(inner, new Elements(of.asset(), finding, of.source(), of.key(), of.value())));
        };
    }

    static boolean asksForState(Condition condition) {
        String text = condition.toString();
        return text.contains("token=finding.status")
                || text.contains("token=finding.lastFixedDate")
                || text.contains("Between, match=");
    }

    private boolean changed(String token, Match match, Finding f) {
        if (!(match instanceof Match.Between(RunOrDate.Run(int after), RunOrDate.Run(int until)))) {
            throw new AssertionError(match);
        }
        Predicate<@Nullable Integer> within = run -> run != null && run > after && run <= until;
        return inventory.cohorts.stream()
                .filter(c -> c.record() == f.host().id())
                .filter(c -> c.definitions().contains(f.definition().id()))
                .anyMatch(c -> {
                    boolean opened = c.openedRun() == c.firstRun() && within.test(c.openedRun());
                    boolean reopened = c.openedRun() > c.firstRun() && within.test(c.openedRun());
                    boolean fixed = within.test(c.fixedRun());
                    return switch (token) {
                        case "finding.openedBetween" -> opened;
                        case "finding.reopenedBetween" -> reopened;
                        case "finding.fixedBetween" -> fixed;
                        default -> opened || reopened || fixed;
                    };
                });
    }

    private boolean freeText(Subject subject, Match match, Elements of) {
        List<String> tokens = subject == Subject.ASSET
                ? List.of("asset.name", "operatingSystem.name")
                : List.of("finding.title", "finding.cveId");
        List<Match> parts = match instanceof Match.Words(List<String> words)
                ? words.stream()
                        .<Match>map(word -> new Match.Words(List.of(word)))
                        .toList()
                : List.of(match);
        return parts.stream()
                .allMatch(part ->
                        tokens.stream().flatMap(token -> values(token, of)).anyMatch(value -> matches(part, value)));
    }

    private Stream<Object> values(String token, Elements of) {
        Asset a = of.asset();
        List<@Nullable Object> values = new ArrayList<>();
        switch (token) {
            case "asset.name" -> values.add(a.name());
            case "asset.id" -> values.add(BigDecimal.valueOf(a.id()));
            case "asset.status" -> values.add(a.retired() ? "Retired" : "Active");
            case "asset.domain" -> values.add(a.domain());
            case "asset.type" -> values.add(a.type());
            case "operatingSystem.name" -> values.add(a.osName());
            case "operatingSystem.version" -> values.add(a.osVersion());
            case "cloud.provider" -> values.add(a.cloud());
            case "asset.firstFoundDate" -> values.add(a.firstFound());
            case "asset.lastFoundDate" -> values.add(lastFound(a));
            case "asset.interface.address" -> values.addAll(a.addresses());
            case "asset.interface.macAddress" -> values.addAll(a.macs());
            case "customAttributes.key" -> values.add(of.key());
            case "customAttributes.value" -> values.add(of.value());
            default -> {
                if (token.startsWith("finding.")) {
                    values.add(findingValue(token, Objects.requireNonNull(of.finding())));
                } else {
                    values.add(sourceValue(token, Objects.requireNonNull(of.source())));
                }
            }
        }
        return values.stream().filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    private Object sourceValue(String token, Host host) {
        return switch (token) {
            case "asset.inventory.source" -> source(host).product();
            case "asset.inventory.createdDate" -> time(host.createdRun());
            case "connector.name" -> source(host).name();
            case "asset.externalAssetId" -> host.key();
            default -> throw new AssertionError(token);
        };
    }

    private @Nullable Object findingValue(String token, Finding f) {
        Definition d = f.definition();
        Cohort c = f.cohort();
        return switch (token) {
            case "finding.id" -> f.id();
            case "finding.cveId" -> d.cve();
            case "finding.title" -> d.title();
            case "finding.description" -> d.description();
            case "finding.severity" -> d.severity() == null ? null : BigDecimal.valueOf(d.severity());
            case "finding.sourceSeverity" -> d.sourceSeverity();
            case "finding.sourceRiskScore" -> score(d);
            case "finding.status" -> status(f);
            case "finding.type" -> "Vulnerability";
            case "finding.firstFoundDate" -> time(c.firstRun());
            case "finding.lastFoundDate" -> time(lastFoundRun(f));
            case "finding.lastFixedDate" -> c.fixedRun() == null ? null : time(c.fixedRun());
            case "finding.reopenedDate" -> c.openedRun() > c.firstRun() ? time(c.openedRun()) : null;
            case "finding.cvePublishedDate" -> d.published();
            case "finding.detectionAge" ->
                BigDecimal.valueOf(
                        Duration.between(time(c.firstRun()), SmallInventory.NOW).toDays());
            case "finding.externalFindingId" -> d.externalId();
            case "finding.vendorProductName" -> source(f.host()).product();
            case "finding.vendorName" -> source(f.host()).vendor();
            case "finding.connectionName" -> source(f.host()).name();
            default -> throw new AssertionError(token);
        };
    }

    String status(Finding f) {
        Cohort c = f.cohort();
        if (c.fixedRun() != null) {
            return "FIXED";
        }
        if (c.openedRun() > c.firstRun()) {
            return "REOPENED";
        }
        return c.firstRun() == source(f.host()).lastApplied() ? "NEW" : "ACTIVE";
    }

    int lastFoundRun(Finding f) {
        Integer fixed = f.cohort().fixedRun();
        int seen = seenRun(f.host());
        if (fixed != null) {
            int before = inventory.runs.values().stream()
                    .filter(run -> run.connection() == f.host().connection())
                    .filter(run -> run.id() < fixed && run.state().startsWith("PROCESSED"))
                    .mapToInt(SmallInventory.Run::id)
                    .max()
                    .orElse(Integer.MAX_VALUE);
            seen = Math.min(seen, before);
        }
        return Math.max(f.cohort().openedRun(), seen);
    }

    private int seenRun(Host host) {
        Integer complete = source(host).lastComplete();
        return host.retiredRun() != null || complete == null ? host.lastSeen() : Math.max(host.lastSeen(), complete);
    }

    private @Nullable Instant lastFound(Asset asset) {
        return inventory.hosts.values().stream()
                .filter(host -> host.asset() == asset.id())
                .map(host -> time(seenRun(host)))
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static boolean matches(Match match, Object value) {
        return switch (match) {
            case Match.HasValue _ -> true;
            case Match.At _, Match.Between _ -> throw new AssertionError(match);
            case Match.Words(List<String> words) -> words.stream().allMatch(word -> contains(value, word));
            case Match.Phrase(String text) -> contains(value, text);
            case Match.Exact(String text) -> value.equals(text);
            case Match.Choice(String choice) -> value.equals(choice);
            case Match.Truth(boolean truth) -> value.equals(truth);
            case Match.OneOf(List<Match> matches) -> matches.stream().anyMatch(each -> matches(each, value));
            case Match.NumberIs(Comparison comparison, BigDecimal number) -> {
                int order = ((BigDecimal) value).compareTo(number);
                yield switch (comparison) {
                    case EQUAL -> order == 0;
                    case GREATER -> order > 0;
                    case GREATER_OR_EQUAL -> order >= 0;
                    case LESS -> order < 0;
                    case LESS_OR_EQUAL -> order <= 0;
                };
            }
            case Match.NumberIn(BigDecimal low, BigDecimal high, boolean inclusive) -> {
                int atLeast = ((BigDecimal) value).compareTo(low);
                int atMost = ((BigDecimal) value).compareTo(high);
                yield inclusive ? atLeast >= 0 && atMost <= 0 : atLeast > 0 && atMost < 0;
            }
            case Match.DateIs(Comparison comparison, DateValue date) -> {
                Predicate<Instant> before = time -> time.isBefore(date.from(SmallInventory.NOW));
                Predicate<Instant> beforeEnd = time -> time.isBefore(date.until(SmallInventory.NOW));
                Instant time = (Instant) value;
                yield switch (comparison) {
                    case EQUAL -> !before.test(time) && beforeEnd.test(time);
                    case GREATER -> !beforeEnd.test(time);
                    case GREATER_OR_EQUAL -> !before.test(time);
                    case LESS -> before.test(time);
                    case LESS_OR_EQUAL -> beforeEnd.test(time);
                };
            }
            case Match.DateIn(DateValue low, DateValue high, boolean inclusive) -> {
                Instant from = inclusive ? low.from(SmallInventory.NOW) : low.until(SmallInventory.NOW);
                Instant until = inclusive ? high.until(SmallInventory.NOW) : high.from(SmallInventory.NOW);
                yield !((Instant) value).isBefore(from) && ((Instant) value).isBefore(until);
            }
        };
    }

    private static boolean contains(Object value, String part) {
        return value.toString().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private Asset asset(Finding finding) {
        return Objects.requireNonNull(inventory.assets.get(finding.host().asset()));
    }

    private Source source(Host host) {
        return Objects.requireNonNull(inventory.connections.get(host.connection()));
    }

    Instant time(int run) {
        return Objects.requireNonNull(inventory.runs.get(run)).observedAt();
    }

    private static @Nullable BigDecimal score(Definition d) {
        return d.score() == null ? null : new BigDecimal(d.score());
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    private static int codePoints(String a, String b) {
        return a.compareTo(b);
    }
}
