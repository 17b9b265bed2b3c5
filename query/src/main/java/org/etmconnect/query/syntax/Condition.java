// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * What a query asks for: a tree of conditions. Immutable; two trees are equal if they ask for the same in the same order.
 * Use the factories, which keep the tree in the one form that the parser makes.
 */
public sealed interface Condition {

    /** Holds for everything: the empty query. */
    record Everything() implements Condition {}

    /** Holds if all of two or more conditions hold; none of them is an {@code All} itself. */
    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
            requireSeveral(conditions);
        }
    }

    /** Holds if one of two or more conditions holds; none of them is an {@code Any} itself. */
    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
            requireSeveral(conditions);
        }
    }

    /** Holds if the condition, which is no {@code Not} itself, does not. */
    record Not(Condition condition) implements Condition {}

    /** Holds if one and the same element of the host (a finding, an interface …) fulfils the condition. */
    record Same(Scope scope, Condition condition) implements Condition {}

    /** Holds if a value of the token matches. Without a value it never holds. */
    record Compare(Token token, Match match) implements Condition {}

    /**
     * Holds if each word, or the phrase, is found in one of the tokens that are searched without being named.
     *
     * @param subject whose tokens are searched
     * @param match {@link Match.Words}, {@link Match.Phrase} or {@link Match.Exact}
     */
    record FreeText(Subject subject, Match match) implements Condition {}

    /** All of the conditions; nested {@code All}s are joined. */
    static Condition all(List<Condition> conditions) {
        List<Condition> flat = new ArrayList<>();
        for (Condition condition : conditions) {
            if (condition instanceof All(List<Condition> inner)) {
                flat.addAll(inner);
            } else {
                flat.add(condition);
            }
        }
        return flat.size() == 1 ? flat.getFirst() : new All(flat);
    }

    /** One of the conditions; nested {@code Any}s are joined. */
    static Condition any(List<Condition> conditions) {
        List<Condition> flat = new ArrayList<>();
        for (Condition condition : conditions) {
            if (condition instanceof Any(List<Condition> inner)) {
                flat.addAll(inner);
            } else {
                flat.add(condition);
            }
        }
        return flat.size() == 1 ? flat.getFirst() : new Any(flat);
    }

    /** The opposite; twice the opposite is the condition itself. */
    static Condition not(Condition condition) {
        return condition instanceof Not(Condition inner) ? inner : new Not(condition);
    }

    /** One element fulfils the condition; around a single comparison of that scope this says nothing new. */
    static Condition same(Scope scope, Condition condition) {
        return switch (condition) {
            case Compare(Token token, Match _) when token.scope() == scope -> condition;
            case Same(Scope inner, Condition _) when inner == scope -> condition;
            default -> new Same(scope, condition);
        };
    }

    private static void requireSeveral(List<Condition> conditions) {
        if (conditions.size() < 2) {
            throw new IllegalArgumentException("Two or more conditions are needed, not " + conditions.size());
        }
    }
}
