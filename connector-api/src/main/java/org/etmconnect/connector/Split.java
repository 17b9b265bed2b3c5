// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.Map;

/**
 * A part of a fetch that is read by one thread, in order, beside others.
 *
 * @param id unique within a fetch, stable over restarts, e.g. {@code endpoints/0-2000}
 * @param stream the stream its pages belong to, e.g. {@code endpoints}
 * @param parameters what the connector needs to read it
 */
public record Split(String id, String stream, Map<String, String> parameters) {

    public Split {
        parameters = Map.copyOf(parameters);
    }
}
