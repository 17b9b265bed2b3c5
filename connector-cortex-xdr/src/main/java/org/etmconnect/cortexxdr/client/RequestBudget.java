// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.time.Duration;

/**
 * Paces all calls to one tenant. Each call takes the next slot of an even row of slots; the row's pace halves when the
 * tenant says that it is too fast, and climbs back to the budget with every call that passes. Safe for use by several
 * threads.
 */
public final class RequestBudget {

    private static final double SLOWEST_PER_SECOND = 0.2;
    /** A call that passes gives back this share of the budget: from half pace to full in about 50 calls. */
    private static final double RECOVERY = 0.01;
    /** Calls under way are all refused together, which is one sign of haste and not many. */
    private static final long ONE_SIGN_NANOS = Duration.ofSeconds(1).toNanos();
    /** How much of an unused slot may be made up for, so that a thread that wakes late costs nothing. */
    private static final int CREDIT_SLOTS = 2;

    private final Time time;
    private double budget;
    private double pace;
    private long nextSlot;
    private long lastSign;

    public RequestBudget(double requestsPerSecond, Time time) {
        this.time = time;
        this.budget = requestsPerSecond;
        this.pace = requestsPerSecond;
        this.nextSlot = time.nanos();
        this.lastSign = nextSlot - ONE_SIGN_NANOS;
    }

    /** Changes the budget, as when a connection's settings were changed. */
    public synchronized void set(double requestsPerSecond) {
        pace = Math.min(requestsPerSecond, pace * requestsPerSecond / budget);
        budget = requestsPerSecond;
    }

    /** Waits for the next slot. */
    void take() throws InterruptedException {
        time.sleep(Duration.ofNanos(reserve() - time.nanos()));
    }

    private synchronized long reserve() {
        long interval = (long) (1e9 / pace);
        long earliest = time.nanos() - Math.min(CREDIT_SLOTS * interval, ONE_SIGN_NANOS / 4);
        long slot = Math.max(nextSlot, earliest);
        nextSlot = slot + interval;
        return slot;
    }

    /** A call passed. */
    synchronized void passed() {
        pace = Math.min(budget, pace + budget * RECOVERY);
    }

    /** The tenant said that calls come too fast: nothing more goes out for {@code pause}, and then more slowly. */
    synchronized void tooFast(Duration pause) {
        long now = time.nanos();
        if (now - lastSign >= ONE_SIGN_NANOS) {
            pace = Math.max(Math.min(SLOWEST_PER_SECOND, budget), pace / 2);
            lastSign = now;
        }
        nextSlot = Math.max(nextSlot, now + pause.toNanos());
    }

    /** Requests a second at this moment. */
    synchronized double pace() {
        return pace;
    }
}
