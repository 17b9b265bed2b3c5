// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a profile is due. Immutable.
 *
 * <p>Schedules are written in local times of a zone. Where the zone's clocks are changed:
 *
 * <ul>
 *   <li>a local time that does not exist, because the clocks were put forward over it, means the instant at which they
 *       were; several such times mean one and the same instant, so one run;
 *   <li>a local time that exists twice, because the clocks were put back over it, means only the first of the two.
 * </ul>
 */
public sealed interface Schedule {

    /** The first instant after {@code after} at which the profile is due; empty if there is none any more. */
    Optional<Instant> next(Instant after);

    /** The first {@code count} instants after {@code after}, ascending; fewer if there are no more. */
    default List<Instant> next(Instant after, int count) {
        List<Instant> instants = new ArrayList<>();
        Optional<Instant> next = next(after);
        while (next.isPresent() && instants.size() < count) {
            instants.add(next.get());
            next = next(next.get());
        }
        return List.copyOf(instants);
    }

    /** Whether the profile is due at exactly this instant. */
    default boolean dueAt(Instant instant) {
        return next(instant.minusNanos(1)).equals(Optional.of(instant));
    }

    /** Runs by hand only. */
    record None() implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.empty();
        }
    }

    /**
     * Runs once.
     *
     * @param at local time, cut to the minute
     * @param zone whose time
     */
    record SingleOccurrence(LocalDateTime at, ZoneId zone) implements Schedule {

        public SingleOccurrence {
            at = at.truncatedTo(ChronoUnit.MINUTES);
        }

        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(LocalTimes.instant(at, zone)).filter(instant -> instant.isAfter(after));
        }
    }

    /**
     * Runs again and again.
     *
     * @param start not before this local time, cut to the minute; a rhythm that counts begins with it
     * @param end not after this local time, cut to the minute; empty: for ever
     * @param rhythm how often
     * @param zone whose time
     */
    record Recurring(LocalDateTime start, Optional<LocalDateTime> end, Rhythm rhythm, ZoneId zone) implements Schedule {

        /** @throws IllegalArgumentException if the end is before the start */
        public Recurring {
            start = start.truncatedTo(ChronoUnit.MINUTES);
            end = end.map(time -> time.truncatedTo(ChronoUnit.MINUTES));
            if (end.isPresent() && end.get().isBefore(start)) {
                throw new IllegalArgumentException("The end " + end.get() + " is before the start " + start + ".");
            }
        }

        @Override
        public Optional<Instant> next(Instant after) {
            Instant first = LocalTimes.instant(start, zone);
            Instant from = after.isBefore(first) ? first.minusNanos(1) : after;
            return rhythm.next(start, from, zone)
                    .filter(next -> end.isEmpty() || !next.isAfter(LocalTimes.instant(end.get(), zone)));
        }
    }
}
