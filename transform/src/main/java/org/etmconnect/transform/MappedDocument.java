// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a map made of one whole source record, findings included. */
public sealed interface MappedDocument {

    /**
     * The target document.
     *
     * @param nativeKey its {@code externalAssetId}; not empty
     * @param document with {@code finding}, if the record has any; the caller owns it
     * @param droppedFindings the items that made no finding, in their order
     */
    record Mapped(String nativeKey, ObjectNode document, List<MappedItem.Rejected> droppedFindings)
            implements MappedDocument {
        public Mapped {
            droppedFindings = List.copyOf(droppedFindings);
        }
    }

    /**
     * The record cannot be used.
     *
     * @param problems at least one
     */
    record Rejected(List<ConversionProblem> problems) implements MappedDocument {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
