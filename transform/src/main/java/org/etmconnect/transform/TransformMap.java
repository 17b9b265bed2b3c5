// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;

/**
 * A mapping from a source to a target data model, row by row.
 *
 * @param name what people call it
 * @param description one or two sentences; empty if there is nothing to say
 * @param source name of the source data model
 * @param target name of the target data model
 * @param rows in their order; problems count them from 1
 */
public record TransformMap(String name, String description, String source, String target, List<MapRow> rows) {

    public TransformMap {
        rows = List.copyOf(rows);
    }
}
