// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that moves when somebody waits for it. */
final class FakeTime implements Time {

    final List<Duration> waits = new ArrayList<>();
    private long nanos;

    @Override
    public synchronized Instant now() {
        return Instant.parse("2026-03-01T00:00:00Z").plusNanos(nanos);
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized void sleep(Duration duration) {
        if (duration.isPositive()) {
            waits.add(duration);
            nanos += duration.toNanos();
        }
    }
}
