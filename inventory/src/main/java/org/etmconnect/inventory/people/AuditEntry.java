// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Something that somebody did or tried.
 *
 * @param id ascending in the order in which entries were written
 * @param at when it had been done
 * @param action who, from where, what, and how it ended
 */
public record AuditEntry(long id, Instant at, Action action) {

    /**
     * What is logged. No text in it may be a secret.
     *
     * @param actor a person's name, {@code token NAME}, {@code local} or {@code system}
     * @param address where the request came from
     * @param operation as the API's description names it, e.g. {@code updateConnection}
     * @param object e.g. {@code connections/7}
     * @param status HTTP status of the answer
     * @param request what was sent, if it changed something
     * @param before the object as it was
     * @param after the object as it is since
     */
    public record Action(
            String actor,
            String address,
            String operation,
            String object,
            int status,
            Optional<JsonNode> request,
            Optional<JsonNode> before,
            Optional<JsonNode> after) {

        /** An action that has no states. */
        public static Action of(String actor, String address, String operation, String object, int status) {
            return new Action(
                    actor, address, operation, object, status, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }
}
