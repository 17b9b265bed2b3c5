// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.etmconnect.transform.LocatedYaml.Entry;
import org.etmconnect.transform.LocatedYaml.Mapping;
import org.etmconnect.transform.LocatedYaml.Node;
import org.etmconnect.transform.LocatedYaml.Scalar;
import org.etmconnect.transform.LocatedYaml.Sequence;
import org.etmconnect.transform.MapProblem.Place;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** The text form of a transform map. Stateless. */
public final class MapYaml {

    private static final int LONGEST_TEXT = 1 << 20;
    private static final int MOST_ROWS = 2_000;
    private static final Set<String> MAP_KEYS = Set.of("name", "description", "source", "target", "rows");
    private static final Set<String> ROW_KEYS =
            Set.of("source", "target", "values", "otherwise", "expression", "identifier");

    private static final YAMLMapper WRITER = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .disable(YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();

    private final List<MapProblem> problems = new ArrayList<>();

    private MapYaml() {}

    /**
     * Reads a map. Never throws for what the text says: unknown keys, wrong types and broken YAML are problems with line and
     * column.
     *
     * @param yaml at most 1 MiB of text
     */
    public static MapReading read(String yaml) {
        if (yaml.length() > LONGEST_TEXT) {
            return new MapReading.Unreadable(List.of(
                    MapProblem.error(0, "map", "The text is longer than 1 MiB; a transform map is a few kilobytes.")));
        }
        MapYaml reader = new MapYaml();
        try {
            Optional<TransformMap> map = reader.map(LocatedYaml.read(yaml));
            if (map.isPresent() && reader.problems.isEmpty()) {
                return new MapReading.Read(map.get());
            }
        } catch (LocatedYaml.Unreadable e) {
            MapProblem problem = MapProblem.error(0, "map", String.valueOf(e.getMessage()));
            reader.problems.add(e.place()
                    .map(place -> problem.at(place.line(), place.column()))
                    .orElse(problem));
        }
        return new MapReading.Unreadable(reader.problems);
    }

    /** Writes a map so that {@link #read} gives an equal one. */
    public static String write(TransformMap map) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("name", map.name());
        if (!map.description().isEmpty()) {
            root.put("description", map.description());
        }
        root.put("source", map.source());
        root.put("target", map.target());
        ArrayNode rows = root.putArray("rows");
        for (MapRow row : map.rows()) {
            ObjectNode node = rows.addObject();
            node.put("source", row.source());
            node.put("target", row.target());
            if (!row.values().isEmpty()) {
                ObjectNode values = node.putObject("values");
                row.values().forEach(values::set);
            }
            row.otherwise().ifPresent(value -> node.set("otherwise", value));
            row.expression().ifPresent(text -> node.put("expression", text));
            if (row.identifier()) {
                node.put("identifier", true);
            }
        }
        return WRITER.writeValueAsString(root);
    }

    /**
     * The text without what says nothing of the map: line ends are line feeds, there is one at the end, and blank lines and
     * document markers at either end are gone. Two texts of which this is equal are the same text of a map.
     */
    public static String bare(String yaml) {
        List<String> lines = new ArrayList<>(yaml.lines().toList());
        while (!lines.isEmpty() && marker(lines.getFirst(), "---")) {
            lines.removeFirst();
        }
        while (!lines.isEmpty() && marker(lines.getLast(), "...")) {
            lines.removeLast();
        }
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static boolean marker(String line, String marker) {
        return line.isBlank() || line.stripTrailing().equals(marker);
    }

    private Optional<TransformMap> map(Node root) {
        if (!(root instanceof Mapping mapping)) {
            problem(0, "map", "A transform map is a mapping with name, source, target and rows.", root.place());
            return Optional.empty();
        }
        unknownKeys(0, mapping, MAP_KEYS);
        Optional<String> name = text(0, mapping, "name", true);
        Optional<String> description = text(0, mapping, "description", false);
        Optional<String> source = text(0, mapping, "source", true);
        Optional<String> target = text(0, mapping, "target", true);
        List<MapRow> rows = rows(mapping);
        if (name.isEmpty() || source.isEmpty() || target.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TransformMap(name.get(), description.orElse(""), source.get(), target.get(), rows));
    }

    private List<MapRow> rows(Mapping map) {
        Entry entry = map.entries().get("rows");
        if (entry == null) {
            problem(0, "rows", "It is missing; it lists what goes where.", map.place());
            return List.of();
        }
        if (!(entry.value() instanceof Sequence sequence)) {
            problem(
                    0,
                    "rows",
                    "It must be a list: each row starts with \"- source:\".",
                    entry.value().place());
            return List.of();
        }
        if (sequence.elements().size() > MOST_ROWS) {
            problem(0, "rows", "There are more than " + MOST_ROWS + " rows.", sequence.place());
            return List.of();
        }
        List<MapRow> rows = new ArrayList<>();
        for (Node node : sequence.elements()) {
            int number = rows.size() + 1;
            if (node instanceof Mapping mapping) {
                rows.add(row(number, mapping));
            } else {
                problem(number, "row", "A row is a mapping with source and target.", node.place());
                rows.add(MapRow.of("", ""));
            }
        }
        return rows;
    }

    private MapRow row(int number, Mapping row) {
        unknownKeys(number, row, ROW_KEYS);
        return new MapRow(
                text(number, row, "source", true).orElse(""),
                text(number, row, "target", true).orElse(""),
                values(number, row),
                Optional.ofNullable(row.entries().get("otherwise"))
                        .flatMap(entry -> scalar(number, "otherwise", entry)),
                text(number, row, "expression", false),
                flag(number, row));
    }

    private Map<String, JsonNode> values(int number, Mapping row) {
        Entry entry = row.entries().get("values");
        if (entry == null) {
            return Map.of();
        }
        if (!(entry.value() instanceof Mapping mapping)) {
            problem(
                    number,
                    "values",
                    "It must be a mapping, e.g. {HIGH: 4, LOW: 2}.",
                    entry.value().place());
            return Map.of();
        }
        if (mapping.entries().isEmpty()) {
            problem(number, "values", "It is empty; leave it out or name a value.", mapping.place());
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        Set<String> seen = new TreeSet<>();
        mapping.entries().forEach((key, value) -> {
            if (!seen.add(key.toLowerCase(Locale.ROOT))) {
                problem(
                        number,
                        "values",
                        "\"" + key + "\" stands here a second time; upper and lower case make no difference.",
                        value.key());
            }
            scalar(number, "values", value).ifPresent(literal -> values.put(key, literal));
        });
        return values;
    }

    private Optional<JsonNode> scalar(int number, String field, Entry entry) {
        if (entry.value() instanceof Scalar scalar) {
            return Optional.of(scalar.value());
        }
        problem(number, field, "It must be a single value.", entry.value().place());
        return Optional.empty();
    }

    private Optional<String> text(int number, Mapping mapping, String key, boolean needed) {
        Entry entry = mapping.entries().get(key);
        if (entry == null) {
            if (needed) {
                problem(number, key, "It is missing.", mapping.place());
            }
            return Optional.empty();
        }
        if (entry.value() instanceof Scalar scalar
                && scalar.value().isString()
                && !scalar.value().stringValue().isBlank()) {
            return Optional.of(scalar.value().stringValue());
        }
        problem(
                number,
                key,
                "It must be a text that is not empty; put quotes round it if it looks like a number.",
                entry.value().place());
        return Optional.empty();
    }

    private boolean flag(int number, Mapping row) {
        Entry entry = row.entries().get("identifier");
        if (entry == null) {
            return false;
        }
        if (entry.value() instanceof Scalar scalar && scalar.value().isBoolean()) {
            return scalar.value().booleanValue();
        }
        problem(number, "identifier", "It must be true or false.", entry.value().place());
        return false;
    }

    private void unknownKeys(int number, Mapping mapping, Set<String> known) {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                MapProblem problem = MapProblem.error(
                                number,
                                key,
                                "This key is not known here; known are " + String.join(", ", new TreeSet<>(known))
                                        + ".")
                        .suggesting(Names.nearest(key, new TreeSet<>(known)));
                problems.add(problem.at(entry.key().line(), entry.key().column()));
            }
        });
    }

    private void problem(int number, String field, String message, Place place) {
        problems.add(MapProblem.error(number, field, message).at(place.line(), place.column()));
    }
}
