// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes all rows of a query, one after the other, on the thread that asked. Whatever it throws ends the reading and reaches
 * the asker. While it works, a read-only transaction is open; so it should not dawdle.
 */
@FunctionalInterface
public interface RowSink<R> {

    /**
     * Called once, before the first row, when it is sure that the query can be answered; also if there are no rows.
     *
     * @param asOf the moment whose state the rows show; empty for the present
     */
    default void begin(Optional<Instant> asOf) throws IOException {}

    /** Takes the next row. */
    void row(R row) throws IOException;
}
