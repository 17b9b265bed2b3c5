// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.RunOrDate;

/** How a list of anything is read page by page: from a cursor, one row more than is shown, to the next cursor. */
record Paging(DataSource source, InstantSource clock, Duration limit) {

    /** A row that was found, with its sort keys. */
    interface Keyed {
        List<Object> keys();
    }

    /** Finds at most {@code wanted} rows behind a cursor. */
    interface Finder<F extends Keyed> {
        List<F> find(ReadSession session, View view, Cursor from, int wanted) throws SQLException;
    }

    /** Reads what is shown of the rows found. */
    interface Reader<F extends Keyed, R> {
        List<R> read(ReadSession session, View view, List<F> found) throws SQLException;
    }

    /**
     * @param list names the query and its order: a cursor belongs to one list
     * @param asOf the point whose state is read; empty for the present
     */
    <F extends Keyed, R> SearchOutcome<R> page(
            String list,
            Optional<RunOrDate> asOf,
            Optional<String> cursor,
            int rows,
            Finder<F> finder,
            Reader<F, R> reader) {
        Optional<Cursor> given = cursor.flatMap(text -> Cursor.decode(text, list));
        if (cursor.isPresent() && given.isEmpty()) {
            return new SearchOutcome.BadCursor<>(Limits.BAD_CURSOR);
        }
        try {
            return ReadSession.read(source, limit, session -> {
                        // later pages show the state of the first, whatever has finished since
                        Moment moment = given.isPresent()
                                ? Moment.again(session, asOf, given.get().now())
                                : Moment.of(session, asOf, clock.instant());
                        Cursor from = given.orElseGet(() -> new Cursor(moment.now(), List.of()));
                        List<F> found = finder.find(session, moment.view(), from, rows + 1);
                        List<F> shown = found.subList(0, Math.min(rows, found.size()));
                        Optional<String> next = found.size() > rows
                                ? Optional.of(
                                        new Cursor(from.now(), shown.getLast().keys()).encode(list))
                                : Optional.empty();
                        return new Page<>(
                                reader.read(session, moment.view(), shown), next, asOf.map(point -> moment.now()));
                    })
                    .<SearchOutcome<R>>map(SearchOutcome.Found::new)
                    .orElseGet(() -> new SearchOutcome.TimedOut<>(limit));
        } catch (UnknownMoment unknown) {
            return new SearchOutcome.Refused<>(unknown.reason());
        }
    }
}
