// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.maps.MapVersion;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ConversionProblemDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.MapHeadChangeDto;
import org.etmconnect.server.rest.model.MapProblemDto;
import org.etmconnect.server.rest.model.MapRowChangeDto;
import org.etmconnect.server.rest.model.TransformMapDto;
import org.etmconnect.server.rest.model.TransformMapRowDto;
import org.etmconnect.server.rest.model.TransformMapSummaryDto;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.MapDiff;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapRow;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.TransformMap;

/** Transform maps as REST documents. */
final class MapDocuments {

    private MapDocuments() {}

    static TransformMapSummaryDto summary(TransformMaps.Shipped shipped, List<String> usedBy) {
        TransformMap map = shipped.map();
        return new TransformMapSummaryDto(map.name(), true, map.description(), map.source(), map.target(), usedBy);
    }

    static TransformMapSummaryDto summary(MapVersion saved, List<String> usedBy) {
        MapReading reading = MapYaml.read(saved.yaml());
        Optional<TransformMap> map = map(reading);
        TransformMapSummaryDto document = new TransformMapSummaryDto(
                saved.name(),
                false,
                map.map(TransformMap::description).orElse(""),
                map.map(TransformMap::source).orElse(""),
                map.map(TransformMap::target).orElse(""),
                usedBy);
        document.setVersion(saved.version());
        document.setAuthor(saved.author());
        document.setSavedAt(saved.createdAt());
        document.setComment(saved.comment());
        unreadable(reading).ifPresent(document::setUnreadable);
        return document;
    }

    static TransformMapDto document(TransformMaps.Shipped shipped, List<String> usedBy) {
        TransformMap map = shipped.map();
        return new TransformMapDto(
                map.name(), true, map.description(), map.source(), map.target(), usedBy, shipped.yaml(), rows(map));
    }

    static TransformMapDto document(MapVersion saved, List<String> usedBy) {
        MapReading reading = MapYaml.read(saved.yaml());
        Optional<TransformMap> map = map(reading);
        TransformMapDto document = new TransformMapDto(
                saved.name(),
                false,
                map.map(TransformMap::description).orElse(""),
                map.map(TransformMap::source).orElse(""),
                map.map(TransformMap::target).orElse(""),
                usedBy,
                saved.yaml(),
                map.map(MapDocuments::rows).orElse(List.of()));
        document.setVersion(saved.version());
        document.setAuthor(saved.author());
        document.setSavedAt(saved.createdAt());
        document.setComment(saved.comment());
        unreadable(reading).ifPresent(document::setUnreadable);
        return document;
    }

    private static Optional<TransformMap> map(MapReading reading) {
        return switch (reading) {
            case MapReading.Read read -> Optional.of(read.map());
            case MapReading.Unreadable ignored -> Optional.empty();
        };
    }

    private static Optional<String> unreadable(MapReading reading) {
        return switch (reading) {
            case MapReading.Read ignored -> Optional.empty();
            case MapReading.Unreadable unreadable ->
                Optional.of(String.join(
                        " ",
                        unreadable.problems().stream().map(MapProblem::text).toList()));
        };
    }

    private static List<TransformMapRowDto> rows(TransformMap map) {
        List<TransformMapRowDto> rows = new ArrayList<>();
        map.rows().forEach(row -> rows.add(row(rows.size() + 1, row)));
        return rows;
    }

    private static TransformMapRowDto row(int number, MapRow row) {
        TransformMapRowDto document = new TransformMapRowDto(number, row.source(), row.target(), row.identifier());
        row.expression().ifPresent(document::setExpression);
        document.setValues(row.values().isEmpty() ? null : new LinkedHashMap<>(row.values()));
        row.otherwise().ifPresent(document::setOtherwise);
        return document;
    }

    static MapHeadChangeDto change(MapDiff.HeadChange change) {
        return new MapHeadChangeDto(change.field(), change.before(), change.after());
    }

    static MapRowChangeDto change(MapDiff.RowChange change) {
        return switch (change) {
            case MapDiff.RowChange.Added(MapDiff.NumberedRow after) ->
                new MapRowChangeDto(
                                MapRowChangeDto.ChangeEnum.ADDED, after.row().target())
                        .after(row(after));
            case MapDiff.RowChange.Removed(MapDiff.NumberedRow before) ->
                new MapRowChangeDto(
                                MapRowChangeDto.ChangeEnum.REMOVED, before.row().target())
                        .before(row(before));
            case MapDiff.RowChange.Changed(MapDiff.NumberedRow before, MapDiff.NumberedRow after) ->
                new MapRowChangeDto(
                                MapRowChangeDto.ChangeEnum.CHANGED, after.row().target())
                        .before(row(before))
                        .after(row(after));
        };
    }

    private static TransformMapRowDto row(MapDiff.NumberedRow row) {
        return row(row.number(), row.row());
    }

    static MapProblemDto problem(TransformMaps.Located located) {
        MapProblem problem = located.problem();
        MapProblemDto document = new MapProblemDto(
                MapProblemDto.LevelEnum.valueOf(problem.level().name()), problem.field(), problem.message());
        if (problem.row() > 0) {
            document.setRow(problem.row());
        }
        problem.suggestion().ifPresent(document::setSuggestion);
        located.place().ifPresent(place -> {
            document.setLine(place.line());
            document.setColumn(place.column());
        });
        located.withinExpression().ifPresent(place -> {
            document.setExpressionLine(place.line());
            document.setExpressionColumn(place.column());
        });
        return document;
    }

    static ConversionProblemDto problem(ConversionProblem problem) {
        return new ConversionProblemDto(
                problem.row(), problem.source(), problem.target(), problem.value(), problem.reason());
    }

    /** Ends the request: the text is no map that can be used. */
    static ApiProblem unusable(TransformMaps.TextCheck check) {
        return ApiProblem.unusable(
                "The transform map cannot be used",
                check.problems().stream()
                        .filter(each -> each.problem().level() == MapProblem.Level.ERROR)
                        .map(each -> {
                            FieldProblemDto field = new FieldProblemDto(
                                    each.problem().field(), each.problem().text());
                            if (each.problem().row() > 0) {
                                field.setRow(each.problem().row());
                            }
                            each.problem().suggestion().ifPresent(field::setSuggestion);
                            each.place().ifPresent(place -> {
                                field.setLine(place.line());
                                field.setColumn(place.column());
                            });
                            return field;
                        })
                        .toList());
    }
}
