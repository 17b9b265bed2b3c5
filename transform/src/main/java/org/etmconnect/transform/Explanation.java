// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How a document came to be, value by value.
 *
 * @param result the document, or why there is none
 * @param origins one for each value of the document, in the document's order; empty if the record was rejected
 * @param dropped the source's values that are not in the document, by row, then those that no row reads
 */
public record Explanation(MappedDocument result, List<Origin> origins, List<Dropped> dropped) {

    public Explanation {
        origins = List.copyOf(origins);
        dropped = List.copyOf(dropped);
    }

    /**
     * Where a value of the document comes from.
     *
     * @param target its place, e.g. {@code networkInterfaces[0].ipAddress}; elements count from 0
     * @param value as it stands in the document
     * @param sources the rows that made it, in the order of the map; more than one where elements became one
     */
    public record Origin(String target, JsonNode value, List<RowSource> sources) {
        public Origin {
            sources = List.copyOf(sources);
        }
    }

    /**
     * A row and the place it took the value from.
     *
     * @param row from 1
     * @param source e.g. {@code allIPs[0]}; elements count from 0
     */
    public record RowSource(int row, String source) {}

    /**
     * A value of the source that is not in the document.
     *
     * @param row the row that read it, from 1; 0 if none did
     * @param source its place, e.g. {@code cves[2].severity}
     * @param value as the source has it
     * @param reason a sentence
     */
    public record Dropped(int row, String source, JsonNode value, String reason) {}
}
