// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The clock and the way to wait, so that a test need not. Safe for use by several threads. */
public interface Time {

    /** Now, UTC. */
    Instant now();

    /** A steady count of nanoseconds from an arbitrary origin. */
    long nanos();

    /** Waits; returns at once if {@code duration} is not positive. */
    void sleep(Duration duration) throws InterruptedException;

    /** The machine's own. */
    static Time system() {
        return new Time() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                if (duration.isPositive()) {
                    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
                }
            }
        };
    }
}
