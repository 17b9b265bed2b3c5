// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A part of a plan: fills in one field of an object of the target. */
sealed interface Step permits Step.Nested, LeafStep, ArrayStep {

    void apply(Run run, ObjectNode into);

    static ObjectNode build(Step[] steps, Run run) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Step step : steps) {
            step.apply(run, object);
        }
        return object;
    }

    /** An object within an object; left out if nothing is in it. */
    final class Nested implements Step {
        private final String field;
        private final Step[] steps;

        Nested(String field, Step[] steps) {
            this.field = field;
            this.steps = steps;
        }

        @Override
        public void apply(Run run, ObjectNode into) {
            ObjectNode object = build(steps, run);
            if (!object.isEmpty()) {
                into.set(field, object);
            }
        }
    }
}
