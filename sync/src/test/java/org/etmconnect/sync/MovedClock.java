// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that runs as fast as any other, and can be put forward. */
public final class MovedClock implements InstantSource {

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead.get());
    }

    public void putForward(Duration by) {
        ahead.updateAndGet(before -> before.plus(by));
    }
}
