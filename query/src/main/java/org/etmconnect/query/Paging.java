// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** How a list of anything is read page by page: from a cursor, one row more than is shown, to the next cursor. */
record Paging(DataSource source, InstantSource clock, Duration limit) {

    /** A row that was found, with its sort keys. */
    interface Keyed {
        List<Object> keys();
    }

    /** Finds at most {@code wanted} rows behind a cursor. */
    interface Finder<F extends Keyed> {
        List<F> find(ReadSession session, Cursor from, int wanted) throws SQLException;
    }

    /** Reads what is shown of the rows found. */
    interface Reader<F extends Keyed, R> {
        List<R> read(ReadSession session, List<F> found) throws SQLException;
    }

    /** @param list names the query and its order: a cursor belongs to one list */
    <F extends Keyed, R> SearchOutcome<R> page(
            String list, Optional<String> cursor, int rows, Finder<F> finder, Reader<F, R> reader) {
        Optional<Cursor> from = cursor.isPresent()
                ? Cursor.decode(cursor.get(), list)
                : Optional.of(new Cursor(clock.instant().truncatedTo(ChronoUnit.MICROS), List.of()));
        if (from.isEmpty()) {
            return new SearchOutcome.BadCursor<>(Limits.BAD_CURSOR);
        }
        return ReadSession.read(source, limit, session -> {
                    List<F> found = finder.find(session, from.get(), rows + 1);
                    List<F> shown = found.subList(0, Math.min(rows, found.size()));
                    Optional<String> next = found.size() > rows
                            ? Optional.of(
                                    new Cursor(from.get().now(), shown.getLast().keys()).encode(list))
                            : Optional.empty();
                    return new Page<>(reader.read(session, shown), next);
                })
                .<SearchOutcome<R>>map(SearchOutcome.Found::new)
                .orElseGet(() -> new SearchOutcome.TimedOut<>(limit));
    }
}
