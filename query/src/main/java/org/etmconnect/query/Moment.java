// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.etmconnect.query.syntax.DateValue;
import org.etmconnect.query.syntax.RunOrDate;

/**
 * When a query asks.
 *
 * @param now what "now" is in it, to the microsecond: of a past state, that time
 * @param view the state it reads
 */
record Moment(Instant now, View view) {

    /** A point in history, or the present if there is none. */
    static Moment of(ReadSession session, Optional<RunOrDate> point, Instant now) throws SQLException {
        Instant present = now.truncatedTo(ChronoUnit.MICROS);
        return again(session, point, point.isEmpty() ? present : time(session, point.get(), present));
    }

    /** The same moment for a later page. */
    static Moment again(ReadSession session, Optional<RunOrDate> point, Instant now) throws SQLException {
        if (point.isEmpty()) {
            return new Moment(now, View.PRESENT);
        }
        checkKept(session, point.get(), now);
        return new Moment(now, View.at(session, now));
    }

    /** The last instant of a point in history. */
    static Instant time(ReadSession session, RunOrDate point, Instant now) throws SQLException {
        return switch (point) {
            case RunOrDate.Run(int number) -> finish(session, number);
            case RunOrDate.Date(DateValue date) -> {
                if (date.from(now).isAfter(now)) {
                    throw new UnknownMoment(words(point) + " lies in the future. Name a time that has come.");
                }
                Instant last = date.until(now).minus(1, ChronoUnit.MICROS);
                yield last.isAfter(now) ? now : last.truncatedTo(ChronoUnit.MICROS);
            }
        };
    }

    /** Of a state or a period that begins before the history does, what is left would be a wrong answer. */
    static void checkKept(ReadSession session, RunOrDate point, Instant time) throws SQLException {
        Optional<Instant> since = since(session);
        if (since.isPresent() && time.isBefore(since.get())) {
            throw new UnknownMoment(
                    "History is kept since " + since.get() + ", and " + words(point)
                            + " is before. Name a later run or time. (The server's setting keep-history says how long it is kept.)");
        }
    }

    private static Optional<Instant> since(ReadSession session) throws SQLException {
        return session
                .query(Sql.of("select since from kept_history"), row -> row.getObject(1, OffsetDateTime.class))
                .stream()
                .map(OffsetDateTime::toInstant)
                .findFirst();
    }

    private static Instant finish(ReadSession session, int run) throws SQLException {
        List<Optional<Instant>> found = session.query(
                Sql.of("select finished_at from run where run_id = ").bind(run),
                row -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
        if (found.isEmpty()) {
            throw new UnknownMoment("There is no run " + run + ". The list of runs says which there are."
                    + since(session)
                            .map(since -> " Of those before " + since
                                    + " only some are kept; the server's setting keep-history says how long.")
                            .orElse(""));
        }
        return found.getFirst()
                .orElseThrow(() -> new UnknownMoment("Run " + run
                        + " has not finished, so there is no state as of it yet. Wait for its end, or name another."));
    }

    static String words(RunOrDate point) {
        return switch (point) {
            case RunOrDate.Run(int number) -> "Run " + number;
            case RunOrDate.Date(DateValue.Day(var day)) -> day.toString();
            case RunOrDate.Date(DateValue.Moment(Instant instant, boolean _)) -> instant.toString();
            case RunOrDate.Date(DateValue.Ago(int amount, DateValue.Unit unit)) -> "now-" + amount + unit.letter();
        };
    }
}
