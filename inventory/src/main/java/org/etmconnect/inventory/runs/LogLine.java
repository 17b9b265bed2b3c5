// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.time.Instant;

/**
 * One line of a run's log.
 *
 * @param line its number, from 1
 * @param at when it was written
 * @param level how much it matters
 * @param message a sentence
 */
public record LogLine(int line, Instant at, Level level, String message) {

    /** How much a line matters. */
    public enum Level {
        INFO,
        WARNING,
        ERROR
    }
}
