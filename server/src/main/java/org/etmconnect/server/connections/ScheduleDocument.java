// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.inventory.schedule.Rhythm;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.ScheduleDto;
import org.jspecify.annotations.Nullable;

/** Schedules as they stand in requests and answers. */
public final class ScheduleDocument {

    private ScheduleDocument() {}

    /** The schedule as a document. */
    public static ScheduleDto write(Schedule schedule) {
        return switch (schedule) {
            case Schedule.None() -> new ScheduleDto(ScheduleDto.KindEnum.NONE);
            case Schedule.SingleOccurrence(LocalDateTime at, ZoneId zone) ->
                new ScheduleDto(ScheduleDto.KindEnum.SINGLE_OCCURRENCE)
                        .at(at.toString())
                        .zone(zone.getId());
            case Schedule.Recurring(LocalDateTime start, Optional<LocalDateTime> end, Rhythm rhythm, ZoneId zone) -> {
                ScheduleDto document = new ScheduleDto(ScheduleDto.KindEnum.RECURRING)
                        .start(start.toString())
                        .zone(zone.getId());
                end.ifPresent(time -> document.setEnd(time.toString()));
                switch (rhythm) {
                    case Rhythm.Every(int count, Rhythm.Unit unit) ->
                        document.every(count).unit(ScheduleDto.UnitEnum.valueOf(unit.name()));
                    case Rhythm.Cron(String expression) -> document.setCron(expression);
                }
                yield document;
            }
        };
    }

    /**
     * What a document says; by hand only without one.
     *
     * @param prefix stands before the names of fields in a problem, e.g. {@code schedule.}
     * @throws ApiProblem if it cannot be used
     */
    public static Schedule read(@Nullable ScheduleDto document, String prefix) {
        return document == null ? new Schedule.None() : new Reading(document, prefix).schedule();
    }

    /** The schedule in words. */
    public static String text(Schedule schedule) {
        return switch (schedule) {
            case Schedule.None() -> "by hand only";
            case Schedule.SingleOccurrence(LocalDateTime at, ZoneId zone) -> "once, " + words(at) + " " + zone.getId();
            case Schedule.Recurring(LocalDateTime start, Optional<LocalDateTime> end, Rhythm rhythm, ZoneId zone) ->
                switch (rhythm) {
                            case Rhythm.Every(int count, Rhythm.Unit unit) -> {
                                String name = unit.name().toLowerCase(Locale.ROOT);
                                yield "every "
                                        + (count == 1 ? name.substring(0, name.length() - 1) : count + " " + name);
                            }
                            case Rhythm.Cron(String expression) -> "cron " + expression;
                        }
                        + " from " + words(start)
                        + end.map(time -> " to " + words(time)).orElse("")
                        + " " + zone.getId();
        };
    }

    private static String words(LocalDateTime time) {
        return time.toString().replace('T', ' ');
    }

    /** Reads one document and collects all that is wrong with it. */
    private static final class Reading {

        private final ScheduleDto document;
        private final String prefix;
        private final List<FieldProblemDto> problems = new ArrayList<>();

        Reading(ScheduleDto document, String prefix) {
            this.document = document;
            this.prefix = prefix;
        }

        Schedule schedule() {
            Optional<? extends Schedule> schedule = switch (document.getKind()) {
                case NONE -> none();
                case SINGLE_OCCURRENCE -> once();
                case RECURRING -> recurring();
            };
            if (schedule.isEmpty() || !problems.isEmpty()) {
                throw ApiProblem.unusable("The schedule cannot be used", problems);
            }
            return schedule.get();
        }

        private Optional<Schedule> none() {
            foreign("at", document.getAt());
            foreign("start", document.getStart());
            foreign("end", document.getEnd());
            foreign("every", document.getEvery());
            foreign("unit", document.getUnit());
            foreign("cron", document.getCron());
            return Optional.of(new Schedule.None());
        }

        private Optional<Schedule> once() {
            foreign("start", document.getStart());
            foreign("end", document.getEnd());
            foreign("every", document.getEvery());
            foreign("unit", document.getUnit());
            foreign("cron", document.getCron());
            Optional<LocalDateTime> at = needed("at", document.getAt());
            Optional<ZoneId> zone = zone();
            return at.flatMap(time -> zone.map(place -> new Schedule.SingleOccurrence(time, place)));
        }

        private Optional<Schedule> recurring() {
            foreign("at", document.getAt());
            Optional<LocalDateTime> start = needed("start", document.getStart());
            Optional<LocalDateTime> end = document.getEnd() == null ? Optional.empty() : time("end", document.getEnd());
            Optional<ZoneId> zone = zone();
            Optional<Rhythm> rhythm = rhythm();
            if (start.isEmpty() || zone.isEmpty() || rhythm.isEmpty() || !problems.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Schedule.Recurring(start.get(), end, rhythm.get(), zone.get()));
            } catch (IllegalArgumentException wrong) {
                problem("end", String.valueOf(wrong.getMessage()));
                return Optional.empty();
            }
        }

        private Optional<Rhythm> rhythm() {
            String cron = document.getCron();
            Integer every = document.getEvery();
            ScheduleDto.UnitEnum unit = document.getUnit();
            if (cron != null) {
                if (every != null || unit != null) {
                    problem("cron", "Give either cron, or every and unit.");
                    return Optional.empty();
                }
                return rhythm("cron", () -> new Rhythm.Cron(cron));
            }
            if (every == null || unit == null) {
                problem(
                        every == null ? "every" : "unit",
                        "Say how often: every and unit, such as 1 and DAYS, or cron, such as 0 2 * * *.");
                return Optional.empty();
            }
            return rhythm("every", () -> new Rhythm.Every(every, Rhythm.Unit.valueOf(unit.name())));
        }

        private Optional<Rhythm> rhythm(String field, java.util.function.Supplier<Rhythm> made) {
            try {
                return Optional.of(made.get());
            } catch (IllegalArgumentException wrong) {
                problem(field, String.valueOf(wrong.getMessage()));
                return Optional.empty();
            }
        }

        private Optional<LocalDateTime> needed(String field, @Nullable String text) {
            if (text == null) {
                problem(field, "Give a local date and time, such as 2026-12-01T02:00.");
                return Optional.empty();
            }
            return time(field, text);
        }

        private Optional<LocalDateTime> time(String field, @Nullable String text) {
            try {
                LocalDateTime time = LocalDateTime.parse(String.valueOf(text));
                if (time.getYear() < 2000 || time.getYear() > 2499) {
                    problem(field, "Give a year from 2000 to 2499.");
                    return Optional.empty();
                }
                return Optional.of(time);
            } catch (DateTimeException unreadable) {
                problem(field, "There is no time " + text + ". Write it like 2026-12-01T02:00.");
                return Optional.empty();
            }
        }

        private Optional<ZoneId> zone() {
            String zone = document.getZone();
            if (zone == null) {
                problem("zone", "Name the time zone, such as Europe/Berlin or UTC.");
                return Optional.empty();
            }
            try {
                return Optional.of(ZoneId.of(zone.strip()));
            } catch (DateTimeException unknown) {
                problem(
                        "zone",
                        "There is no time zone " + zone + ". Name one like Europe/Berlin, America/New_York or UTC.");
                return Optional.empty();
            }
        }

        private void foreign(String field, @Nullable Object value) {
            if (value != null) {
                problem(field, "A schedule of kind " + document.getKind() + " has no " + field + ". Leave it out.");
            }
        }

        private void problem(String field, String message) {
            problems.add(new FieldProblemDto(prefix + field, message));
        }
    }
}
