// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is different between two transform maps. Rows are the same row if they fill the same target; their order alone is
 * no difference.
 *
 * @param head what differs of name, description, source and target
 * @param rows the rows that differ: first those of the later map in its order, then those that only the earlier has
 */
public record MapDiff(List<HeadChange> head, List<RowChange> rows) {

    private static final int LINES_AROUND = 3;

    public MapDiff {
        head = List.copyOf(head);
        rows = List.copyOf(rows);
    }

    /**
     * A part of the map's head that differs.
     *
     * @param field {@code name}, {@code description}, {@code source} or {@code target}
     */
    public record HeadChange(String field, String before, String after) {}

    /** A row with its number, from 1. */
    public record NumberedRow(int number, MapRow row) {}

    /** One row that differs. */
    public sealed interface RowChange {

        /** The later map has it alone. */
        record Added(NumberedRow after) implements RowChange {}

        /** The earlier map has it alone. */
        record Removed(NumberedRow before) implements RowChange {}

        /** Both have a row into the target, and they differ. */
        record Changed(NumberedRow before, NumberedRow after) implements RowChange {}
    }

    /** Compares two maps. */
    public static MapDiff of(TransformMap before, TransformMap after) {
        List<HeadChange> head = new ArrayList<>();
        head(head, "name", before.name(), after.name());
        head(head, "description", before.description(), after.description());
        head(head, "source", before.source(), after.source());
        head(head, "target", before.target(), after.target());

        Map<String, List<NumberedRow>> earlier = new HashMap<>();
        numbered(before)
                .forEach(row -> earlier.computeIfAbsent(row.row().target(), target -> new ArrayList<>())
                        .add(row));
        List<RowChange> rows = new ArrayList<>();
        for (NumberedRow row : numbered(after)) {
            List<NumberedRow> same = earlier.getOrDefault(row.row().target(), List.of());
            if (same.isEmpty()) {
                rows.add(new RowChange.Added(row));
            } else if (!same.getFirst().row().equals(row.row())) {
                rows.add(new RowChange.Changed(same.removeFirst(), row));
            } else {
                same.removeFirst();
            }
        }
        numbered(before).stream()
                .filter(row ->
                        earlier.getOrDefault(row.row().target(), List.of()).contains(row))
                .forEach(row -> rows.add(new RowChange.Removed(row)));
        return new MapDiff(head, rows);
    }

    private static void head(List<HeadChange> changes, String field, String before, String after) {
        if (!before.equals(after)) {
            changes.add(new HeadChange(field, before, after));
        }
    }

    private static List<NumberedRow> numbered(TransformMap map) {
        List<NumberedRow> rows = new ArrayList<>();
        map.rows().forEach(row -> rows.add(new NumberedRow(rows.size() + 1, row)));
        return rows;
    }

    /**
     * Two texts as a unified diff; empty if they are equal.
     *
     * @param before what the earlier text is called
     * @param after what the later text is called
     */
    public static String text(String before, String earlier, String after, String later) {
        List<String> earlierLines = earlier.lines().toList();
        return Optional.of(UnifiedDiffUtils.generateUnifiedDiff(
                        before,
                        after,
                        earlierLines,
                        DiffUtils.diff(earlierLines, later.lines().toList()),
                        LINES_AROUND))
                .filter(lines -> !lines.isEmpty())
                .map(lines -> String.join("\n", lines) + "\n")
                .orElse("");
    }
}
