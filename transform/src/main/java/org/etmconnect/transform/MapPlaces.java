// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.Optional;
import org.etmconnect.transform.LocatedYaml.Entry;
import org.etmconnect.transform.LocatedYaml.Mapping;
import org.etmconnect.transform.LocatedYaml.Node;
import org.etmconnect.transform.LocatedYaml.Sequence;
import org.etmconnect.transform.MapProblem.Place;

/** Where the rows of a transform map's text stand, so that a problem found by compiling it can be shown there. Immutable. */
public final class MapPlaces {

    private final Optional<Mapping> root;

    private MapPlaces(Optional<Mapping> root) {
        this.root = root;
    }

    /** The places of a text that {@link MapYaml#read} could read; of another text there are none. */
    public static MapPlaces of(String yaml) {
        try {
            return new MapPlaces(
                    LocatedYaml.read(yaml) instanceof Mapping mapping ? Optional.of(mapping) : Optional.empty());
        } catch (LocatedYaml.Unreadable e) {
            return new MapPlaces(Optional.empty());
        }
    }

    /**
     * Where a problem is: the value of its field if that stands in the text, else the row, else the map.
     *
     * @param problem its own place is where in the expression it is, if its field is {@code expression}
     */
    public Optional<Place> of(MapProblem problem) {
        return root.flatMap(map -> {
            if (problem.row() == 0) {
                return value(map, problem.field());
            }
            return Optional.ofNullable(map.entries().get("rows"))
                    .map(Entry::value)
                    .filter(Sequence.class::isInstance)
                    .map(Sequence.class::cast)
                    .filter(rows -> rows.elements().size() >= problem.row())
                    .map(rows -> rows.elements().get(problem.row() - 1))
                    .flatMap(row -> row instanceof Mapping mapping
                            ? value(mapping, problem.field())
                            : Optional.of(row.place()));
        });
    }

    private static Optional<Place> value(Mapping mapping, String field) {
        return Optional.of(Optional.ofNullable(mapping.entries().get(field))
                .map(Entry::value)
                .map(Node::place)
                .orElse(mapping.place()));
    }
}
