// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.List;

/** What became of a wish to change the rules. Of all but {@link Saved}, nothing was changed. */
public sealed interface RuleOutcome {

    /** Done; the rules as they are now. */
    record Saved(RuleList list) implements RuleOutcome {}

    /** There is no such rule. */
    record Missing(String rule) implements RuleOutcome {}

    /** Another rule has the name. */
    record NameTaken(String name) implements RuleOutcome {}

    /** The rule cannot be changed in this way; {@code why} is a sentence. */
    record Fixed(String rule, String why) implements RuleOutcome {}

    /** Someone changed the rules meanwhile; {@code version} is the one they have now. */
    record Stale(long version) implements RuleOutcome {}

    /** A value cannot be used; {@code message} says what to do. */
    record Unusable(String field, String message) implements RuleOutcome {}

    /** No rule would be on: by itself, or for these connections. */
    record NoneOn(List<String> connections) implements RuleOutcome {}
}
