// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;

/** Finds the paths of a map's rows in the models. */
final class Binder {

    private final DataModel sourceModel;
    private final DataModel targetModel;
    private final List<String> sourcePaths;
    private final List<String> targetPaths;
    private final List<MapProblem> problems;

    Binder(DataModel sourceModel, DataModel targetModel, List<MapProblem> problems) {
        this.sourceModel = sourceModel;
        this.targetModel = targetModel;
        this.sourcePaths = Names.leafPaths(sourceModel);
        this.targetPaths = Names.leafPaths(targetModel);
        this.problems = problems;
    }

    Optional<BoundRow> bind(int number, MapRow row) {
        Optional<Path> source = parse(number, "source", row.source());
        Optional<Path> target = parse(number, "target", row.target());
        Optional<List<Optional<Field>>> sourceFields =
                source.flatMap(path -> fields(number, "source", path, sourceModel, sourcePaths));
        Optional<List<Optional<Field>>> targetFields =
                target.flatMap(path -> fields(number, "target", path, targetModel, targetPaths));
        if (source.isEmpty() || target.isEmpty() || sourceFields.isEmpty() || targetFields.isEmpty()) {
            return Optional.empty();
        }
        BoundRow bound = new BoundRow(number, row, source.get(), target.get(), sourceFields.get(), targetFields.get());
        return targetTakesValues(bound) ? Optional.of(bound) : Optional.empty();
    }

    private Optional<Path> parse(int number, String side, String text) {
        Optional<Path> path = Path.parse(text);
        if (path.isEmpty()) {
            problems.add(MapProblem.error(
                    number,
                    side,
                    "\"" + text + "\" is not a path; write names with dots between them and [] where each element"
                            + " is meant, e.g. finding[].severity."));
        }
        return path;
    }

    private Optional<List<Optional<Field>>> fields(
            int number, String side, Path path, DataModel model, List<String> known) {
        List<Optional<Field>> found = new ArrayList<>();
        List<Field> fields = model.fields();
        boolean open = model.open() && isFarFromAll(path, known);
        for (int at = 0; at < path.size(); at++) {
            Path.Segment segment = path.get(at);
            boolean last = at == path.size() - 1;
            Optional<Field> field = fields.stream()
                    .filter(candidate -> candidate.name().equals(segment.name()))
                    .findFirst();
            if (field.isEmpty() && !open) {
                problems.add(MapProblem.error(
                                number,
                                side,
                                path + " is not in the data model \"" + model.name() + "\": it has no " + segment.name()
                                        + (at == 0
                                                ? ""
                                                : " in " + path.get(at - 1).name()) + ".")
                        .suggesting(Names.nearest(path.toString(), known)));
                return Optional.empty();
            }
            if (field.isEmpty() && at == 0) {
                problems.add(MapProblem.warning(
                        number,
                        side,
                        path + " is not in the data model \"" + model.name()
                                + "\", and no run has seen it; the row takes" + " what comes under that name."));
            }
            if (field.isPresent() && segment.each() && !field.get().list()) {
                problems.add(MapProblem.error(
                                number, side, segment.name() + " holds one value, so [] has no meaning after it.")
                        .suggesting(Optional.of(path.toString().replace(segment.toString(), segment.name()))));
                return Optional.empty();
            }
            if (field.isPresent() && field.get().list() && !segment.each() && !last) {
                problems.add(MapProblem.error(number, side, segment.name() + " is a list; write [] after it.")
                        .suggesting(
                                Optional.of(path.toString().replace(segment.name() + ".", segment.name() + "[]."))));
                return Optional.empty();
            }
            if (field.isPresent() && !last && field.get().type() != FieldType.OBJECT) {
                problems.add(MapProblem.error(
                        number, side, segment.name() + " is a value; there is nothing in it to name."));
                return Optional.empty();
            }
            found.add(field);
            open = field.map(Field::open).orElse(open);
            fields = field.map(Field::fields).orElse(List.of());
        }
        return Optional.of(found);
    }

    /** What is near to a known name is taken for a slip. */
    private static boolean isFarFromAll(Path path, List<String> known) {
        return Names.nearest(path.toString(), known).isEmpty();
    }

    private boolean targetTakesValues(BoundRow row) {
        int last = row.target().size() - 1;
        Optional<Field> leaf = row.targetLeaf();
        if (leaf.isPresent() && leaf.get().type() == FieldType.OBJECT) {
            problems.add(MapProblem.error(
                    row.number(),
                    "target",
                    row.target() + " is an object; name one of its fields"
                            + (leaf.get().open() ? ", of any name, after a dot." : ".")));
            return false;
        }
        if (leaf.isEmpty()) {
            boolean nested = last > 0 && row.targetFields().get(last - 1).isEmpty();
            if (nested || row.target().last().each()) {
                problems.add(MapProblem.error(
                        row.number(),
                        "target",
                        nested
                                ? row.target().get(last - 1).name()
                                        + " is a name of your own and takes values, no fields."
                                : "[] has no meaning after a name of your own; a list stays a list there."));
                return false;
            }
        }
        return true;
    }
}
