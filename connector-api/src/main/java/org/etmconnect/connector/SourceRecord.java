// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import tools.jackson.databind.node.ObjectNode;

/**
 * What one connection says of one host.
 *
 * @param nativeKey the vendor's own key of the host; not blank
 * @param document the host's fields as its source model names them, without the shared array
 * @param sharedItems indices into {@link SourceRecords}' shared items, ascending, without doubles: the elements of the
 *     host's shared array. Not copied; nobody changes it.
 * @param sharedItemsKnown whether the host is known to have these and no others; if not, they are a guess
 */
@SuppressWarnings("ArrayRecordComponent") // millions of them: an int[] is the point
public record SourceRecord(String nativeKey, ObjectNode document, int[] sharedItems, boolean sharedItemsKnown) {

    /** With items that are known. */
    public SourceRecord(String nativeKey, ObjectNode document, int[] sharedItems) {
        this(nativeKey, document, sharedItems, true);
    }
}
