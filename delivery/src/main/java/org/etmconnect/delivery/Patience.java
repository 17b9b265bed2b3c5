// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.time.Duration;
import java.util.Optional;

/**
 * How patiently requests are tried again.
 *
 * @param tries how often in all, for what may pass
 * @param first the wait after the first failure; it doubles
 * @param longest no such wait is longer
 * @param mostThrottling how long in all one request waits because the other side says so
 */
public record Patience(int tries, Duration first, Duration longest, Duration mostThrottling) {

    private static final Duration LEAST_ASKED = Duration.ofMillis(50);
    private static final Duration LONGEST_ASKED = Duration.ofDays(1);

    /** For a delivery that nobody watches: a minute and a half of failures, three hours of throttling. */
    public static Patience ofDelivery() {
        return new Patience(7, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofHours(3));
    }

    /** For a person who waits for an answer. */
    public static Patience ofTest() {
        return new Patience(1, Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    /**
     * A wait that the other side asks for, in whole seconds: no busy loop, and no longer than what is asked for makes sense. Empty
     * if the text is no such number.
     */
    public static Optional<Duration> asked(String seconds) {
        String digits = seconds.strip();
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        // more digits than fit into a number are more than a day
        return Optional.of(digits.length() > 9 ? LONGEST_ASKED : within(Duration.ofSeconds(Long.parseLong(digits))));
    }

    /** The wait, made neither a busy loop nor longer than a day. */
    public static Duration within(Duration asked) {
        return asked.compareTo(LEAST_ASKED) < 0
                ? LEAST_ASKED
                : asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
    }

    /** How long to wait after so many failures, from 1. */
    public Duration waitAfter(int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(failures - 1, 20));
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
