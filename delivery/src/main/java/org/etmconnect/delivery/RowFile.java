// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.io.IOException;

/** A file that rows are written into one after the other. Used by one thread. */
public interface RowFile<R> extends AutoCloseable {

    /** Writes the next row. */
    void row(R row) throws IOException;

    /** Writes the end, without which the file is not whole. */
    void finish() throws IOException;

    /** Lets go of what helped to write it; the stream that it was written to stays open. */
    @Override
    default void close() throws IOException {}
}
