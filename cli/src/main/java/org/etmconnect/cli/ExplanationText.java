// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.transform.Explanation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An explanation as people and programs read it. */
final class ExplanationText {

    private static final int WIDEST_VALUE = 60;

    private ExplanationText() {}

    static ObjectNode json(Explanation explanation, Optional<ObjectNode> document) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        document.ifPresent(node -> root.set("document", node));
        ArrayNode values = root.putArray("values");
        for (Explanation.Origin origin : explanation.origins()) {
            ObjectNode value = values.addObject();
            value.put("target", origin.target());
            value.set("value", origin.value());
            ArrayNode sources = value.putArray("rows");
            for (Explanation.RowSource source : origin.sources()) {
                sources.addObject().put("row", source.row()).put("source", source.source());
            }
        }
        ArrayNode dropped = root.putArray("dropped");
        for (Explanation.Dropped drop : explanation.dropped()) {
            ObjectNode value = dropped.addObject();
            if (drop.row() > 0) {
                value.put("row", drop.row());
            }
            value.put("source", drop.source());
            value.set("value", drop.value());
            value.put("reason", drop.reason());
        }
        return root;
    }

    /** A table of an explanation in the form of {@link #json}. */
    static List<String> table(JsonNode explanation, boolean withRows) {
        List<List<String>> made = new ArrayList<>();
        made.add(withRows ? List.of("TARGET", "VALUE", "FROM") : List.of("TARGET", "VALUE"));
        for (JsonNode origin : explanation.path("values")) {
            String target = origin.path("target").asString();
            String value = value(origin.path("value"));
            String from = origin.path("rows")
                    .valueStream()
                    .map(source -> "row " + source.path("row").asInt() + ": "
                            + source.path("source").asString())
                    .collect(Collectors.joining(", "));
            made.add(withRows ? List.of(target, value, from) : List.of(target, value));
        }
        List<String> lines = new ArrayList<>(aligned(made));
        if (withRows && !explanation.path("dropped").isEmpty()) {
            List<List<String>> dropped = new ArrayList<>();
            dropped.add(List.of("LEFT OUT", "VALUE", "ROW", "REASON"));
            for (JsonNode drop : explanation.path("dropped")) {
                dropped.add(List.of(
                        drop.path("source").asString(),
                        value(drop.path("value")),
                        drop.path("row").asString("-"),
                        drop.path("reason").asString()));
            }
            lines.add("");
            lines.addAll(aligned(dropped));
        }
        return lines;
    }

    /** Why a value could not be converted, in one line. */
    static String problem(JsonNode problem) {
        String value = problem.path("value").asString("");
        return Output.printable("row " + problem.path("row").asInt() + ", "
                + problem.path("source").asString() + " -> "
                + problem.path("target").asString() + (value.isEmpty() ? "" : ", value " + value) + ": "
                + problem.path("reason").asString());
    }

    private static String value(JsonNode node) {
        String text = node.isString() ? node.stringValue() : node.toString();
        // A vendor's text must not move the cursor of the terminal that shows it.
        String clean = text.replaceAll("\\p{Cntrl}", " ");
        return clean.length() <= WIDEST_VALUE ? clean : clean.substring(0, WIDEST_VALUE - 1) + "…";
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < columns; i++) {
                        String cell = row.get(i);
                        line.append(cell);
                        if (i < columns - 1) {
                            line.append(" ".repeat(widths[i] - cell.length() + 2));
                        }
                    }
                    return line.toString();
                })
                .toList();
    }
}
