// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.maps.MapVersion;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ComparedThingDto;
import org.etmconnect.server.rest.model.FieldDifferenceDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.MapDiff;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapRow;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.TransformMap;
import org.springframework.stereotype.Component;

/** Holds a map's text against what is stored under its name. */
@Component
public class MapComparison {

    private final TransformMaps maps;
    private final MapStore store;

    MapComparison(TransformMaps maps, MapStore store) {
        this.maps = maps;
        this.store = store;
    }

    /**
     * What came of it.
     *
     * @param map empty if the text cannot be used
     */
    public record Compared(ComparedThingDto document, Optional<TransformMap> map) {}

    /**
     * Compares {@code yaml} with the stored map of its name; nothing is stored.
     *
     * @param version the version that it is to be; empty: the newest
     */
    public Compared compare(String yaml, Optional<Integer> version) {
        try {
            TransformMaps.TextCheck check = maps.checkText(yaml);
            if (!check.usable()) {
                throw MapDocuments.unusable(check);
            }
            TransformMap map = check.map().orElseThrow();
            ComparedThingDto document = compare(map, yaml, version);
            document.setNotices(check.problems().stream()
                    .map(TransformMaps.Located::problem)
                    .map(MapProblem::text)
                    .toList());
            return new Compared(document, Optional.of(map));
        } catch (ApiProblem unusable) {
            return new Compared(
                    document(ComparedThingDto.StateEnum.UNUSABLE, List.of()).problems(unusable.fields()),
                    Optional.empty());
        }
    }

    private ComparedThingDto compare(TransformMap map, String yaml, Optional<Integer> version) {
        MapRoutes.checkName(map.name());
        if (maps.shipped(map.name()).isPresent()) {
            throw unusable(
                    "name", "A connector ships the transform map \"" + map.name() + "\". Give yours another name.");
        }
        Optional<MapVersion> latest = store.latest(map.name());
        if (latest.isEmpty()) {
            return document(ComparedThingDto.StateEnum.NEW, List.of());
        }
        int newest = latest.get().version();
        if (version.isPresent() && version.get() > newest) {
            return document(
                            ComparedThingDto.StateEnum.DIFFERENT,
                            List.of(difference("version", String.valueOf(newest), String.valueOf(version.get()))))
                    .version(newest);
        }
        MapVersion stored = version.isEmpty()
                ? latest.get()
                : store.version(map.name(), version.get())
                        .orElseThrow(() -> unusable(
                                "version",
                                "The newest stored version is " + newest + ", and there is no version " + version.get()
                                        + ". Leave version out to save this text as the next one."));
        if (MapYaml.bare(stored.yaml()).equals(MapYaml.bare(yaml))) {
            return document(ComparedThingDto.StateEnum.SAME, List.of()).version(newest);
        }
        if (version.isPresent()) {
            throw unusable(
                    "version",
                    "Version " + version.get() + " is stored with another text, and versions do not change. Give it the"
                            + " number " + (newest + 1) + ", also in the profiles that are to use it.");
        }
        return document(ComparedThingDto.StateEnum.DIFFERENT, differences(stored, map))
                .version(newest);
    }

    private static List<FieldDifferenceDto> differences(MapVersion stored, TransformMap map) {
        List<FieldDifferenceDto> differences = new ArrayList<>();
        if (MapYaml.read(stored.yaml()) instanceof MapReading.Read(TransformMap before)) {
            MapDiff diff = MapDiff.of(before, map);
            diff.head().forEach(change -> differences.add(difference(change.field(), change.before(), change.after())));
            diff.rows()
                    .forEach(change -> differences.add(
                            switch (change) {
                                case MapDiff.RowChange.Added(MapDiff.NumberedRow after) ->
                                    row(after).after(text(after.row()));
                                case MapDiff.RowChange.Removed(MapDiff.NumberedRow earlier) ->
                                    row(earlier).before(text(earlier.row()));
                                case MapDiff.RowChange.Changed(
                                        MapDiff.NumberedRow earlier,
                                        MapDiff.NumberedRow after) ->
                                    row(after).before(text(earlier.row())).after(text(after.row()));
                            }));
        }
        if (differences.isEmpty()) {
            differences.add(new FieldDifferenceDto("text", false)
                    .after("comments, layout or the order of rows; the map does the same"));
        }
        return differences;
    }

    private static FieldDifferenceDto row(MapDiff.NumberedRow row) {
        return new FieldDifferenceDto("row " + row.number() + ", " + row.row().target(), false);
    }

    private static String text(MapRow row) {
        StringBuilder text = new StringBuilder(row.source());
        row.expression().ifPresent(expression -> text.append(", expression ").append(expression));
        if (!row.values().isEmpty()) {
            text.append(row.values().entrySet().stream()
                    .map(Map.Entry::toString)
                    .collect(Collectors.joining(", ", ", values {", "}")));
        }
        row.otherwise().ifPresent(value -> text.append(", otherwise ").append(value));
        return text.append(row.identifier() ? ", identifier" : "").toString();
    }

    private static FieldDifferenceDto difference(String field, String before, String after) {
        return new FieldDifferenceDto(field, false).before(before).after(after);
    }

    private static ComparedThingDto document(ComparedThingDto.StateEnum state, List<FieldDifferenceDto> differences) {
        return new ComparedThingDto(state, differences, List.of(), List.of());
    }

    private static ApiProblem unusable(String field, String message) {
        return ApiProblem.unusable("The transform map cannot be saved", List.of(new FieldProblemDto(field, message)));
    }
}
