// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.inventory.maps.MapDeletion;
import org.etmconnect.inventory.maps.MapSave;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.maps.MapVersion;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.MapsApi;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.TransformMapCloneDto;
import org.etmconnect.server.rest.model.TransformMapCreationDto;
import org.etmconnect.server.rest.model.TransformMapDiffDto;
import org.etmconnect.server.rest.model.TransformMapDto;
import org.etmconnect.server.rest.model.TransformMapListDto;
import org.etmconnect.server.rest.model.TransformMapRestoreDto;
import org.etmconnect.server.rest.model.TransformMapSaveDto;
import org.etmconnect.server.rest.model.TransformMapSummaryDto;
import org.etmconnect.server.rest.model.TransformMapVersionDto;
import org.etmconnect.server.rest.model.TransformMapVersionListDto;
import org.etmconnect.server.security.Actor;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.MapDiff;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapRow;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.TransformMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

@RestController
class MapRoutes implements MapsApi {

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._()-]{0,119}");
    private static final Pattern NAME_LINE = Pattern.compile("(?m)^name[ \\t]*:[^\\r\\n]*$");
    private static final String LIST = "GET /api/v1/maps lists those there are.";

    private final TransformMaps maps;
    private final MapStore store;
    private final Actor actor;
    private final JsonMapper json;

    MapRoutes(TransformMaps maps, MapStore store, Actor actor, JsonMapper json) {
        this.maps = maps;
        this.store = store;
        this.actor = actor;
        this.json = json;
    }

    @Override
    public ResponseEntity<TransformMapListDto> listMaps() {
        Map<String, List<String>> users = store.users();
        List<TransformMapSummaryDto> items = new ArrayList<>();
        maps.shipped()
                .forEach(shipped -> items.add(MapDocuments.summary(
                        shipped, users.getOrDefault(shipped.map().name(), List.of()))));
        store.all()
                .forEach(saved -> items.add(MapDocuments.summary(saved, users.getOrDefault(saved.name(), List.of()))));
        return ResponseEntity.ok(new TransformMapListDto(items));
    }

    @Override
    public ResponseEntity<TransformMapDto> getMap(String mapName) {
        List<String> usedBy = usedBy(mapName);
        return ResponseEntity.ok(maps.shipped(mapName)
                .map(shipped -> MapDocuments.document(shipped, usedBy))
                .orElseGet(() -> MapDocuments.document(latest(mapName), usedBy)));
    }

    @Override
    public ResponseEntity<TransformMapDto> createMap(TransformMapCreationDto creation) {
        String yaml = creation.getYaml() == null ? skeleton(creation) : creation.getYaml();
        TransformMaps.TextCheck check = usable(yaml);
        String name = check.map().orElseThrow().name();
        if (creation.getName() != null && !creation.getName().equals(name)) {
            throw otherName(name, creation.getName());
        }
        return created(store(name, yaml, comment(creation.getComment()), least(creation.getVersion())), check);
    }

    /** A map that only says which host is meant. */
    private String skeleton(TransformMapCreationDto creation) {
        List<FieldProblemDto> missing = new ArrayList<>();
        String name = needed("name", creation.getName(), missing);
        String source = needed("source", creation.getSource(), missing);
        String target = needed("target", creation.getTarget(), missing);
        if (!missing.isEmpty()) {
            throw ApiProblem.unusable("A new map needs a name and two data models, or its text", missing);
        }
        Optional<String> from = identifier(maps.sourceModels(), source);
        Optional<String> to = identifier(maps.targetModels(), target);
        List<MapRow> rows = from.isPresent() && to.isPresent()
                ? List.of(new MapRow(from.get(), to.get(), Map.of(), Optional.empty(), Optional.empty(), true))
                : List.of();
        return MapYaml.write(new TransformMap(
                name, creation.getDescription() == null ? "" : creation.getDescription(), source, target, rows));
    }

    private static String needed(String field, @Nullable String value, List<FieldProblemDto> missing) {
        if (value == null || value.isBlank()) {
            missing.add(new FieldProblemDto(field, "It is missing; or send the whole map as yaml."));
            return "";
        }
        return value.strip();
    }

    private static Optional<String> identifier(List<DataModel> models, String name) {
        return models.stream()
                .filter(model -> model.name().equals(name))
                .flatMap(model -> model.fields().stream())
                .filter(Field::identifier)
                .map(Field::name)
                .findFirst();
    }

    @Override
    public ResponseEntity<TransformMapDto> cloneMap(String mapName, TransformMapCloneDto clone) {
        String original = maps.shipped(mapName)
                .map(TransformMaps.Shipped::yaml)
                .orElseGet(() ->
                        (clone.getVersion() == null ? latest(mapName) : version(mapName, clone.getVersion())).yaml());
        String name = clone.getName().strip();
        checkName(name);
        String yaml = renamed(original, name);
        TransformMaps.TextCheck check = usable(yaml);
        return created(store(name, yaml, comment(clone.getComment()), 1), check);
    }

    /** The same text, comments and all, with another name; written anew if the name's line is not plain. */
    private String renamed(String yaml, String name) {
        String replaced = NAME_LINE
                .matcher(yaml)
                .replaceFirst(Matcher.quoteReplacement("name: " + json.writeValueAsString(name)));
        if (MapYaml.read(replaced) instanceof MapReading.Read read
                && read.map().name().equals(name)) {
            return replaced;
        }
        return switch (MapYaml.read(yaml)) {
            case MapReading.Read(TransformMap map) ->
                MapYaml.write(new TransformMap(name, map.description(), map.source(), map.target(), map.rows()));
            case MapReading.Unreadable ignored -> yaml;
        };
    }

    private static int least(@Nullable Integer version) {
        return version == null ? 1 : version;
    }

    private MapVersion store(String name, String yaml, String comment, int least) {
        checkName(name);
        if (maps.shipped(name).isPresent()) {
            throw ApiProblem.conflict(
                    "A connector ships a transform map \"" + name + "\"", "Choose another name for yours.");
        }
        return store.create(name, yaml, actor.name(), comment, least)
                .orElseThrow(() -> ApiProblem.conflict(
                        "There is a transform map \"" + name + "\" already",
                        "Choose another name, or save a further version of that map."));
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.endsWith(" ")) {
            throw ApiProblem.unusable(
                    "The transform map's name cannot be used",
                    List.of(new FieldProblemDto(
                            "name",
                            "\"" + name
                                    + "\" must start with a letter or digit and hold up to 120 letters, digits, spaces"
                                    + " and . _ ( ) -")));
        }
    }

    private ResponseEntity<TransformMapDto> created(MapVersion saved, TransformMaps.TextCheck check) {
        return ResponseEntity.created(URI.create(
                        "/api/v1/maps/" + UriUtils.encode(saved.name(), java.nio.charset.StandardCharsets.UTF_8)))
                .body(saved(saved, check));
    }

    private TransformMapDto saved(MapVersion saved, TransformMaps.TextCheck check) {
        TransformMapDto document = MapDocuments.document(saved, usedBy(saved.name()));
        document.setWarnings(
                check.problems().stream().map(MapDocuments::problem).toList());
        return document;
    }

    @Override
    public ResponseEntity<TransformMapDto> saveMap(String mapName, TransformMapSaveDto save) {
        refuseShipped(mapName);
        return further(
                mapName, save.getBaseVersion(), save.getYaml(), comment(save.getComment()), least(save.getVersion()));
    }

    @Override
    public ResponseEntity<TransformMapDto> restoreMapVersion(
            String mapName, Integer version, TransformMapRestoreDto restore) {
        refuseShipped(mapName);
        latest(mapName);
        String comment = comment(restore.getComment());
        return further(
                mapName,
                restore.getBaseVersion(),
                version(mapName, version).yaml(),
                comment.isEmpty() ? "Restores version " + version : comment,
                1);
    }

    private ResponseEntity<TransformMapDto> further(String name, int base, String yaml, String comment, int least) {
        TransformMaps.TextCheck check = usable(yaml);
        String named = check.map().orElseThrow().name();
        if (!named.equals(name)) {
            throw otherName(named, name);
        }
        return switch (store.save(name, base, yaml, actor.name(), comment, least)) {
            case MapSave.Saved(MapVersion saved) -> ResponseEntity.ok(saved(saved, check));
            case MapSave.Missing() -> throw missing(name);
            case MapSave.Outdated(MapVersion latest) ->
                throw ApiProblem.conflict(
                        "Version " + base + " of the transform map \"" + name + "\" is not the newest",
                        "%s saved version %d on %s. Compare it with yours (GET /api/v1/maps/{name}/diff?from=%d), then save again on top of it."
                                .formatted(latest.author(), latest.version(), latest.createdAt(), base));
        };
    }

    private static ApiProblem otherName(String inText, String asked) {
        return ApiProblem.unusable(
                "The transform map cannot be saved",
                List.of(new FieldProblemDto(
                        "name",
                        "The text names the map \"" + inText + "\", not \"" + asked
                                + "\". Correct its name, or clone the map under the other one.")));
    }

    private TransformMaps.TextCheck usable(String yaml) {
        TransformMaps.TextCheck check = maps.checkText(yaml);
        if (!check.usable()) {
            throw MapDocuments.unusable(check);
        }
        return check;
    }

    @Override
    public ResponseEntity<Void> deleteMap(String mapName) {
        refuseShipped(mapName);
        return switch (store.delete(mapName)) {
            case MapDeletion.Deleted() -> ResponseEntity.noContent().build();
            case MapDeletion.Missing() -> throw missing(mapName);
            case MapDeletion.InUse(List<String> profiles) ->
                throw ApiProblem.conflict(
                        "The transform map \"" + mapName + "\" is in use",
                        "Choose another map first in these profiles: " + String.join(", ", profiles) + ".");
        };
    }

    private void refuseShipped(String name) {
        if (maps.shipped(name).isPresent()) {
            throw ApiProblem.conflict(
                    "The transform map \"" + name + "\" belongs to its connector",
                    "Clone it under another name and change the clone.");
        }
    }

    @Override
    public ResponseEntity<TransformMapVersionListDto> listMapVersions(String mapName) {
        if (maps.shipped(mapName).isPresent()) {
            return ResponseEntity.ok(new TransformMapVersionListDto(List.of()));
        }
        List<MapVersion> versions = store.versions(mapName);
        if (versions.isEmpty()) {
            throw missing(mapName);
        }
        return ResponseEntity.ok(new TransformMapVersionListDto(versions.stream()
                .map(saved -> new TransformMapVersionDto(saved.version(), saved.author(), saved.createdAt())
                        .comment(saved.comment()))
                .toList()));
    }

    @Override
    public ResponseEntity<TransformMapDto> getMapVersion(String mapName, Integer version) {
        return ResponseEntity.ok(MapDocuments.document(version(mapName, version), usedBy(mapName)));
    }

    @Override
    public ResponseEntity<TransformMapDiffDto> diffMapVersions(
            String mapName, @Nullable Integer from, @Nullable Integer to, @Nullable String with) {
        Text after = text(mapName, Optional.ofNullable(to));
        Text before = with == null
                ? text(mapName, Optional.of(from == null ? before(after) : from))
                : text(with, Optional.ofNullable(from));
        MapDiff diff = MapDiff.of(before.map(), after.map());
        return ResponseEntity.ok(new TransformMapDiffDto(
                before.title(),
                after.title(),
                diff.head().stream().map(MapDocuments::change).toList(),
                diff.rows().stream().map(MapDocuments::change).toList(),
                MapDiff.text(before.title(), before.yaml(), after.title(), after.yaml())));
    }

    /** One side of a comparison. */
    private record Text(String title, Optional<Integer> version, TransformMap map, String yaml) {}

    private static int before(Text after) {
        return after.version()
                .filter(version -> version > 1)
                .map(version -> version - 1)
                .orElseThrow(() -> ApiProblem.conflict(
                        "There is nothing before " + after.title(),
                        "Name another map to compare it with: ?with=NAME."));
    }

    private Text text(String name, Optional<Integer> version) {
        Optional<TransformMaps.Shipped> shipped = maps.shipped(name);
        if (shipped.isPresent()) {
            return new Text(
                    name, Optional.empty(), shipped.get().map(), shipped.get().yaml());
        }
        MapVersion saved = version.map(number -> version(name, number)).orElseGet(() -> latest(name));
        return switch (MapYaml.read(saved.yaml())) {
            case MapReading.Read(TransformMap map) ->
                new Text(name + ", version " + saved.version(), Optional.of(saved.version()), map, saved.yaml());
            case MapReading.Unreadable unreadable ->
                throw ApiProblem.conflict(
                        "Version " + saved.version() + " of the transform map \"" + name + "\" cannot be read",
                        unreadable.problems().getFirst().text());
        };
    }

    private List<String> usedBy(String name) {
        return store.users().getOrDefault(name, List.of());
    }

    private MapVersion latest(String name) {
        return store.latest(name).orElseThrow(() -> missing(name));
    }

    private MapVersion version(String name, int version) {
        return store.version(name, version)
                .orElseThrow(() -> ApiProblem.notFound(
                        "version " + version + " of a transform map \"" + name + "\"",
                        "GET /api/v1/maps/{name}/versions lists those there are."));
    }

    static ApiProblem missing(String name) {
        return ApiProblem.notFound("transform map \"" + name + "\"", LIST);
    }

    private static String comment(@Nullable String comment) {
        return comment == null ? "" : comment.strip();
    }
}
