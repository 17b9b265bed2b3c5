// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How patiently calls are tried again. The waits double from {@code first} up to {@code longest}, each shortened at
 * random by up to half so that callers do not march in step.
 *
 * @param few tries again for what is unlikely to pass
 * @param some tries again for what usually passes
 * @param many tries again for overload and gateways
 * @param first the first wait
 * @param longest no wait is longer
 * @param queryWaits how often to wait for a free place among the tenant's parallel queries
 */
public record RetryRules(int few, int some, int many, Duration first, Duration longest, int queryWaits) {

    private static final Duration SHORTEST_QUERY_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_QUERY_WAIT = Duration.ofSeconds(30);

    /** For a run that nobody watches. */
    public static RetryRules patient() {
        return new RetryRules(2, 5, 8, Duration.ofMillis(500), Duration.ofSeconds(60), 40);
    }

    /** The same, with back-offs so many times as short; {@code times} is at least 1. */
    public RetryRules hurried(int times) {
        return new RetryRules(few, some, many, first.dividedBy(times), longest.dividedBy(times), queryWaits);
    }

    /** For a person who waits for an answer. */
    public static RetryRules impatient() {
        return new RetryRules(0, 1, 1, Duration.ofMillis(300), Duration.ofSeconds(1), 0);
    }

    /**
     * How long to wait before the next try; empty if there should be none.
     *
     * @param failures how often the call failed so far with this cause, at least 1
     */
    Optional<Duration> waitAfter(FaultCause cause, int failures, SecurityLevel level, RandomGenerator random) {
        return switch (cause.retry()) {
            case NEVER -> Optional.empty();
            case SIGN_AGAIN ->
                level == SecurityLevel.ADVANCED && failures == 1 ? Optional.of(Duration.ZERO) : Optional.empty();
            case ONCE -> failures == 1 ? Optional.of(backOff(1, random)) : Optional.empty();
            case BRIEFLY -> failures <= few ? Optional.of(backOff(failures, random)) : Optional.empty();
            case BACK_OFF -> failures <= some ? Optional.of(backOff(failures, random)) : Optional.empty();
            case BACK_OFF_LONG -> failures <= many ? Optional.of(backOff(failures, random)) : Optional.empty();
            case WAIT_FOR_QUERIES ->
                failures <= queryWaits
                        ? Optional.of(jitter(
                                between(
                                        SHORTEST_QUERY_WAIT.multipliedBy(2L * failures),
                                        SHORTEST_QUERY_WAIT,
                                        LONGEST_QUERY_WAIT),
                                random))
                        : Optional.empty();
        };
    }

    private Duration backOff(int failures, RandomGenerator random) {
        return jitter(between(first.multipliedBy(1L << Math.min(failures - 1, 20)), first, longest), random);
    }

    private static Duration between(Duration wait, Duration least, Duration most) {
        return wait.compareTo(most) > 0 ? most : wait.compareTo(least) < 0 ? least : wait;
    }

    private static Duration jitter(Duration wait, RandomGenerator random) {
        return Duration.ofNanos((long) (wait.toNanos() * (0.5 + random.nextDouble() / 2)));
    }
}
