// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.time.Instant;
import java.util.Map;

/**
 * One stored answer of the vendor.
 *
 * @param stream e.g. {@code endpoints}
 * @param key unique within its stream; pages of a stream are ordered by it as text
 * @param request the body that was sent, without credentials
 * @param rows how many rows it holds
 * @param bytes its length before compression
 * @param sha256 of its bytes before compression, lower-case hex
 * @param fetchedAt when its last byte was read
 * @param facts what the connector noted of it, e.g. the vendor's own count
 */
public record StoredPage(
        String stream,
        String key,
        String request,
        long rows,
        long bytes,
        String sha256,
        Instant fetchedAt,
        Map<String, String> facts) {

    public StoredPage {
        facts = Map.copyOf(facts);
    }
}
