// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A transform map compiled against its models. Immutable; safe for use by several threads; applying it does no I/O and
 * leaves what it reads unchanged.
 *
 * <p>In the documents it makes, fields stand in the order of the target model (names beyond the model in the order of the
 * rows), instants are text such as {@code 2024-04-22T07:40:50.561Z} (UTC, milliseconds), severities are numbers from 1 to 5,
 * and what is absent is left out. So equal input gives equal bytes.
 *
 * <p>What cannot be converted spoils the smallest unit: the finding, else the record.
 */
public final class TransformPlan {

    /** The field whose value is the key of a document or finding, and the row that makes it. */
    record Key(String field, int row, MapRow texts) {
        ConversionProblem missing(String of, JsonNode source) {
            return new ConversionProblem(
                    row,
                    texts.source(),
                    texts.target(),
                    LeafStep.cut(source.isObject() ? null : source),
                    "there is no value for " + field + ", without which a " + of + " cannot be told from another");
        }
    }

    /** What a plan knows of its map and models. {@code sourceFields} are those of the record without the shared array. */
    record Shape(
            TransformMap map,
            List<Field> sourceFields,
            String sharedArray,
            Key key,
            int frames,
            List<String> targetOrder) {}

    /** Findings that the record itself makes. */
    record OwnFindings(Group group, Key key) {}

    /** How findings are made; {@code field} is the target's array, empty if the map makes none. */
    record Findings(
            Optional<String> field,
            Optional<Group> shared,
            Optional<Key> sharedKey,
            List<OwnFindings> own,
            boolean dependOnRecord) {

        static final Findings NONE =
                new Findings(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), false);
    }

    private final Shape shape;
    private final Step[] host;
    private final Findings findings;

    TransformPlan(Shape shape, Step[] host, Findings findings) {
        this.shape = shape;
        this.host = host;
        this.findings = findings;
    }

    /**
     * Checks a map against its models and compiles it.
     *
     * @param sharedArray the field of the source model whose elements many records share, e.g. {@code cves}, as {@link
     *     SourceRecords#sharedArray} says; empty if there is none
     */
    public static Compilation compile(
            TransformMap map, DataModel sourceModel, DataModel targetModel, String sharedArray) {
        return new MapCompiler(map, sourceModel, targetModel, sharedArray).compile();
    }

    /** The map this does. */
    public TransformMap map() {
        return shape.map();
    }

    /** Whether the map makes findings at all. */
    public boolean makesFindings() {
        return findings.field().isPresent();
    }

    /**
     * Whether a finding depends on more than its shared item: a row into {@code finding[]} reads the record or another array.
     * Then {@link #item} cannot be used, and findings are made for each host by {@link #findings}.
     */
    public boolean findingsDependOnRecord() {
        return findings.dependOnRecord();
    }

    /**
     * The finding that an item of the shared array makes, the same for each host that has it.
     *
     * @throws IllegalStateException if the map makes no findings or {@link #findingsDependOnRecord}
     */
    public MappedItem item(ObjectNode sharedItem) {
        if (findings.dependOnRecord() || findings.shared().isEmpty()) {
            throw new IllegalStateException("The map \"" + shape.map().name() + "\" "
                    + (findings.dependOnRecord() ? "makes findings that depend on the host" : "makes no findings")
                    + "; ask findingsDependOnRecord() and makesFindings() before calling item()");
        }
        return shared(run(JsonNodeFactory.instance.objectNode(), null), sharedItem);
    }

    /** The host asset that a record makes, without its findings. Of {@code record}, only the document is read. */
    public MappedRecord record(SourceRecord record) {
        return host(run(record.document(), null));
    }

    /**
     * The findings of one host: one for each of its shared items, in their order, then those that other arrays of the record
     * make. Works for every map; for one whose findings do not depend on the record it only costs more than {@link #item}.
     */
    public List<MappedItem> findings(SourceRecord record, SourceRecords records) {
        Run run = run(record.document(), null);
        List<MappedItem> all = new ArrayList<>(record.sharedItems().length);
        if (findings.shared().isPresent()) {
            for (int index : record.sharedItems()) {
                all.add(shared(run, records.sharedItem(index)));
            }
        }
        own(run, all);
        return all;
    }

    /**
     * The whole target document of a whole source record.
     *
     * @param wholeSourceRecord as the source model describes it, with the shared array in it
     */
    public MappedDocument document(ObjectNode wholeSourceRecord) {
        return document(wholeSourceRecord, null);
    }

    /** Like {@link #document}, and says of each value where it comes from or why it is not there. Not for the hot path. */
    public Explanation explain(ObjectNode wholeSourceRecord) {
        Trace trace = new Trace();
        MappedDocument result = document(wholeSourceRecord, trace);
        List<Explanation.Origin> origins = switch (result) {
            case MappedDocument.Mapped mapped -> trace.origins(mapped.document());
            case MappedDocument.Rejected rejected -> List.of();
        };
        List<Explanation.Dropped> dropped = new ArrayList<>(trace.dropped());
        dropped.sort(Comparator.comparingInt(Explanation.Dropped::row));
        unread(wholeSourceRecord, "", "", dropped);
        return new Explanation(result, origins, dropped);
    }

    private MappedDocument document(ObjectNode source, @Nullable Trace trace) {
        Run run = run(source, trace);
        return switch (host(run)) {
            case MappedRecord.Rejected(List<ConversionProblem> problems) -> {
                if (trace != null) {
                    problems.forEach(problem -> trace.dropped(
                            problem.row(), problem.source(), StringNode.valueOf(problem.value()), problem.reason()));
                }
                yield new MappedDocument.Rejected(problems);
            }
            case MappedRecord.Mapped(String key, ObjectNode asset) -> {
                List<MappedItem> items = new ArrayList<>();
                findings.shared().ifPresent(group -> collect(run, group, findings.sharedKey(), items));
                own(run, items);
                yield withFindings(key, asset, items);
            }
        };
    }

    private MappedDocument withFindings(String key, ObjectNode asset, List<MappedItem> items) {
        List<MappedItem.Rejected> dropped = new ArrayList<>();
        ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
        for (MappedItem item : items) {
            switch (item) {
                case MappedItem.Mapped(String ignored, ObjectNode finding) -> array.add(finding);
                case MappedItem.Rejected rejected -> dropped.add(rejected);
            }
        }
        if (array.isEmpty()) {
            return new MappedDocument.Mapped(key, asset, dropped);
        }
        // In place: a trace knows the root by its identity.
        String field = findings.field().orElseThrow();
        int place = shape.targetOrder().indexOf(field);
        Map<String, JsonNode> after = new LinkedHashMap<>();
        asset.forEachEntry((name, value) -> {
            if (shape.targetOrder().indexOf(name) > place) {
                after.put(name, value);
            }
        });
        after.keySet().forEach(asset::remove);
        asset.set(field, array);
        after.forEach(asset::set);
        return new MappedDocument.Mapped(key, asset, dropped);
    }

    private Run run(ObjectNode source, @Nullable Trace trace) {
        return new Run(shape.frames(), source, new CelValues.ObjectView(source, shape.sourceFields(), false), trace);
    }

    private MappedRecord host(Run run) {
        ObjectNode asset = Step.build(host, run);
        List<ConversionProblem> problems = run.takeProblems();
        if (!problems.isEmpty()) {
            return new MappedRecord.Rejected(problems);
        }
        JsonNode key = asset.get(shape.key().field());
        return key == null
                ? new MappedRecord.Rejected(List.of(shape.key().missing("record", run.frames[0])))
                : new MappedRecord.Mapped(key.asString(), asset);
    }

    private MappedItem shared(Run run, ObjectNode item) {
        return judged(
                run,
                findings.shared().orElseThrow().element(run, item),
                findings.sharedKey().orElseThrow(),
                item);
    }

    private void own(Run run, List<MappedItem> all) {
        for (OwnFindings own : findings.own()) {
            collect(run, own.group(), Optional.of(own.key()), all);
        }
    }

    private static void collect(Run run, Group group, Optional<Key> key, List<MappedItem> all) {
        group.forEach(run, (source, finding) -> {
            MappedItem item = judged(run, finding, key.orElseThrow(), source);
            if (run.trace != null
                    && item
                            instanceof
                            MappedItem.Rejected(Optional<String> ignored, List<ConversionProblem> problems)) {
                for (ConversionProblem problem : problems) {
                    run.trace.dropped(
                            problem.row(),
                            group.place(run),
                            source,
                            "the finding is dropped: " + problem.source() + " has "
                                    + (problem.value().isEmpty() ? "no value" : problem.value()) + ": "
                                    + problem.reason());
                }
            }
            all.add(item);
        });
    }

    private static MappedItem judged(Run run, ObjectNode finding, Key key, JsonNode source) {
        List<ConversionProblem> problems = run.takeProblems();
        Optional<String> value = Optional.ofNullable(finding.get(key.field())).map(JsonNode::asString);
        if (!problems.isEmpty()) {
            return new MappedItem.Rejected(value, problems);
        }
        return value.isEmpty()
                ? new MappedItem.Rejected(value, List.of(key.missing("finding", source)))
                : new MappedItem.Mapped(value.get(), finding);
    }

    /** Adds the values that no row reads. */
    private void unread(JsonNode node, String place, String pattern, List<Explanation.Dropped> dropped) {
        boolean read = !pattern.isEmpty()
                && shape.map().rows().stream()
                        .map(row -> row.source().replace("[]", ""))
                        .anyMatch(source -> source.equals(pattern) || pattern.startsWith(source + "."));
        if (read || Conversion.isAbsent(node)) {
            return;
        }
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, value) -> unread(
                    value,
                    place.isEmpty() ? name : place + "." + name,
                    pattern.isEmpty() ? name : pattern + "." + name,
                    dropped));
        } else if (node.isArray() && !node.isEmpty() && node.path(0).isObject()) {
            for (int i = 0; i < node.size(); i++) {
                unread(node.path(i), place + "[" + i + "]", pattern, dropped);
            }
        } else if (!node.isArray() || !node.isEmpty()) {
            dropped.add(new Explanation.Dropped(0, place, node, "no row reads it"));
        }
    }
}
