// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rows that make elements of one target array from one source array, or from single values of the source. */
final class Group {

    private final @Nullable SourcePath list;
    private final String listText;
    private final int parentFrame;
    private final int elementFrame;
    private final Step[] steps;

    /**
     * @param list path of the source array below {@code parentFrame}; null if the rows read single values
     */
    Group(@Nullable Path list, int parentFrame, int elementFrame, Step[] steps) {
        this.list = list == null ? null : new SourcePath(list.segments());
        this.listText = list == null ? "" : withoutLastMark(list.toString());
        this.parentFrame = parentFrame;
        this.elementFrame = elementFrame;
        this.steps = steps;
    }

    private static String withoutLastMark(String path) {
        return path.endsWith("[]") ? path.substring(0, path.length() - 2) : path;
    }

    /** Makes the elements in order; {@code made} is given each with the source element it comes from. */
    void forEach(Run run, BiConsumer<JsonNode, ObjectNode> made) {
        if (list == null) {
            made.accept(run.frames[parentFrame], Step.build(steps, run));
            return;
        }
        JsonNode source = list.read(run.frames[parentFrame]);
        if (source == null || Conversion.isAbsent(source)) {
            return;
        }
        if (source.isArray()) {
            for (int i = 0; i < source.size(); i++) {
                JsonNode element = source.path(i);
                run.enter(elementFrame, element, listText, parentFrame, i);
                made.accept(element, Step.build(steps, run));
            }
        } else {
            // A single value where the model has a list is a list of one.
            run.enter(elementFrame, source, listText, parentFrame, -1);
            made.accept(source, Step.build(steps, run));
        }
    }

    /** Makes the element of a source element that is not read from a list. */
    ObjectNode element(Run run, JsonNode element) {
        run.enter(elementFrame, element, listText, parentFrame, -1);
        return Step.build(steps, run);
    }

    /** The place of the source element at hand; only for a trace. */
    String place(Run run) {
        return list == null ? "" : run.place(elementFrame, "");
    }
}
