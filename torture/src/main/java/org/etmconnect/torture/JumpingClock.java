// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that somebody sets forward and back. Safe for use by several threads. */
final class JumpingClock extends Clock {

    private final AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);

    void jump(Duration by) {
        off.updateAndGet(before -> before.plus(by));
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(off.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
