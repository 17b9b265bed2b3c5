// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;

/** What came of checking a transform map against its models. */
public sealed interface Compilation {

    /** Everything found, errors first, each kind by row. */
    List<MapProblem> problems();

    /**
     * The map can be used.
     *
     * @param plan does what the map says
     * @param problems warnings only, e.g. that findings depend on the record
     */
    record Compiled(TransformPlan plan, List<MapProblem> problems) implements Compilation {
        public Compiled {
            problems = List.copyOf(problems);
        }
    }

    /**
     * The map cannot be used.
     *
     * @param problems at least one error
     */
    record Refused(List<MapProblem> problems) implements Compilation {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
