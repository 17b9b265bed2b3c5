// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Optional;

/**
 * The outcome of "Test connection".
 *
 * @param checks one for each side that was tried, in order
 */
public record ConnectionTest(List<Check> checks) {

    /**
     * One cheap call, and what it showed.
     *
     * @param name what was tried, e.g. {@code Endpoints}
     * @param outcome how it went
     * @param kind what went wrong; empty when nothing did
     * @param message what was seen, a sentence
     * @param fix what to do next; empty when nothing is to be done
     */
    public record Check(String name, Outcome outcome, Optional<FailureKind> kind, String message, String fix) {

        /** One that passed. */
        public static Check passed(String name, String message) {
            return new Check(name, Outcome.PASSED, Optional.empty(), message, "");
        }

        /** One that failed, whose message says what to do. */
        public static Check failed(String name, FailureKind kind, String message) {
            return new Check(name, Outcome.FAILED, Optional.of(kind), message, "");
        }
    }

    /** How a check went. */
    public enum Outcome {
        PASSED,
        /** The connection works, but brings less than it could. */
        WARNING,
        FAILED
    }

    public ConnectionTest {
        checks = List.copyOf(checks);
    }

    /** Whether no check failed. */
    public boolean passed() {
        return checks.stream().noneMatch(check -> check.outcome() == Outcome.FAILED);
    }
}
