// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.schedule;

import com.github.kagkarlsson.scheduler.task.schedule.CronSchedule;
import com.github.kagkarlsson.scheduler.task.schedule.CronStyle;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** How often a recurring schedule is due. Immutable. */
public sealed interface Rhythm {

    /** The first instant after {@code after}, which is not before {@code start} by more than a moment. */
    Optional<Instant> next(LocalDateTime start, Instant after, ZoneId zone);

    /** What is counted. */
    enum Unit {
        /** Hours as they pass: where the clocks are changed, the local time of day moves with it. */
        HOURS,
        /** Calendar days: the local time of day stays. */
        DAYS,
        /** Seven calendar days. */
        WEEKS
    }

    /**
     * Every {@code count} units, counted from the start.
     *
     * @param count 1 to 1,000
     */
    record Every(int count, Unit unit) implements Rhythm {

        /** @throws IllegalArgumentException if the count is out of its range */
        public Every {
            if (count < 1 || count > 1_000) {
                throw new IllegalArgumentException(
                        "A schedule recurs every 1 to 1,000 units, not every " + count + ".");
            }
        }

        @Override
        public Optional<Instant> next(LocalDateTime start, Instant after, ZoneId zone) {
            return switch (unit) {
                case HOURS -> {
                    Instant first = LocalTimes.instant(start, zone);
                    Duration step = Duration.ofHours(count);
                    Duration passed = Duration.between(first, after);
                    yield Optional.of(
                            passed.isNegative() ? first : first.plus(step.multipliedBy(passed.dividedBy(step) + 1)));
                }
                case DAYS -> nextByDays(start, after, zone, count);
                case WEEKS -> nextByDays(start, after, zone, 7L * count);
            };
        }

        private static Optional<Instant> nextByDays(LocalDateTime start, Instant after, ZoneId zone, long days) {
            long passed = ChronoUnit.DAYS.between(start, LocalDateTime.ofInstant(after, zone));
            // One step back, since a time in a gap is due before its own local time of day is reached.
            LocalDateTime time = start.plusDays(days * Math.max(0, passed / days - 1));
            Instant instant = LocalTimes.instant(time, zone);
            while (!instant.isAfter(after)) {
                time = time.plusDays(days);
                instant = LocalTimes.instant(time, zone);
            }
            return Optional.of(instant);
        }
    }

    /**
     * By a cron expression of five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday). If both
     * days are restricted, either is enough.
     */
    record Cron(String expression) implements Rhythm {

        /** For a date that never comes, the library answers with one at or behind this. */
        private static final Instant NEVER = Instant.parse("2500-01-01T00:00:00Z");

        /** @throws IllegalArgumentException if the expression cannot be read, or never comes */
        public Cron {
            expression = expression.strip();
            if (expression.isEmpty() || expression.equals("-")) {
                throw new IllegalArgumentException(
                        "The cron expression is empty. Give five fields, such as 0 2 * * *.");
            }
            if (following(expression, LocalDateTime.of(2000, 1, 1, 0, 0)).isEmpty()) {
                throw new IllegalArgumentException("The cron expression " + expression
                        + " names a date that no year has. Correct its day of month or month.");
            }
        }

        @Override
        public Optional<Instant> next(LocalDateTime start, Instant after, ZoneId zone) {
            // The library reckons in UTC, where every local time exists once; the zone's changes are ours to judge.
            LocalDateTime time = LocalDateTime.ofInstant(after, zone);
            while (true) {
                Optional<LocalDateTime> following = following(expression, time);
                if (following.isEmpty()) {
                    return Optional.empty();
                }
                time = following.get();
                Instant instant = LocalTimes.instant(time, zone);
                if (instant.isAfter(after)) {
                    return Optional.of(instant);
                }
            }
        }

        private static Optional<LocalDateTime> following(String expression, LocalDateTime time) {
            CronSchedule cron;
            try {
                cron = new CronSchedule(expression, ZoneOffset.UTC, CronStyle.UNIX);
            } catch (IllegalArgumentException unreadable) {
                throw new IllegalArgumentException(
                        "The cron expression " + expression + " cannot be read: " + unreadable.getMessage()
                                + " Give five fields, such as 0 2 * * * for two o'clock each night.",
                        unreadable);
            }
            Instant next = cron.getInitialExecutionTime(time.toInstant(ZoneOffset.UTC));
            return !next.isBefore(NEVER)
                    ? Optional.empty()
                    : Optional.of(LocalDateTime.ofInstant(next, ZoneOffset.UTC));
        }
    }
}
