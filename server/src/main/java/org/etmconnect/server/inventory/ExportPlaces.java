// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.security.Caller;

/** How many exports may be under way: few, and of one caller not all of them. Safe for use by several threads. */
final class ExportPlaces {

    /** Each holds a connection to the database for as long as its client reads. */
    private static final int AT_ONCE = 4;

    private static final int OF_ONE = 2;

    private static final Duration RETRY = Duration.ofSeconds(30);

    private final Map<String, Integer> taken = new HashMap<>();

    /** A place that is taken; to be closed once. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** A place for the caller of the request at hand: a person with all their tokens, or a token that is nobody's. */
    Place take() {
        String caller = Caller.current()
                .map(current -> current.personId().map(id -> "person " + id).orElseGet(current::name))
                .orElse("");
        synchronized (taken) {
            if (taken.getOrDefault(caller, 0) >= OF_ONE) {
                throw ApiProblem.tooManyRequests(
                        "You have " + OF_ONE + " exports under way",
                        "One person, with all their tokens, may have " + OF_ONE + " of the " + AT_ONCE
                                + " exports at a time. Try again when one of yours is done.",
                        RETRY);
            }
            if (taken.values().stream().mapToInt(Integer::intValue).sum() >= AT_ONCE) {
                throw ApiProblem.tooManyRequests(
                        "There are " + AT_ONCE + " exports under way", "Try again when one of them is done.", RETRY);
            }
            taken.merge(caller, 1, Integer::sum);
        }
        return () -> {
            synchronized (taken) {
                taken.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
            }
        };
    }
}
