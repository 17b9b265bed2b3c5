// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.overview;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.etmconnect.query.Overview;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last overview, since everyone who opens the console asks for it. An old one is handed out while a new one is
 * read; so only the first caller ever waits. Reading takes at most a twentieth of the time. Thread-safe.
 */
final class RecentOverview {

    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final int PAUSE = 20;

    private final Supplier<Optional<Overview>> reader;
    private @Nullable Overview last;
    private long staleAt;
    private boolean reading;

    RecentOverview(Supplier<Optional<Overview>> reader) {
        this.reader = reader;
    }

    /** The latest; empty if there is none yet and reading it took too long. */
    Optional<Overview> get() {
        Overview known;
        synchronized (this) {
            known = last;
            if (known != null && !reading && System.nanoTime() - staleAt >= 0) {
                reading = true;
                Thread.ofVirtual().name("overview").start(this::readAgain);
            }
        }
        return known != null ? Optional.of(known) : read();
    }

    private void readAgain() {
        try {
            read();
        } finally {
            synchronized (this) {
                reading = false;
            }
        }
    }

    private Optional<Overview> read() {
        long start = System.nanoTime();
        Optional<Overview> fresh = reader.get();
        long end = System.nanoTime();
        synchronized (this) {
            staleAt = end + Math.max(SHORTEST.toNanos(), PAUSE * (end - start));
            fresh.ifPresent(overview -> last = overview);
        }
        return fresh;
    }
}
