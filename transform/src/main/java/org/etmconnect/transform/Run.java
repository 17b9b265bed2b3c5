// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The state of one application of a plan. Used by one thread, thrown away afterwards. */
final class Run {

    /** Frame 0 is the record; each array that the rows go through adds one, its current element. */
    final JsonNode[] frames;

    final @Nullable Trace trace;
    /** Where the frames' nodes stand in the source; filled only for a trace. */
    private final String[] places;

    private final CelValues.ObjectView record;
    private @Nullable List<ConversionProblem> problems;

    Run(int depth, JsonNode record, CelValues.ObjectView recordView, @Nullable Trace trace) {
        this.frames = new JsonNode[depth];
        this.places = trace == null ? NO_PLACES : new String[depth];
        for (int i = 1; i < depth; i++) {
            frames[i] = MissingNode.getInstance();
        }
        frames[0] = record;
        this.record = recordView;
        this.trace = trace;
    }

    private static final String[] NO_PLACES = new String[0];

    CelValues.ObjectView recordView() {
        return record;
    }

    void enter(int frame, JsonNode element, String list, int parent, int index) {
        frames[frame] = element;
        if (trace != null) {
            places[frame] = place(parent, list) + (index < 0 ? "" : "[" + index + "]");
        }
    }

    /** The place of what stands at {@code path} below a frame; only for a trace. */
    String place(int frame, String path) {
        String start = frame == 0 ? "" : places[frame];
        return start.isEmpty() || path.isEmpty() ? start + path : start + "." + path;
    }

    void fail(ConversionProblem problem) {
        if (problems == null) {
            problems = new ArrayList<>(2);
        }
        problems.add(problem);
    }

    /** What went wrong since the last call; usually nothing. */
    List<ConversionProblem> takeProblems() {
        List<ConversionProblem> taken = problems == null ? List.of() : problems;
        problems = null;
        return taken;
    }
}
