// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.maps.MapVersion;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.TransformMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The map that a request is about: a text that it brings, or one that is stored. Safe for use by several threads. */
@Component
final class ChosenMap {

    private final TransformMaps maps;
    private final MapStore store;

    ChosenMap(TransformMaps maps, MapStore store) {
        this.maps = maps;
        this.store = store;
    }

    /**
     * A map that can be used.
     *
     * @param version empty for a text that is not stored, and for a map that a connector ships
     * @param warnings what is worth knowing of it
     */
    record Usable(TransformMap map, Optional<Integer> version, List<TransformMaps.Located> warnings) {}

    /** The map that {@code yaml} is, or that {@code name} and {@code version} name; else a problem ends the request. */
    Usable choose(@Nullable String yaml, @Nullable String name, @Nullable Integer version) {
        if ((yaml == null) == (name == null)) {
            throw ApiProblem.unusable(
                    "Which map?",
                    List.of(new FieldProblemDto(
                            "map", "Send either yaml, the map's text, or map, the name of a stored one.")));
        }
        if (yaml != null) {
            return usable(yaml, Optional.empty());
        }
        String wanted = String.valueOf(name);
        Optional<TransformMaps.Shipped> shipped = maps.shipped(wanted);
        if (shipped.isPresent()) {
            return usable(shipped.get().yaml(), Optional.empty());
        }
        MapVersion saved = (version == null ? store.latest(wanted) : store.version(wanted, version))
                .orElseThrow(() -> version == null
                        ? MapRoutes.missing(wanted)
                        : ApiProblem.notFound(
                                "version " + version + " of a transform map \"" + wanted + "\"",
                                "GET /api/v1/maps/{name}/versions lists those there are."));
        return usable(saved.yaml(), Optional.of(saved.version()));
    }

    private Usable usable(String yaml, Optional<Integer> version) {
        TransformMaps.TextCheck check = maps.checkText(yaml);
        if (!check.usable()) {
            throw MapDocuments.unusable(check);
        }
        return new Usable(check.map().orElseThrow(), version, check.problems());
    }
}
