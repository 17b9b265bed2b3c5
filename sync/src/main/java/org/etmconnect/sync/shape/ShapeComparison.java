// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.inventory.runs.RunWarning;
import org.etmconnect.transform.MapRow;
import org.etmconnect.transform.TransformMap;

/**
 * Says what of the vendor's answers is not as an earlier run had it, or, where none knew the stream, not as it is
 * documented. What may be chance of the sample is not said. Used once.
 */
final class ShapeComparison {

    /** So many records would have the field if nothing had changed; with fewer its absence may be chance. */
    private static final double EXPECTED = 20;

    private static final int FILLED_BEFORE = 10;
    private static final int ALWAYS_FILLED = 3;
    private static final double RARE = 0.1;
    private static final double FAR = 0.2;
    private static final int FAR_APART = 100;
    /** Where a hundred apart is more than there is: so much of it, and at least so many. */
    private static final double FAR_OF_FEW = 0.5;

    private static final int FEW_APART = 10;
    private static final int MOST_WARNINGS = 50;
    private static final int MOST_VALUES = 5;

    private final Map<String, Field> documented = new TreeMap<>();
    private final TransformMap map;
    private final List<RunWarning> warnings = new ArrayList<>();

    private ShapeComparison(DataModel model, TransformMap map) {
        this.map = map;
        document("", model.fields());
    }

    private void document(String prefix, List<Field> fields) {
        for (Field field : fields) {
            String path = prefix + field.name();
            documented.put(path, field);
            document(path + (field.list() ? "[]." : "."), field.fields());
        }
    }

    /** The warnings about {@code now}, those about streams first, then by field. */
    static List<RunWarning> compare(Shape now, Shape before, DataModel model, TransformMap map) {
        ShapeComparison comparison = new ShapeComparison(model, map);
        now.streams().forEach((name, stream) -> {
            StreamShape known = before.streams().get(name);
            if (known == null) {
                comparison.withDocuments(name, stream);
            } else {
                comparison.counts(name, stream, known);
                comparison.with(name, stream, known);
            }
        });
        List<RunWarning> all = comparison.warnings;
        return List.copyOf(all.subList(0, Math.min(MOST_WARNINGS, all.size())));
    }

    private void counts(String stream, StreamShape now, StreamShape known) {
        if (now.rows() < 0 || known.rows() < 0) {
            return;
        }
        long apart = Math.abs(now.rows() - known.rows());
        boolean far = apart >= FAR_APART
                ? apart > FAR * known.rows()
                : apart >= FEW_APART && apart > FAR_OF_FEW * known.rows();
        if (far) {
            boolean fell = now.rows() < known.rows();
            add(
                    RunWarning.Kind.COUNT_FAR,
                    stream,
                    "",
                    String.format(
                            Locale.ROOT,
                            "%s: the tenant has %,d rows, in the last complete run it had %,d. %s",
                            stream,
                            now.rows(),
                            known.rows(),
                            fell
                                    ? "If so much was not removed on purpose, see whether the API key's role or scope was"
                                            + " narrowed before you rely on the reports."
                                    : "If so much was not added on purpose, see whether the connection still points to the"
                                            + " tenant you mean."));
        }
    }

    private void withDocuments(String stream, StreamShape now) {
        now.fields().forEach((path, field) -> {
            Field known = documented.get(path);
            if (known == null) {
                unknown(stream, now, path, field);
                return;
            }
            field.kinds().entrySet().stream()
                    .filter(kind -> kind.getValue() > 0 && !kind.getKey().fits(known))
                    .forEach(kind -> add(
                            RunWarning.Kind.KIND_CHANGED,
                            stream,
                            path,
                            String.format(
                                    Locale.ROOT,
                                    "%s: \"%s\" is %s in %,d of %,d records; documented is %s. %s",
                                    stream,
                                    path,
                                    kind.getKey().words(),
                                    kind.getValue(),
                                    now.sampled(),
                                    words(known),
                                    advice(path, "try with the map's preview what it makes of it"))));
            values(stream, now, path, field, known, Set.of());
        });
    }

    private void with(String stream, StreamShape now, StreamShape known) {
        Set<String> told = new LinkedHashSet<>();
        known.fields().forEach((path, was) -> {
            if (told.stream().anyMatch(parent -> isWithin(path, parent)) || !isWatched(path)) {
                return;
            }
            FieldShape is = now.fields().getOrDefault(path, new FieldShape(0, Map.of(), Map.of(), ""));
            if (fell(stream, now, known, path, was, is) || kinds(stream, now, known, path, was, is)) {
                told.add(path);
            }
            Optional.ofNullable(documented.get(path))
                    .ifPresent(field ->
                            values(stream, now, path, is, field, was.values().keySet()));
        });
        now.fields().forEach((path, field) -> {
            if (known.fields().containsKey(path) || told.stream().anyMatch(parent -> isWithin(path, parent))) {
                return;
            }
            Field ofModel = documented.get(path);
            if (ofModel == null) {
                unknown(stream, now, path, field);
            } else {
                values(stream, now, path, field, ofModel, Set.of());
            }
        });
    }

    private boolean fell(
            String stream, StreamShape now, StreamShape known, String path, FieldShape was, FieldShape is) {
        double share = known.share(was);
        double expected = share * now.sampled();
        boolean never = was.filled() == known.sampled() && is.filled() == 0;
        boolean sure = (expected >= EXPECTED && was.filled() >= FILLED_BEFORE)
                || (never && known.whole() && now.whole() && Math.min(known.sampled(), now.sampled()) >= ALWAYS_FILLED);
        if (!sure || is.filled() >= RARE * expected) {
            return false;
        }
        boolean gone = is.filled() == 0;
        add(
                gone ? RunWarning.Kind.FIELD_VANISHED : RunWarning.Kind.FIELD_RARE,
                stream,
                path,
                String.format(
                        Locale.ROOT,
                        "%s: \"%s\" was filled in %s of the records and is in %s of %,d now. %s",
                        stream,
                        path,
                        inWords(share),
                        gone ? "none" : String.format(Locale.ROOT, "%,d", is.filled()),
                        now.sampled(),
                        advice(path, "see whether the tenant has another field for it")));
        return true;
    }

    private boolean kinds(
            String stream, StreamShape now, StreamShape known, String path, FieldShape was, FieldShape is) {
        boolean told = false;
        for (Map.Entry<Kind, Integer> kind : new TreeMap<>(is.kinds()).entrySet()) {
            if (!was.kinds().containsKey(kind.getKey()) && now.isNews(kind.getKey(), is, known, was)) {
                add(
                        RunWarning.Kind.KIND_CHANGED,
                        stream,
                        path,
                        String.format(
                                Locale.ROOT,
                                "%s: \"%s\" was %s and is %s in %,d of %,d records now. %s",
                                stream,
                                path,
                                was.kinds().keySet().stream()
                                        .sorted()
                                        .map(Kind::words)
                                        .collect(Collectors.joining(" or ")),
                                kind.getKey().words(),
                                kind.getValue(),
                                now.sampled(),
                                advice(path, "try with the map's preview what it makes of it")));
                told = true;
            }
        }
        return told;
    }

    private void values(
            String stream, StreamShape now, String path, FieldShape is, Field field, Set<String> seenBefore) {
        if (field.values().isEmpty()) {
            return;
        }
        List<Map.Entry<String, Integer>> unknown = is.values().entrySet().stream()
                .filter(value -> value.getValue() > 0 && !seenBefore.contains(value.getKey()))
                .filter(value -> field.values().stream().noneMatch(value.getKey()::equalsIgnoreCase))
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        if (!unknown.isEmpty()) {
            add(
                    RunWarning.Kind.VALUE_UNKNOWN,
                    stream,
                    path,
                    String.format(
                            Locale.ROOT,
                            "%s: \"%s\" has %s, which neither the vendor's documents nor earlier runs know. %s",
                            stream,
                            path,
                            unknown.stream()
                                            .limit(MOST_VALUES)
                                            .map(value -> String.format(
                                                    Locale.ROOT,
                                                    "the value \"%s\" in %,d of %,d records",
                                                    value.getKey(),
                                                    value.getValue(),
                                                    now.sampled()))
                                            .collect(Collectors.joining(", "))
                                    + (unknown.size() > MOST_VALUES
                                            ? " and " + (unknown.size() - MOST_VALUES) + " more"
                                            : ""),
                            advice(path, "see whether it has to translate it (\"values\")")));
        }
    }

    private void unknown(String stream, StreamShape now, String path, FieldShape field) {
        if (field.filled() > 0 && isWatched(path) && !now.usedUp().contains(path)) {
            add(
                    RunWarning.Kind.FIELD_NEW,
                    stream,
                    path,
                    String.format(
                            Locale.ROOT,
                            "%s: \"%s\" (%s%s) is in %s of the records and not in the data model. It is kept, and a"
                                    + " transform map can read it.",
                            stream,
                            path,
                            field.kind().words(),
                            field.example().isEmpty() ? "" : ", such as \"" + field.example() + "\"",
                            inWords(now.share(field))));
        }
    }

    /** What is in an object that nobody documented comes and goes as it likes; the object itself does not. */
    private boolean isWatched(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 || documented.containsKey(path.substring(0, dot).replaceFirst("\\[]$", ""));
    }

    private static boolean isWithin(String path, String parent) {
        return path.startsWith(parent + ".") || path.startsWith(parent + "[].");
    }

    /** Which rows read the field, and what to do then. */
    private String advice(String path, String whatToDo) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < map.rows().size(); i++) {
            if (reads(map.rows().get(i), path)) {
                rows.add(i + 1);
            }
        }
        if (rows.isEmpty()) {
            return "No row of the transform map \"" + map.name() + "\" reads it.";
        }
        String numbers = rows.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return (rows.size() == 1 ? "Row " + numbers + " of" : "Rows " + numbers + " of") + " the transform map \""
                + map.name() + "\" " + (rows.size() == 1 ? "reads" : "read") + " it: " + whatToDo + ".";
    }

    private static boolean reads(MapRow row, String path) {
        String source = row.source().replaceFirst("\\[]$", "");
        if (source.equals(path) || isWithin(source, path)) {
            return true;
        }
        String expression = row.expression().orElse("");
        int dot = path.lastIndexOf("[].");
        return names(expression, "record." + path)
                || (dot >= 0
                        && isWithin(source, path.substring(0, dot))
                        && names(expression, "item." + path.substring(dot + 3)));
    }

    private static boolean names(String expression, String path) {
        return Pattern.compile("\\b" + Pattern.quote(path) + "\\b")
                .matcher(expression)
                .find();
    }

    private static String words(Field field) {
        String one = switch (field.type()) {
            case TEXT -> field.list() ? "texts" : "text";
            case INTEGER, DECIMAL, SEVERITY -> field.list() ? "numbers" : "a number";
            case BOOLEAN -> "true or false";
            case INSTANT -> field.list() ? "times" : "a time";
            case OBJECT -> field.list() ? "objects" : "an object";
        };
        return field.list() ? "a list of " + one : one;
    }

    private static String inWords(double share) {
        long percent = Math.round(share * 100);
        return share == 1 ? "all" : percent == 0 ? "under 1 %" : percent == 100 ? "nearly all" : percent + " %";
    }

    private void add(RunWarning.Kind kind, String stream, String field, String message) {
        warnings.add(new RunWarning(kind, stream, field, message));
    }
}
