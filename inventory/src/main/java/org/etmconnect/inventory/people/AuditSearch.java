// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which entries of the audit log are wanted.
 *
 * @param actor whose; empty for everybody's
 * @param object of this object or of what lies below it, e.g. {@code connections/7} or {@code connections}
 * @param operation e.g. {@code updateConnection}
 * @param from not before this time
 * @param to before this time
 * @param beforeId only entries with a smaller id: the page after the one that ended with this id
 */
public record AuditSearch(
        Optional<String> actor,
        Optional<String> object,
        Optional<String> operation,
        Optional<Instant> from,
        Optional<Instant> to,
        OptionalLong beforeId) {}
