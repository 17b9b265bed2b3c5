// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A moment, in epoch milliseconds. Inline results show it as that number, streams as text.
 */
public record Timestamp(long millis) implements Comparable<Timestamp> {

    private static final DateTimeFormatter WHOLE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter PARTED = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** As streams write it: {@code 2026-01-05 14:24:51.681 UTC}, without a fraction if that is zero. */
    public String text() {
        return (millis % 1000 == 0 ? WHOLE : PARTED).format(Instant.ofEpochMilli(millis));
    }

    @Override
    public int compareTo(Timestamp other) {
        return Long.compare(millis, other.millis);
    }
}
