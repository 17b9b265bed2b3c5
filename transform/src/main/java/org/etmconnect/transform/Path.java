// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A path of a transform map: names between dots, each followed by {@code []} where it means each element. */
record Path(List<Segment> segments) {

    record Segment(String name, boolean each) {
        @Override
        public String toString() {
            return each ? name + "[]" : name;
        }
    }

    Path {
        segments = List.copyOf(segments);
    }

    /** Empty if the text is not a path. */
    static Optional<Path> parse(String text) {
        List<Segment> segments = new ArrayList<>();
        for (String part : text.split("\\.", -1)) {
            boolean each = part.endsWith("[]");
            String name = each ? part.substring(0, part.length() - 2) : part;
            if (name.isEmpty() || !name.equals(name.strip()) || name.indexOf('[') >= 0 || name.indexOf(']') >= 0) {
                return Optional.empty();
            }
            segments.add(new Segment(name, each));
        }
        return Optional.of(new Path(segments));
    }

    int size() {
        return segments.size();
    }

    Segment get(int index) {
        return segments.get(index);
    }

    Segment last() {
        return segments.getLast();
    }

    @Override
    public String toString() {
        return segments.stream().map(Segment::toString).collect(Collectors.joining("."));
    }
}
