// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.List;

/**
 * A name that a condition can be put on.
 *
 * @param name the name as Qualys writes it, or ours where Qualys publishes none
 * @param aliases other names that mean the same; printed queries use {@code name}
 * @param type the kind of its values
 * @param scope what it is a property of
 * @param description one sentence for people
 * @param example a condition that uses it
 * @param values the known values, in order; empty if any value is possible
 */
public record Token(
        String name,
        List<String> aliases,
        TokenType type,
        Scope scope,
        String description,
        String example,
        List<String> values) {

    public Token {
        aliases = List.copyOf(aliases);
        values = List.copyOf(values);
    }

    /** Whether it speaks of a host or of a finding. */
    public Subject subject() {
        return scope == Scope.FINDING ? Subject.FINDING : Subject.ASSET;
    }

    @Override
    public String toString() {
        return name;
    }
}
