// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.quarantine;

import java.util.Optional;

/**
 * Something that could not be used.
 *
 * @param stage what it is
 * @param stream the stream it came by; empty if it came by none in particular
 * @param page key of the page it came in; empty if unknown
 * @param row its number within the page, from 1; 0 if unknown
 * @param nativeKey the host's key, if known
 * @param findingKey the finding's key, if it is one and the key is known
 * @param reason what is wrong, a sentence or more
 * @param sourceText the row or record as the vendor sent it, cut at 8,192 characters
 */
public record Quarantined(
        Stage stage,
        String stream,
        String page,
        long row,
        Optional<String> nativeKey,
        Optional<String> findingKey,
        String reason,
        String sourceText) {

    /** What was put into quarantine. */
    public enum Stage {
        /** A row of the vendor's answer that cannot be read. */
        READ,
        /** A host that cannot be mapped. */
        RECORD,
        /** A finding that cannot be mapped. */
        FINDING
    }
}
