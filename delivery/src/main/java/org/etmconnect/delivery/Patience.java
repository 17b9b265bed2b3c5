// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.time.Duration;

/**
 * How patiently requests are tried again.
 *
 * @param tries how often in all, for what may pass
 * @param first the wait after the first failure; it doubles
 * @param longest no such wait is longer
 * @param mostThrottling how long in all one request waits because the other side says so
 */
public record Patience(int tries, Duration first, Duration longest, Duration mostThrottling) {

    /** For a delivery that nobody watches: a minute and a half of failures, three hours of throttling. */
    public static Patience ofDelivery() {
        return new Patience(7, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofHours(3));
    }

    /** For a person who waits for an answer. */
    public static Patience ofTest() {
        return new Patience(1, Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    /** How long to wait after so many failures, from 1. */
    public Duration waitAfter(int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(failures - 1, 20));
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
