// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Set;

/**
 * One fetch of a connection's data: splits, each with a cursor that says where to go on, read by polling the vendor.
 *
 * <p>The cursor of a split is what it has stored: {@link #read} passes over pages that {@code stored} already holds, so a
 * fetch that was cut off goes on where it was by being opened again over the same pages. {@link #read} may be called for
 * several splits at once, from several threads; {@link #plan} is never called while another {@code plan} runs.
 */
public interface SourceFetch extends AutoCloseable {

    /**
     * The splits that can be started now. Called at the beginning and whenever a split has ended; what comes back may
     * depend on what is stored by then. The fetch is over when nothing is running and this returns nothing.
     *
     * @param stored the pages stored so far
     * @param started the ids of all splits handed out before in this process
     */
    List<Split> plan(StoredPages stored, Set<String> started);

    /**
     * Reads one split to its end, page by page.
     *
     * @throws InterruptedException if the thread was interrupted; pages committed so far stay
     */
    SplitOutcome read(Split split, StoredPages stored, PageSink sink) throws InterruptedException;

    /** Whether the stored pages are provably everything the vendor has. Reads facts only, sends nothing. */
    Completeness completeness(StoredPages stored);

    /** Frees connections. */
    @Override
    void close();
}
