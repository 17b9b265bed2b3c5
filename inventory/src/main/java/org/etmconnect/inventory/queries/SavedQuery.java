// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.queries;

import java.time.Instant;

/**
 * A query that is kept by name.
 *
 * @param subject what it lists: ASSET or FINDING
 * @param query QQL
 * @param shared whether everybody sees it, or only who saved it
 * @param savedBy who saved it last
 */
public record SavedQuery(
        int id, String subject, String name, String query, boolean shared, String savedBy, Instant savedAt) {}
