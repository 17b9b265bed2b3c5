// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.RunOrDate;

/**
 * How all rows of anything are read: a cursor gives their ids, and what is shown of them is read batch by batch, in the same
 * transaction. So memory is the same for ten rows and ten million, and no row is missing or twice.
 */
final class Streaming {

    private static final int BATCH = 2_000;

    /** What is to be read: a statement that gives the ids. */
    interface Selection {
        Sql in(ReadSession session, Moment moment) throws SQLException;
    }

    private final DataSource source;
    private final InstantSource clock;
    private final Duration limit;
    private long given;

    /** @param limit how long the database may take for one batch; how long the sink takes is not counted */
    Streaming(DataSource source, InstantSource clock, Duration limit) {
        this.source = source;
        this.clock = clock;
        this.limit = limit;
    }

    <F extends Paging.Keyed, R> StreamOutcome stream(
            Optional<RunOrDate> asOf,
            Selection selection,
            ReadSession.RowReader<F> id,
            Paging.Reader<F, R> reader,
            RowSink<R> sink)
            throws IOException {
        try {
            return ReadSession.<StreamOutcome>read(source, limit, session -> {
                        Moment moment = Moment.of(session, asOf, clock.instant());
                        Optional<Instant> at = asOf.map(point -> moment.now());
                        session.inBatches(selection.in(session, moment), BATCH, id, found -> {
                            List<R> rows = reader.read(session, moment.view(), found);
                            hand(rows, at, sink);
                        });
                        if (given == 0) {
                            hand(List.of(), at, sink);
                        }
                        return new StreamOutcome.Streamed(given);
                    })
                    .orElseGet(() -> new StreamOutcome.TimedOut(limit, given));
        } catch (UnknownMoment unknown) {
            return new StreamOutcome.Refused(unknown.reason());
        } catch (UncheckedIOException ofSink) {
            throw ofSink.getCause();
        }
    }

    private <R> void hand(List<R> rows, Optional<Instant> asOf, RowSink<R> sink) {
        try {
            if (given == 0) {
                sink.begin(asOf);
            }
            for (R row : rows) {
                sink.row(row);
                given++;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
