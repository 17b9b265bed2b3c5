// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * A date in a query. Each covers a stretch of time from {@link #from} (included) to {@link #until} (excluded): a day is
 * 24 hours of UTC, a moment is as long as it was written precisely.
 */
public sealed interface DateValue {

    /** A day in UTC. */
    record Day(LocalDate date) implements DateValue {}

    /** A second, or with {@code millis} a millisecond. The instant is a whole number of them. */
    record Moment(Instant instant, boolean millis) implements DateValue {}

    /** So long before now; zero is now itself. */
    record Ago(int amount, Unit unit) implements DateValue {
        public Ago {
            if (amount < 0 || amount > MAX_AGO) {
                throw new IllegalArgumentException("An age is from 0 to " + MAX_AGO + ", not " + amount);
            }
        }
    }

    /** The unit of an age. */
    enum Unit {
        SECONDS("s", Duration.ofSeconds(1)),
        MINUTES("m", Duration.ofMinutes(1)),
        HOURS("h", Duration.ofHours(1)),
        DAYS("d", Duration.ofDays(1)),
        WEEKS("w", Duration.ofDays(7));

        private final String letter;
        private final Duration length;

        Unit(String letter, Duration length) {
            this.letter = letter;
            this.length = length;
        }

        /** The letter that stands for it in a query. */
        public String letter() {
            return letter;
        }
    }

    /** The largest amount in {@code now-…}. */
    int MAX_AGO = 100_000;

    /** The first instant covered. */
    default Instant from(Instant now) {
        return switch (this) {
            case Day(LocalDate date) -> date.atStartOfDay(ZoneOffset.UTC).toInstant();
            case Moment(Instant instant, boolean _) -> instant;
            case Ago(int amount, Unit unit) -> now.minus(unit.length.multipliedBy(amount));
        };
    }

    /** The first instant after those covered. */
    default Instant until(Instant now) {
        return switch (this) {
            case Day(LocalDate date) ->
                date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            case Moment(Instant instant, boolean millis) -> millis ? instant.plusMillis(1) : instant.plusSeconds(1);
            case Ago _ -> from(now).plusNanos(1_000);
        };
    }
}
