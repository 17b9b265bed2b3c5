// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** Checks one map and turns its rows into steps. Used once. */
final class MapCompiler {

    private final TransformMap map;
    private final DataModel sourceModel;
    private final DataModel targetModel;
    private final String sharedArray;
    private final Set<MapProblem> problems = new LinkedHashSet<>();
    private final Expression.Types types;
    private final Optional<Field> findings;

    private boolean inFindings;
    private boolean findingsReadRecord;
    private int deepestFrame;

    /** A row on its way into the target: what of its source path the arrays around it have used up. */
    private record Feed(BoundRow row, int frame, int used) {

        /** The first segment not used up that holds many values; -1 if none does. */
        int nextList() {
            for (int at = used; at < row.source().size(); at++) {
                if (row.sourceIsListAt(at)) {
                    return at;
                }
            }
            return -1;
        }

        boolean throughShared(String sharedArray) {
            return row.source().get(0).name().equals(sharedArray);
        }
    }

    MapCompiler(TransformMap map, DataModel sourceModel, DataModel targetModel, String sharedArray) {
        this.map = map;
        this.sourceModel = sourceModel;
        this.targetModel = targetModel;
        this.sharedArray = sharedArray;
        this.types = Expression.Types.of(sourceModel.fields(), sharedArray);
        // Findings are what the target calls by an identifier within one document.
        this.findings = targetModel.fields().stream()
                .filter(BoundRow::isArrayOfObjects)
                .filter(field -> field.fields().stream().anyMatch(Field::identifier))
                .findFirst();
    }

    Compilation compile() {
        checkModels();
        List<MapProblem> binding = new ArrayList<>();
        Binder binder = new Binder(sourceModel, targetModel, binding);
        List<BoundRow> rows = new ArrayList<>();
        for (int i = 0; i < map.rows().size(); i++) {
            binder.bind(i + 1, map.rows().get(i)).ifPresent(rows::add);
        }
        problems.addAll(binding);
        if (map.rows().isEmpty()) {
            problems.add(MapProblem.error(0, "rows", "The map has no rows, so it would make nothing."));
        }
        rows.forEach(this::checkRow);

        List<Feed> ofHost = new ArrayList<>();
        List<Feed> ofFindings = new ArrayList<>();
        for (BoundRow row : rows) {
            Feed feed = new Feed(row, 0, 0);
            boolean finding = findings.map(field -> row.goesInto(field.name())).orElse(false);
            if (finding) {
                ofFindings.add(feed);
            } else if (feed.throughShared(sharedArray)) {
                problems.add(MapProblem.error(
                        row.number(),
                        "target",
                        "What comes from " + sharedArray + "[] is shared by many hosts and can only go to "
                                + findings.map(Field::name).orElse("finding") + "[]."));
            } else {
                ofHost.add(feed);
            }
        }
        checkIdentifiers(rows, ofFindings);

        Step[] host = object(ofHost, 0, targetModel.fields(), 0);
        inFindings = true;
        TransformPlan.Findings plan = findings.filter(field -> !ofFindings.isEmpty())
                .map(field -> findings(field, ofFindings))
                .orElse(TransformPlan.Findings.NONE);

        List<MapProblem> found = problems.stream()
                .sorted(Comparator.comparing(MapProblem::level).thenComparingInt(MapProblem::row))
                .toList();
        if (found.stream().anyMatch(problem -> problem.level() == MapProblem.Level.ERROR)) {
            return new Compilation.Refused(found);
        }
        Field key = targetModel.fields().stream()
                .filter(Field::identifier)
                .findFirst()
                .orElseThrow();
        int keyRow = rows.stream()
                .filter(row -> row.goesInto(key.name()))
                .map(BoundRow::number)
                .findFirst()
                .orElseThrow();
        TransformPlan.Shape shape = new TransformPlan.Shape(
                map,
                sourceModel.fields().stream()
                        .filter(field -> !field.name().equals(sharedArray))
                        .toList(),
                sharedArray,
                new TransformPlan.Key(key.name(), keyRow, map.rows().get(keyRow - 1)),
                deepestFrame + 1,
                targetModel.fields().stream().map(Field::name).toList());
        return new Compilation.Compiled(new TransformPlan(shape, host, plan), found);
    }

    private void checkModels() {
        if (!map.source().equals(sourceModel.name())) {
            problems.add(MapProblem.error(0, "source", "There is no source data model \"" + map.source() + "\" here.")
                    .suggesting(Optional.of(sourceModel.name())));
        }
        if (!map.target().equals(targetModel.name())) {
            problems.add(MapProblem.error(0, "target", "There is no target data model \"" + map.target() + "\" here.")
                    .suggesting(Optional.of(targetModel.name())));
        }
    }

    private void checkRow(BoundRow row) {
        if (row.row().identifier() && !row.targetLeaf().map(Field::identifier).orElse(false)) {
            problems.add(MapProblem.error(
                            row.number(),
                            "identifier",
                            row.target() + " does not identify anything in \"" + targetModel.name()
                                    + "\"; remove the mark.")
                    .suggesting(identifierNear(row)));
        }
        if (row.row().values().isEmpty() && row.row().otherwise().isPresent()) {
            problems.add(MapProblem.warning(
                    row.number(), "otherwise", "Without \"values\" it replaces every value of " + row.source() + "."));
        }
    }

    private Optional<String> identifierNear(BoundRow row) {
        return findings.filter(field -> row.goesInto(field.name()))
                .flatMap(field -> identifierOf(field.fields()).map(name -> field.name() + "[]." + name))
                .or(() -> identifierOf(targetModel.fields()));
    }

    private static Optional<String> identifierOf(List<Field> fields) {
        return fields.stream().filter(Field::identifier).map(Field::name).findFirst();
    }

    private void checkIdentifiers(List<BoundRow> rows, List<Feed> ofFindings) {
        // A row that could not be read may be the one that is missed here: say one thing at a time.
        if (rows.size() < map.rows().size()) {
            return;
        }
        Optional<String> key = identifierOf(targetModel.fields());
        if (key.isEmpty()) {
            problems.add(MapProblem.error(
                    0,
                    "target",
                    "\"" + targetModel.name() + "\" has no identifier, so its documents cannot be told apart."));
        } else if (rows.stream().noneMatch(row -> row.goesInto(key.get()))) {
            problems.add(MapProblem.error(
                    0,
                    "rows",
                    "No row makes " + key.get() + ", without which a record cannot be identified; add one."));
        }
        findings.filter(field -> !ofFindings.isEmpty()).ifPresent(field -> {
            String name = identifierOf(field.fields()).orElseThrow();
            if (ofFindings.stream().noneMatch(feed -> isKeyOf(field, name, feed))) {
                problems.add(MapProblem.error(
                        0,
                        "rows",
                        "No row makes " + field.name() + "[]." + name + ", without which a finding cannot be told from"
                                + " another; add one."));
            }
        });
    }

    private static boolean isKeyOf(Field array, String key, Feed feed) {
        return feed.row().goesInto(array.name())
                && feed.row().target().size() == 2
                && feed.row().target().get(1).name().equals(key);
    }

    // ---- structure

    private Step[] object(List<Feed> feeds, int at, List<Field> fields, int frame) {
        Map<String, List<Feed>> byName = new LinkedHashMap<>();
        for (Feed feed : feeds) {
            byName.computeIfAbsent(feed.row().target().get(at).name(), name -> new ArrayList<>())
                    .add(feed);
        }
        List<String> order = fields.stream().map(Field::name).toList();
        return byName.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> {
                    int index = order.indexOf(entry.getKey());
                    return index < 0 ? Integer.MAX_VALUE : index;
                }))
                .map(entry -> field(entry.getKey(), entry.getValue(), at, frame))
                .filter(Optional::isPresent)
                .map(Optional::get)
                .toArray(Step[]::new);
    }

    private Optional<Step> field(String name, List<Feed> feeds, int at, int frame) {
        Optional<Field> field = feeds.getFirst().row().targetFields().get(at);
        boolean leaf = at == feeds.getFirst().row().target().size() - 1;
        if (field.isPresent() && field.get().type() == FieldType.OBJECT && !leaf) {
            if (field.get().list()) {
                List<Group> groups = groups(field.get(), feeds, at, frame);
                return Optional.of(new ArrayStep(name, kind(field.get()), groups));
            }
            return Optional.of(
                    new Step.Nested(name, object(feeds, at + 1, field.get().fields(), frame)));
        }
        for (Feed second : feeds.subList(1, feeds.size())) {
            problems.add(MapProblem.error(
                    second.row().number(),
                    "target",
                    "Row " + feeds.getFirst().row().number() + " already makes "
                            + second.row().target()
                            + "; a field has one source. Remove one, or join both in one expression."));
        }
        return leaf(feeds.getFirst(), name).map(step -> step);
    }

    private static ElementList.Kind kind(Field array) {
        Map<String, Set<String>> kins = new LinkedHashMap<>();
        for (Field field : array.fields()) {
            field.sameValueAs().ifPresent(name -> {
                Set<String> kin = kins.computeIfAbsent(name, key -> new LinkedHashSet<>(Set.of(key)));
                kin.add(field.name());
            });
        }
        return new ElementList.Kind(
                array.fields().stream().map(Field::name).toList(),
                kins.values().stream().map(List::copyOf).toList());
    }

    private List<Group> groups(Field array, List<Feed> feeds, int at, int frame) {
        return groupFeeds(array, feeds, at).stream()
                .map(group -> group(group, array, at, frame))
                .toList();
    }

    /** Feeds that make one element together; {@code list} is the position of their array in the source path, or -1. */
    private record Together(List<Feed> feeds, int list, int frame) {
        Optional<Path> listPath() {
            return list < 0
                    ? Optional.empty()
                    : feeds.stream()
                            .filter(feed -> feed.nextList() == list)
                            .findFirst()
                            .map(feed -> new Path(feed.row().source().segments().subList(feed.used(), list + 1)));
        }
    }

    private List<Together> groupFeeds(Field array, List<Feed> feeds, int at) {
        boolean identified = array.fields().stream().anyMatch(Field::identifier);
        Map<String, Together> byList = new LinkedHashMap<>();
        List<Feed> single = new ArrayList<>();
        for (Feed feed : feeds) {
            int list = feed.nextList();
            if (list < 0) {
                single.add(feed);
                if (!identified) {
                    // Nothing says that two single values belong to one element.
                    byList.put("row " + feed.row().number(), new Together(List.of(feed), -1, feed.frame()));
                }
            } else {
                StringBuilder key = new StringBuilder().append(feed.frame());
                for (Path.Segment segment : feed.row().source().segments().subList(feed.used(), list + 1)) {
                    key.append('.').append(segment.name());
                }
                byList.computeIfAbsent(key.toString(), text -> new Together(new ArrayList<>(), list, feed.frame()))
                        .feeds()
                        .add(feed);
            }
        }
        if (!identified || single.isEmpty()) {
            return List.copyOf(byList.values());
        }
        if (byList.isEmpty()) {
            return List.of(new Together(single, -1, single.getFirst().frame()));
        }
        String key = identifierOf(array.fields()).orElseThrow();
        for (Feed feed : single) {
            if (feed.row().target().get(at + 1).name().equals(key)) {
                problems.add(MapProblem.error(
                        feed.row().number(),
                        "source",
                        feed.row().source() + " has one value for a host, which cannot tell its " + array.name()
                                + " elements apart."));
            }
            byList.values().forEach(group -> group.feeds().add(feed));
        }
        return List.copyOf(byList.values());
    }

    private Group group(Together together, Field array, int at, int frame) {
        int elementFrame = together.list() < 0 ? frame : frame + 1;
        deepestFrame = Math.max(deepestFrame, elementFrame);
        List<Feed> inside = together.feeds().stream()
                .map(feed ->
                        together.list() >= 0 && feed.nextList() == together.list() && feed.frame() == together.frame()
                                ? new Feed(feed.row(), elementFrame, together.list() + 1)
                                : feed)
                .sorted(Comparator.comparingInt(feed -> feed.row().number()))
                .toList();
        Step[] steps = object(inside, at + 1, array.fields(), elementFrame);
        return new Group(together.listPath().orElse(null), together.frame(), elementFrame, steps);
    }

    private TransformPlan.Findings findings(Field array, List<Feed> feeds) {
        String key = identifierOf(array.fields()).orElseThrow();
        Optional<Group> shared = Optional.empty();
        int sharedKeyRow = 0;
        List<TransformPlan.OwnFindings> own = new ArrayList<>();
        boolean dependOnRecord = false;
        Set<String> reasons = new LinkedHashSet<>();
        for (Together together : groupFeeds(array, feeds, 0)) {
            boolean isShared = together.list() == 0
                    && together.listPath().orElseThrow().get(0).name().equals(sharedArray);
            Optional<Feed> keyFeed = together.feeds().stream()
                    .filter(feed -> isKeyOf(array, key, feed))
                    .findFirst();
            Group group = group(together, array, 0, 0);
            if (keyFeed.isEmpty()) {
                if (problems.stream().noneMatch(problem -> problem.row() == 0)) {
                    problems.add(MapProblem.error(
                            together.feeds().getFirst().row().number(),
                            "source",
                            "Elements of " + array.name() + "[] from "
                                    + together.feeds().getFirst().row().source()
                                    + " would have no " + key + "; add a row from the same list that makes it."));
                }
                continue;
            }
            int keyRow = keyFeed.get().row().number();
            if (isShared) {
                shared = Optional.of(group);
                sharedKeyRow = keyRow;
                for (Feed feed : together.feeds()) {
                    if (!feed.throughShared(sharedArray)) {
                        dependOnRecord = true;
                        reasons.add("row " + feed.row().number());
                    }
                }
            } else {
                own.add(new TransformPlan.OwnFindings(group, key(key, keyRow)));
                dependOnRecord = true;
                reasons.add("row " + keyRow);
            }
        }
        if (dependOnRecord || findingsReadRecord) {
            problems.add(MapProblem.warning(
                    0,
                    "rows",
                    "Findings depend on the host ("
                            + (reasons.isEmpty() ? "an expression reads record" : String.join(", ", reasons))
                            + "), so each host stores its own text of each finding: more space, slower runs."));
        }
        return new TransformPlan.Findings(
                Optional.of(array.name()),
                shared,
                sharedKeyRow == 0 ? Optional.empty() : Optional.of(key(key, sharedKeyRow)),
                own,
                dependOnRecord || findingsReadRecord);
    }

    private TransformPlan.Key key(String field, int row) {
        return new TransformPlan.Key(field, row, map.rows().get(row - 1));
    }

    // ---- one row

    private Optional<LeafStep> leaf(Feed feed, String name) {
        BoundRow row = feed.row();
        Optional<Field> target = row.targetLeaf();
        Path remaining = new Path(
                row.source().segments().subList(feed.used(), row.source().size()));
        boolean lists = feed.nextList() >= 0;
        boolean expressionOnList = lists
                && !row.source().last().each()
                && row.sourceIsListAt(row.source().size() - 1);
        Optional<LeafStep.Computation> computation = Optional.empty();
        if (row.row().expression().isPresent()) {
            computation = computation(row, feed, row.row().expression().get(), expressionOnList);
            if (computation.isEmpty()) {
                return Optional.empty();
            }
        }
        Optional<FieldType> from = computation
                .map(with -> with.expression().resultType())
                .orElseGet(() -> row.sourceLeaf().map(Field::type));
        boolean many = computation
                .map(with -> with.expression().givesList() || (lists && !expressionOnList))
                .orElse(lists);
        if (target.isPresent() && !target.get().list() && many) {
            problems.add(MapProblem.error(
                    row.number(),
                    "target",
                    row.target() + " takes one value, but " + row.source() + " gives a list. Make one value of it by an"
                            + " expression such as value.join(\", \")"
                            + (computation.isPresent() ? "." : " or value[0].")));
            return Optional.empty();
        }
        LeafStep.Shape shape = target.isPresent()
                ? (target.get().list() ? LeafStep.Shape.LIST : LeafStep.Shape.ONE)
                : (many ? LeafStep.Shape.LIST : LeafStep.Shape.ANY);
        Optional<FieldType> to = target.map(Field::type).or(() -> from);
        if (!canConvert(row, from, to)) {
            return Optional.empty();
        }
        Conversion conversion = to.map(Conversion::to).orElse(MapCompiler::asItIs);
        return Optional.of(new LeafStep(
                row.number(),
                row.row(),
                feed.frame(),
                remaining,
                name,
                shape,
                computation,
                values(row, target.isPresent() ? conversion : MapCompiler::asItIs),
                conversion));
    }

    private static JsonNode asItIs(JsonNode value) throws ConversionFault {
        if (!value.isValueNode()) {
            throw new ConversionFault("it is " + Conversion.kind(value) + ", but a value is needed");
        }
        return value;
    }

    private Optional<LeafStep.Computation> computation(BoundRow row, Feed feed, String text, boolean onList) {
        int last = row.source().size() - 1;
        CelType one = row.sourceLeaf()
                .map(field -> Expression.Types.ofOne(field, row.sourceOwner(last)))
                .orElse(SimpleType.DYN);
        Optional<Field> itemField =
                feed.used() == 0 ? Optional.empty() : row.sourceFields().get(feed.used() - 1);
        Optional<CelType> item = feed.used() == 0
                ? Optional.empty()
                : Optional.of(itemField
                        .map(field -> Expression.Types.ofOne(field, row.sourceOwner(feed.used() - 1)))
                        .orElse(SimpleType.DYN));
        return switch (Expression.compile(text, types, onList ? ListType.create(one) : one, item)) {
            case Expression.Outcome.Usable usable -> {
                findingsReadRecord |= inFindings && usable.expression().readsRecord();
                yield Optional.of(new LeafStep.Computation(usable.expression(), row.sourceLeaf(), onList, itemField));
            }
            case Expression.Outcome.Faulty faulty -> {
                for (Expression.Fault fault : faulty.faults()) {
                    problems.add(MapProblem.error(row.number(), "expression", fault.message())
                            .at(fault.line(), fault.column()));
                }
                yield Optional.empty();
            }
        };
    }

    private boolean canConvert(BoundRow row, Optional<FieldType> from, Optional<FieldType> to) {
        if (from.isEmpty() || to.isEmpty()) {
            return true;
        }
        boolean computed = row.row().expression().isPresent();
        String what = computed ? "the expression's result" : row.source().toString();
        if (from.get() == FieldType.OBJECT) {
            problems.add(MapProblem.error(
                    row.number(),
                    computed ? "expression" : "source",
                    what + " is an object, but " + row.target() + " takes a value"
                            + (computed ? "." : "; name one of its fields.")));
            return false;
        }
        boolean translated =
                !row.row().values().isEmpty() || row.row().otherwise().isPresent();
        if (translated || converts(from.get(), to.get())) {
            return true;
        }
        problems.add(MapProblem.error(
                row.number(),
                computed ? "expression" : "source",
                what + " is " + from.get() + " and cannot become " + to.get() + " of " + row.target()
                        + (to.get() == FieldType.SEVERITY
                                ? "; name under \"values\" which value becomes which severity from 1 to 5."
                                : "; convert it by an expression or by \"values\".")));
        return false;
    }

    private static boolean converts(FieldType from, FieldType to) {
        return from == to
                || switch (to) {
                    case TEXT -> from != FieldType.OBJECT;
                    case INTEGER, DECIMAL ->
                        from == FieldType.TEXT
                                || from == FieldType.INTEGER
                                || from == FieldType.DECIMAL
                                || from == FieldType.SEVERITY;
                    case BOOLEAN -> from == FieldType.TEXT;
                    case INSTANT -> from == FieldType.TEXT || from == FieldType.INTEGER || from == FieldType.DECIMAL;
                    case SEVERITY -> from == FieldType.INTEGER;
                    case OBJECT -> false;
                };
    }

    private Optional<ValueMap> values(BoundRow row, Conversion conversion) {
        if (row.row().values().isEmpty() && row.row().otherwise().isEmpty()) {
            return Optional.empty();
        }
        Map<String, JsonNode> converted = new LinkedHashMap<>();
        row.row().values().forEach((key, value) -> converted.put(key, literal(row, "values", key, value, conversion)));
        @Nullable
        JsonNode otherwise = row.row()
                .otherwise()
                .map(value -> literal(row, "otherwise", "otherwise", value, conversion))
                .orElse(null);
        return Optional.of(new ValueMap(converted, otherwise));
    }

    private JsonNode literal(BoundRow row, String field, String key, JsonNode value, Conversion conversion) {
        if (Conversion.isAbsent(value)) {
            return NullNode.getInstance();
        }
        try {
            JsonNode converted = conversion.convert(value);
            return converted == null ? NullNode.getInstance() : converted;
        } catch (ConversionFault e) {
            problems.add(MapProblem.error(
                    row.number(),
                    field,
                    key + ": " + LeafStep.cut(value) + " does not fit " + row.target() + ": " + e.getMessage() + "."));
            return NullNode.getInstance();
        }
    }
}
