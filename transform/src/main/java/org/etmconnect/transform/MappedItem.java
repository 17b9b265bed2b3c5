// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What a map made of one element of the shared array (or of another array that makes findings). */
public sealed interface MappedItem {

    /**
     * A finding.
     *
     * @param key its {@code externalFindingId}; not empty, unique only within one source record
     * @param finding as an element of the target's {@code finding[]}; the caller owns it
     */
    record Mapped(String key, ObjectNode finding) implements MappedItem {}

    /**
     * The item makes no finding.
     *
     * @param key its {@code externalFindingId}, if that could be made
     * @param problems at least one
     */
    record Rejected(Optional<String> key, List<ConversionProblem> problems) implements MappedItem {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
