// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;

/** What came of reading a transform map's text. */
public sealed interface MapReading {

    /** The text is a transform map. Whether it fits its models is for {@link TransformPlan#compile} to say. */
    record Read(TransformMap map) implements MapReading {}

    /**
     * The text is not a transform map.
     *
     * @param problems at least one, each with its place where the text has one
     */
    record Unreadable(List<MapProblem> problems) implements MapReading {
        public Unreadable {
            problems = List.copyOf(problems);
        }
    }
}
