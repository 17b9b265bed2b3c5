// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Somebody who may sign in.
 *
 * @param id positive, never used again
 * @param name lower case, unique
 * @param role what this person may do
 * @param active whether this person may sign in
 * @param mustChangePassword whether the password was made by somebody else and must be changed first
 * @param external whether this person signs in at an OpenID provider, which also decides on the role
 * @param signInVersion a session that was made under an older one has ended
 * @param createdAt when it was made
 * @param lastSignIn when this person last signed in
 */
public record Person(
        int id,
        String name,
        Role role,
        boolean active,
        boolean mustChangePassword,
        boolean external,
        int signInVersion,
        Instant createdAt,
        Optional<Instant> lastSignIn) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,99}");

    /** What the audit log calls others. */
    private static final Set<String> TAKEN = Set.of("local", "system", "anonymous");

    /**
     * A name as it is kept: without space around it, in lower case. Empty if it cannot be one: it begins with a letter or
     * digit, has letters, digits and {@code . _ @ -} alone, 100 at most, and is not what the audit log calls others.
     */
    public static Optional<String> readName(String typed) {
        String name = typed.strip().toLowerCase(Locale.ROOT);
        return NAME.matcher(name).matches() && !TAKEN.contains(name) ? Optional.of(name) : Optional.empty();
    }
}
