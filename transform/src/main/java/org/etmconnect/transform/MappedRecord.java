// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a map made of one host, apart from its findings. */
public sealed interface MappedRecord {

    /**
     * A host asset.
     *
     * @param nativeKey its {@code externalAssetId}; not empty
     * @param asset the target document without {@code finding}; the caller owns it
     */
    record Mapped(String nativeKey, ObjectNode asset) implements MappedRecord {}

    /**
     * The record cannot be used.
     *
     * @param problems at least one
     */
    record Rejected(List<ConversionProblem> problems) implements MappedRecord {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
