// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.io.OutputStream;
import java.util.Map;

/** Writes one page. Used by one thread. */
public interface PageWriter extends AutoCloseable {

    /** Takes the vendor's bytes, before compression. */
    OutputStream body();

    /**
     * Makes the page durable and visible.
     *
     * @param rows how many rows it holds
     * @param facts what to note of it
     */
    void commit(long rows, Map<String, String> facts);

    /** Discards the page if it was not committed. */
    @Override
    void close();
}
