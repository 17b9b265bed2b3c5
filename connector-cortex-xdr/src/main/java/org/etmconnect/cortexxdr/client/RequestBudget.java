// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Paces all calls to one tenant. Each call takes the next slot of an even row of slots, and no second has more calls than
 * the budget allows, wherever it begins: that is how a tenant may count them. The pace halves when the tenant says that it
 * is too fast; with every call that passes it climbs back, soon to a little below the pace that was refused, then slowly to
 * the budget. Safe for use by several threads.
 */
public final class RequestBudget {

    private static final double SLOWEST_PER_SECOND = 0.2;
    /** A call that passes gives back this share of the budget, as long as the pace is well below the one refused last. */
    private static final double RECOVERY = 0.05;

    private static final double WELL_BELOW = 0.9;
    /** From there on it gives back less: a tenant that allows less than the budget is not to refuse all the time. */
    private static final double PROBING = 0.002;
    /** Calls under way are all refused together, which is one sign of haste and not many. */
    private static final long ONE_SIGN_NANOS = Duration.ofSeconds(1).toNanos();
    /** How much of an unused slot may be made up for, so that a thread that wakes late costs nothing. */
    private static final int CREDIT_SLOTS = 2;
    /** Calls may arrive by this much closer together than they left. */
    private static final long JITTER_NANOS = Duration.ofMillis(20).toNanos();

    private final Time time;
    /** When the last calls left, as many as may leave within a second. */
    private final Deque<Long> left = new ArrayDeque<>();

    private double budget;
    private double pace;
    private double refusedPace = Double.POSITIVE_INFINITY;
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
        for (long wait = leaveOrWait(); wait > 0; wait = leaveOrWait()) {
            time.sleep(Duration.ofNanos(wait));
        }
    }

    /** Takes the slot that has come, or says how long to wait for one: 0 nanoseconds if it was taken. */
    private synchronized long leaveOrWait() {
        long now = time.nanos();
        int inOneWindow = Math.max(1, (int) budget);
        while (left.size() > inOneWindow) {
            left.removeFirst();
        }
        long slot = nextSlot;
        if (left.size() == inOneWindow) {
            long window = (long) (1e9 * inOneWindow / budget) + JITTER_NANOS;
            slot = Math.max(slot, left.getFirst() + window);
        }
        if (slot > now) {
            return slot - now;
        }
        left.addLast(now);
        long interval = (long) (1e9 / pace);
        nextSlot = Math.max(nextSlot, now - Math.min(CREDIT_SLOTS * interval, ONE_SIGN_NANOS / 4)) + interval;
        return 0;
    }

    /** A call passed. */
    synchronized void passed() {
        double share = pace < refusedPace * WELL_BELOW ? RECOVERY : PROBING;
        pace = Math.min(budget, pace + budget * share);
    }

    /** The tenant said that calls come too fast: nothing more goes out for {@code pause}, and then more slowly. */
    synchronized void tooFast(Duration pause) {
        long now = time.nanos();
        if (now - lastSign >= ONE_SIGN_NANOS) {
            refusedPace = pace;
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
