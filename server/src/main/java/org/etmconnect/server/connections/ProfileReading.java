// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.etmconnect.connector.Connector;
import org.etmconnect.inventory.configuration.ProfileDraft;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.ProfileInputDto;
import org.etmconnect.transform.TransformMap;

/** Reads what a person entered for a profile, and holds it against its connection and its map. */
final class ProfileReading {

    /** Where maps are looked for; without a version the newest. */
    interface MapLookup {
        Optional<TransformMap> find(String name, Optional<Integer> version);
    }

    private final ConnectorCatalogue catalogue;
    private final Predicate<String> shipped;
    private final MapLookup maps;

    ProfileReading(ConnectorCatalogue catalogue, Predicate<String> shipped, MapLookup maps) {
        this.catalogue = catalogue;
        this.shipped = shipped;
        this.maps = maps;
    }

    /**
     * The profile.
     *
     * @param connector of its connection
     * @throws ApiProblem if something cannot be used
     */
    ProfileDraft read(ProfileInputDto input, String connector) {
        String name = input.getName().strip();
        if (name.isEmpty()) {
            throw unusable("name", "Give the profile a name.");
        }
        Optional<Integer> version = Optional.ofNullable(input.getTransformMapVersion());
        checkMap(input.getTransformMap(), version, connector);
        return new ProfileDraft(
                name,
                input.getDescription() == null ? "" : input.getDescription().strip(),
                input.getTransformMap(),
                version,
                !Boolean.FALSE.equals(input.getActive()),
                ScheduleDocument.read(input.getSchedule(), "schedule."));
    }

    private void checkMap(String name, Optional<Integer> version, String connector) {
        if (version.isPresent() && shipped.test(name)) {
            throw unusable(
                    "transformMapVersion",
                    "\"" + name + "\" is shipped by its connector and has no versions. Leave the version out.");
        }
        TransformMap found = maps.find(name, version)
                .orElseThrow(() ->
                        version.isPresent() && maps.find(name, Optional.empty()).isPresent()
                                ? unusable(
                                        "transformMapVersion",
                                        "The transform map \"" + name + "\" has no version " + version.get() + ".")
                                : unusable("transformMap", "There is no transform map \"" + name + "\"."));
        catalogue.find(connector).map(Connector::sourceModel).ifPresent(model -> {
            if (!found.source().equals(model.name())) {
                throw unusable(
                        "transformMap",
                        "\"" + name + "\" maps \"" + found.source() + "\", and this connection brings \"" + model.name()
                                + "\". Choose a map with that source data model.");
            }
        });
    }

    private static ApiProblem unusable(String field, String message) {
        return ApiProblem.unusable("The profile cannot be saved", List.of(new FieldProblemDto(field, message)));
    }
}
