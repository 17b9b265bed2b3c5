// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.time.Instant;
import java.util.Optional;

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
        Optional<Instant> lastSignIn) {}
