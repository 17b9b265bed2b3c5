// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.RawSample;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Learns the shape of one stream from some of its records. Used once. */
final class ShapeLearner {

    /** An object whose names are keys of something has any number of them. */
    private static final int MOST_FIELDS = 500;

    private static final int MOST_VALUES = 50;
    private static final int LONGEST_TEXT = 80;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Map<String, Tally> tallies = new HashMap<>();

    private static final class Tally {
        private int filled;
        private final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
        private final Map<String, Integer> values = new HashMap<>();
        private String example = "";
    }

    /** What one record has in one field: several of it, where that stands in a list. */
    private static final class OfRecord {
        private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        private final Set<String> values = new HashSet<>();
        private String example = "";
    }

    private ShapeLearner() {}

    /** @param rows how many records the stream has; negative if that is not known */
    static StreamShape learn(RawSample sample, DataModel model, long rows) {
        List<Field> fields = model.fields();
        String prefix = "";
        if (!sample.path().isEmpty()) {
            prefix = sample.path() + ".";
            String name = sample.path().replace("[]", "");
            fields = model.field(name)
                    .map(Field::fields)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "The source model \"" + model.name() + "\" has no field " + name));
        }
        ShapeLearner learner = new ShapeLearner();
        for (ObjectNode each : sample.records()) {
            Map<String, OfRecord> seen = new HashMap<>();
            walk(each, prefix, fields, seen);
            seen.forEach(learner::count);
        }
        String place = prefix;
        return new StreamShape(
                rows,
                sample.records().size(),
                sample.whole(),
                sample.usedUp().stream().map(name -> place + name).collect(Collectors.toSet()),
                learner.fields());
    }

    private static void walk(ObjectNode object, String prefix, List<Field> fields, Map<String, OfRecord> seen) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            Optional<Field> field = fields.stream()
                    .filter(known -> known.name().equals(property.getKey()))
                    .findFirst();
            String path = prefix + property.getKey();
            JsonNode value = property.getValue();
            Optional<Kind> kind = Kind.of(value, field);
            if (kind.isEmpty()) {
                continue;
            }
            OfRecord own = seen.computeIfAbsent(path, key -> new OfRecord());
            own.kinds.add(kind.get());
            List<Field> inner = field.map(Field::fields).orElse(List.of());
            if (value instanceof ObjectNode child) {
                walk(child, path + ".", inner, seen);
            } else if (value instanceof ArrayNode list) {
                list.forEach(element -> {
                    if (element instanceof ObjectNode child) {
                        walk(child, path + "[].", inner, seen);
                    } else {
                        note(element, field, own);
                    }
                });
            } else {
                note(value, field, own);
            }
        }
    }

    private static void note(JsonNode value, Optional<Field> field, OfRecord own) {
        String text = cut(value.asString("").strip());
        if (text.isEmpty()) {
            return;
        }
        if (field.isEmpty()) {
            own.example = text;
        } else if (!field.get().values().isEmpty()) {
            own.values.add(text.toUpperCase(Locale.ROOT));
        }
    }

    private static String cut(String text) {
        String plain = CONTROL.matcher(text).replaceAll(" ");
        return plain.length() <= LONGEST_TEXT ? plain : plain.substring(0, LONGEST_TEXT - 1) + "…";
    }

    private void count(String path, OfRecord own) {
        Tally tally = tallies.get(path);
        if (tally == null) {
            if (tallies.size() == MOST_FIELDS) {
                return;
            }
            tally = new Tally();
            tallies.put(path, tally);
        }
        tally.filled++;
        for (Kind kind : own.kinds) {
            tally.kinds.merge(kind, 1, Integer::sum);
        }
        for (String value : own.values) {
            if (tally.values.size() < MOST_VALUES || tally.values.containsKey(value)) {
                tally.values.merge(value, 1, Integer::sum);
            }
        }
        if (tally.example.isEmpty()) {
            tally.example = own.example;
        }
    }

    private SortedMap<String, FieldShape> fields() {
        SortedMap<String, FieldShape> fields = new TreeMap<>();
        tallies.forEach((path, tally) ->
                fields.put(path, new FieldShape(tally.filled, tally.kinds, tally.values, tally.example)));
        return fields;
    }
}
