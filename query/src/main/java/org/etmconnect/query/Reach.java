// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.Scope;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenType;

/** What has to be known of a finding to tell whether a condition holds. Decides which condition is evaluated where. */
enum Reach {
    /** Its definition and its connection: there are few of them, so such conditions are evaluated first. */
    DEFINITION,
    /** Its cohort, its host: the same for all definitions of a cohort. */
    COHORT,
    /** Both at once. */
    BOTH,
    /** Nothing. */
    NONE;

    /** Events that a finding can have more than once are looked up in its history. */
    private static final Set<String> WITH_HISTORY =
            Set.of("finding.fixedBetween", "finding.reopenedBetween", "finding.changedBetween");

    private static final Set<String> OF_DEFINITION = Set.of(
            "finding.cveId",
            "finding.title",
            "finding.description",
            "finding.severity",
            "finding.sourceSeverity",
            "finding.sourceRiskScore",
            "finding.type",
            "finding.cvePublishedDate",
            "finding.externalFindingId",
            "finding.vendorProductName",
            "finding.vendorName",
            "finding.connectionName");

    /** The reach within a query for findings, or within a finding group. */
    static Reach of(Condition condition) {
        return switch (condition) {
            case Condition.Everything _ -> NONE;
            case Condition.All(List<Condition> conditions) -> of(conditions);
            case Condition.Any(List<Condition> conditions) -> of(conditions);
            case Condition.Not(Condition inner) -> of(inner);
            case Condition.Same(Scope _, Condition inner) -> COHORT.with(of(inner));
            case Condition.FreeText(Subject subject, Match _) -> subject == Subject.FINDING ? DEFINITION : COHORT;
            case Condition.Compare(Token token, Match _) -> of(token);
        };
    }

    /** Whether the condition is one of those after which findings other than open ones are meant. */
    static boolean asksForState(Condition condition) {
        return switch (condition) {
            case Condition.Everything _, Condition.FreeText _ -> false;
            case Condition.All(List<Condition> conditions) ->
                conditions.stream().anyMatch(Reach::asksForState);
            case Condition.Any(List<Condition> conditions) ->
                conditions.stream().anyMatch(Reach::asksForState);
            case Condition.Not(Condition inner) -> asksForState(inner);
            case Condition.Same(Scope _, Condition inner) -> asksForState(inner);
            case Condition.Compare(Token token, Match _) ->
                token.name().equals("finding.status")
                        || token.name().equals("finding.lastFixedDate")
                        || token.type() == TokenType.PERIOD;
        };
    }

    /** Whether the condition, sure to be one on a finding, holds for exactly the open ones. */
    static boolean meansOpen(Condition condition) {
        return switch (condition) {
            case Condition.Not(Condition.Compare(Token token, Match.Choice(String value))) ->
                token.name().equals("finding.status") && value.equals("FIXED");
            case Condition.Compare(Token token, Match.OneOf(List<Match> matches)) ->
                token.name().equals("finding.status")
                        && Set.copyOf(matches)
                                .equals(Set.of(
                                        new Match.Choice("NEW"),
                                        new Match.Choice("ACTIVE"),
                                        new Match.Choice("REOPENED")));
            case Condition.Everything _,
                    Condition.All _,
                    Condition.Any _,
                    Condition.Not _,
                    Condition.Same _,
                    Condition.FreeText _,
                    Condition.Compare _ -> false;
        };
    }

    /** The conditions that must all hold, one by one. */
    static List<Condition> conjuncts(Condition condition) {
        return switch (condition) {
            case Condition.Everything _ -> List.of();
            case Condition.All(List<Condition> conditions) -> conditions;
            case Condition.Any _, Condition.Not _, Condition.Same _, Condition.FreeText _, Condition.Compare _ ->
                List.of(condition);
        };
    }

    /** A conjunction parted by what it needs. */
    record Parts(List<Condition> definition, List<Condition> cohort, List<Condition> both) {

        static Parts of(Condition condition) {
            Parts parts = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (Condition conjunct : conjuncts(condition)) {
                switch (Reach.of(conjunct)) {
                    case DEFINITION -> parts.definition.add(conjunct);
                    case COHORT -> parts.cohort.add(conjunct);
                    case BOTH -> {
                        parts.both.add(conjunct);
                        if (conjunct instanceof Condition.Compare(Token token, Match.Between period)) {
                            parts.cohort.add(new Condition.Compare(ofRow(token), period));
                        }
                    }
                    case NONE -> {}
                }
            }
            return parts;
        }
    }

    /** Holds for a row of findings if the event may be that of one of them: nobody can write it. */
    private static Token ofRow(Token event) {
        return new Token(
                event.name() + ConditionSql.OF_ROW, List.of(), TokenType.PERIOD, Scope.FINDING, "", "", List.of());
    }

    private static Reach of(List<Condition> conditions) {
        Reach reach = NONE;
        for (Condition condition : conditions) {
            reach = reach.with(of(condition));
        }
        return reach;
    }

    private static Reach of(Token token) {
        if (OF_DEFINITION.contains(token.name())) {
            return DEFINITION;
        }
        return token.name().equals("finding.id") || WITH_HISTORY.contains(token.name()) ? BOTH : COHORT;
    }

    private Reach with(Reach other) {
        if (this == NONE || this == other) {
            return other;
        }
        return other == NONE ? this : BOTH;
    }
}
