// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.Iterator;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A snapshot read as source records: hosts, each with the shared items (say, CVEs) that it has. Items are the elements
 * of an array of the source model; since many hosts have the same ones, they are held once and referred to by index.
 * Used by one thread at a time.
 */
public interface SourceRecords extends AutoCloseable {

    /** The field of the source model whose elements are shared, e.g. {@code cves}. */
    String sharedArray();

    /**
     * Whether the snapshot says which shared items the hosts have. If not (that part was not asked for, or could not be
     * fetched), what a host has is unknown, which is not the same as nothing.
     */
    boolean sharedItemsKnown();

    /** How many shared items there are. */
    int sharedItemCount();

    /** The item {@code index}, from 0, as an element of the shared array. A new object at each call. */
    ObjectNode sharedItem(int index);

    /** How many hosts the snapshot holds, rejected rows included; an upper bound while rows may be rejected. */
    long recordCount();

    /** The hosts, in the order of their pages. Can be called again for another pass. Each native key comes once. */
    Iterator<SourceRecord> records();

    /** The host with this native key, if the snapshot has it. Reads at most a page. */
    Optional<SourceRecord> find(String nativeKey);

    /** Frees memory and spill files. */
    @Override
    void close();
}
