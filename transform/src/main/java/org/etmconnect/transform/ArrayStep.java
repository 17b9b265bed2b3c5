// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Fills in a target array: the groups append their elements one after the other. */
final class ArrayStep implements Step {

    private final String field;
    private final ElementList.Kind kind;
    private final List<Group> groups;

    ArrayStep(String field, ElementList.Kind kind, List<Group> groups) {
        this.field = field;
        this.kind = kind;
        this.groups = groups;
    }

    @Override
    public void apply(Run run, ObjectNode into) {
        ElementList elements = new ElementList(kind, run.trace);
        for (Group group : groups) {
            group.forEach(run, (source, element) -> elements.add(element));
        }
        if (!elements.isEmpty()) {
            into.set(field, elements.toArray());
        }
    }
}
