// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Some records of a stream as the vendor sent them, from which its shape is learned.
 *
 * @param stream e.g. {@code va_cves}
 * @param path where such a record stands in the source model, e.g. {@code cves[]}; empty if it is the document itself
 * @param whole whether these are all records of the stream
 * @param usedUp fields that the connector reads itself and that are no fields of the source model
 * @param records the records; of long lists their first elements only. Not copied; nobody changes them
 */
public record RawSample(String stream, String path, boolean whole, Set<String> usedUp, List<ObjectNode> records) {

    public RawSample {
        usedUp = Set.copyOf(usedUp);
    }
}
