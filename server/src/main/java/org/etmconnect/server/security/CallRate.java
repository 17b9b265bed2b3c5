// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often somebody may call: so many times a second, and ten seconds' worth at once after a rest. Of the callers beyond the
 * most that are remembered, those are forgotten that were quiet the longest. Safe for use by several threads.
 */
final class CallRate {

    private static final int MOST_CALLERS = 10_000;
    private static final int SECONDS_AT_ONCE = 10;

    private final int perSecond;
    private final LongSupplier nanos;
    private final Map<String, Account> accounts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Account> eldest) {
            return size() > MOST_CALLERS;
        }
    };

    /** What is left to a caller at a time. */
    private record Account(double calls, long at) {}

    /**
     * @param perSecond at least 1
     * @param nanos a clock that never goes back, in nanoseconds
     */
    CallRate(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
    }

    /** Counts a call; empty if it may be made, else after what time another may. */
    synchronized Optional<Duration> take(String caller) {
        Account now = account(caller);
        if (now.calls() < 1) {
            return Optional.of(untilOne(now));
        }
        accounts.put(caller, new Account(now.calls() - 1, now.at()));
        return Optional.empty();
    }

    /** The same without counting. */
    synchronized Optional<Duration> look(String caller) {
        Account now = account(caller);
        return now.calls() < 1 ? Optional.of(untilOne(now)) : Optional.empty();
    }

    private Account account(String caller) {
        long now = nanos.getAsLong();
        double most = (double) perSecond * SECONDS_AT_ONCE;
        Account before = accounts.getOrDefault(caller, new Account(most, now));
        return new Account(Math.min(most, before.calls() + perSecond * (now - before.at()) / 1e9), now);
    }

    private Duration untilOne(Account account) {
        return Duration.ofNanos((long) ((1 - account.calls()) * 1e9 / perSecond));
    }
}
