// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.etmconnect.inventory.schedule.Rhythm.Cron;
import org.etmconnect.inventory.schedule.Rhythm.Every;
import org.etmconnect.inventory.schedule.Rhythm.Unit;
import org.etmconnect.inventory.schedule.Schedule.Recurring;
import org.etmconnect.inventory.schedule.Schedule.SingleOccurrence;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final LocalDateTime NEW_YEAR = LocalDateTime.parse("2026-01-01T00:00");

    @Test
    void aNightlyRunInTheHourThatIsLeftOutHappensAtTheChange() {
        assertThat(daily("2026-03-28T02:30").next(at("2026-03-27T12:00:00Z"), 3))
                .containsExactly(at("2026-03-28T01:30:00Z"), at("2026-03-29T01:00:00Z"), at("2026-03-30T00:30:00Z"));
        assertThat(cron("30 2 * * *").next(at("2026-03-27T12:00:00Z"), 3))
                .containsExactly(at("2026-03-28T01:30:00Z"), at("2026-03-29T01:00:00Z"), at("2026-03-30T00:30:00Z"));
    }

    @Test
    void aNightlyRunInTheHourThatComesTwiceHappensOnce() {
        assertThat(daily("2026-10-24T02:30").next(at("2026-10-23T12:00:00Z"), 3))
                .containsExactly(at("2026-10-24T00:30:00Z"), at("2026-10-25T00:30:00Z"), at("2026-10-26T01:30:00Z"));
        assertThat(cron("30 2 * * *").next(at("2026-10-25T00:30:00Z"), 1)).containsExactly(at("2026-10-26T01:30:00Z"));
    }

    @Test
    void severalTimesInTheHourThatIsLeftOutAreOneRun() {
        assertThat(cron("*/20 * * * *").next(at("2026-03-29T00:30:00Z"), 4))
                .containsExactly(
                        at("2026-03-29T00:40:00Z"),
                        at("2026-03-29T01:00:00Z"),
                        at("2026-03-29T01:20:00Z"),
                        at("2026-03-29T01:40:00Z"));
    }

    @Test
    void aSingleOccurrenceIsDueOnceAndThenNeverMore() {
        Schedule once = new SingleOccurrence(LocalDateTime.parse("2026-12-01T02:00"), BERLIN);

        assertThat(once.next(at("2026-11-30T00:00:00Z"), 5)).containsExactly(at("2026-12-01T01:00:00Z"));
        assertThat(once.next(at("2026-12-01T01:00:00Z"))).isEmpty();
        assertThat(once.dueAt(at("2026-12-01T01:00:00Z"))).isTrue();
        assertThat(once.dueAt(at("2026-12-01T01:01:00Z"))).isFalse();
    }

    @Test
    void bothEndsOfAPeriodBelongToIt() {
        Schedule days = new Recurring(
                NEW_YEAR,
                Optional.of(LocalDateTime.parse("2026-01-05T00:00")),
                new Every(2, Unit.DAYS),
                ZoneOffset.UTC);

        assertThat(days.next(at("2025-06-01T00:00:00Z"), 9))
                .containsExactly(at("2026-01-01T00:00:00Z"), at("2026-01-03T00:00:00Z"), at("2026-01-05T00:00:00Z"));
    }

    @Test
    void whatCannotBeAScheduleIsRefusedWithTheReason() {
        for (String wrong : List.of("", "-", "0 2 * *", "61 * * * *", "0 0 30 2 *", "@daily", "0 9 L * *")) {
            assertThatThrownBy(() -> new Cron(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cron expression");
        }
        assertThatThrownBy(() -> new Every(0, Unit.DAYS)).hasMessageContaining("1 to 1,000");
        assertThatThrownBy(() ->
                        new Recurring(NEW_YEAR, Optional.of(NEW_YEAR.minusDays(1)), new Every(1, Unit.DAYS), BERLIN))
                .hasMessageContaining("before the start");
    }

    @Property(tries = 300)
    void nextIsTheFirstOfAllLocalTimesThatComeAfter(
            @ForAll("zones") ZoneId zone,
            @ForAll("aroundAChange") LocalDateTime start,
            @ForAll @IntRange(min = 0, max = 10 * 24 * 60) int minutesLater,
            @ForAll @IntRange(min = 1, max = 3) int count) {
        Instant after = reference(start, zone).plus(Duration.ofMinutes(minutesLater));
        TreeSet<Instant> all = new TreeSet<>();
        for (int step = 0; step < 30; step++) {
            all.add(reference(start.plusDays((long) step * count), zone));
        }

        assertThat(new Recurring(start, Optional.empty(), new Every(count, Unit.DAYS), zone).next(after, 5))
                .isEqualTo(all.tailSet(after, false).stream().limit(5).toList());
    }

    @Property(tries = 200)
    void cronIsDueAtEveryLocalTimeThatFitsAndOnlyThen(
            @ForAll("zones") ZoneId zone,
            @ForAll("aroundAChange") LocalDateTime start,
            @ForAll @IntRange(min = 0, max = 59) int minute,
            @ForAll @IntRange(min = 1, max = 6) int everyHours,
            @ForAll @IntRange(min = 0, max = 3 * 24 * 60) int minutesLater) {
        Instant first = reference(start, zone);
        Instant after = first.plus(Duration.ofMinutes(minutesLater));
        TreeSet<Instant> all = new TreeSet<>();
        LocalDateTime day = start.toLocalDate().minusDays(1).atStartOfDay();
        for (int hour = 0; hour < 24 * 10; hour++) {
            LocalDateTime time = day.plusHours(hour).plusMinutes(minute);
            if (time.getHour() % everyHours == 0) {
                all.add(reference(time, zone));
            }
        }

        assertThat(new Recurring(start, Optional.empty(), new Cron(minute + " */" + everyHours + " * * *"), zone)
                        .next(after, 5))
                .isEqualTo(all.tailSet(after, false).stream().limit(5).toList());
    }

    @Property(tries = 200)
    void hoursPassEvenlyWhateverTheClocksDo(
            @ForAll("zones") ZoneId zone,
            @ForAll("aroundAChange") LocalDateTime start,
            @ForAll @IntRange(min = 1, max = 50) int count) {
        Schedule hours = new Recurring(start, Optional.empty(), new Every(count, Unit.HOURS), zone);
        Instant first = reference(start, zone);

        List<Instant> due = hours.next(first.minusSeconds(1), 20);

        for (int index = 0; index < due.size(); index++) {
            assertThat(due.get(index)).isEqualTo(first.plus(Duration.ofHours((long) index * count)));
        }
    }

    /** Said by java.time alone: a time in a gap is the first valid one after it, of two the first counts. */
    private static Instant reference(LocalDateTime time, ZoneId zone) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (offsets.isEmpty()) {
            ZoneOffsetTransition change = zone.getRules().getTransition(time);
            return change.getDateTimeAfter().toInstant(change.getOffsetAfter());
        }
        return offsets.stream().map(time::toInstant).min(Instant::compareTo).orElseThrow();
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        // Half an hour, a change at midnight, one of the southern half, and one that never changes.
        return Arbitraries.of(
                        "Europe/Berlin",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "America/Santiago",
                        "Africa/Cairo",
                        "UTC")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<LocalDateTime> aroundAChange() {
        return Arbitraries.of(
                        "2026-03-29",
                        "2026-10-25",
                        "2026-03-08",
                        "2026-11-01",
                        "2026-04-05",
                        "2026-10-04",
                        "2026-09-06",
                        "2026-04-24",
                        "2026-10-30")
                .flatMap(day -> Arbitraries.integers()
                        .between(-5 * 24 * 60, 2 * 24 * 60)
                        .map(minutes -> LocalDateTime.parse(day + "T00:00").plusMinutes(minutes)));
    }

    private static Schedule daily(String start) {
        return new Recurring(LocalDateTime.parse(start), Optional.empty(), new Every(1, Unit.DAYS), BERLIN);
    }

    private static Schedule cron(String expression) {
        return new Recurring(NEW_YEAR, Optional.empty(), new Cron(expression), BERLIN);
    }

    private static Instant at(String instant) {
        return Instant.parse(instant);
    }
}
