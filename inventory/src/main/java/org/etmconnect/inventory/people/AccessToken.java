// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.time.Instant;
import java.util.Optional;

/**
 * What a program signs in with; the token itself is not kept.
 *
 * @param id positive, never used again
 * @param name unique among tokens that are not revoked
 * @param role what it was made for
 * @param effectiveRole what the program may do: never more than its owner may now; empty if the owner may not sign in
 * @param createdBy who made it
 * @param createdAt when it was made
 * @param expiresAt from when on it is refused
 * @param revokedAt since when it is refused for good, if it is
 * @param lastUsed to the minute
 */
public record AccessToken(
        int id,
        String name,
        Role role,
        Optional<Role> effectiveRole,
        String createdBy,
        Instant createdAt,
        Instant expiresAt,
        Optional<Instant> revokedAt,
        Optional<Instant> lastUsed) {

    /** Whether it lets somebody in at {@code time}. */
    public boolean validAt(Instant time) {
        return effectiveRole.isPresent() && revokedAt.isEmpty() && time.isBefore(expiresAt);
    }
}
