// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.etmconnect.connector.Connector;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.TransformMap;

/** The transform maps by name: those that connectors ship. Immutable. */
public final class TransformMaps {

    private final Map<String, TransformMap> maps = new TreeMap<>();

    /**
     * @param connectors whose default maps there are
     * @throws IllegalStateException if a connector ships a map that cannot be read
     */
    public TransformMaps(Collection<Connector> connectors) {
        for (Connector connector : connectors) {
            for (String yaml : connector.defaultTransformMaps()) {
                switch (MapYaml.read(yaml)) {
                    case MapReading.Read read -> maps.put(read.map().name(), read.map());
                    case MapReading.Unreadable unreadable ->
                        throw new IllegalStateException("The connector "
                                + connector.descriptor().id() + " ships a transform map that cannot be read: "
                                + unreadable.problems().stream()
                                        .map(MapProblem::text)
                                        .toList());
                }
            }
        }
    }

    /** The map of this name, if there is one. */
    public Optional<TransformMap> find(String name) {
        return Optional.ofNullable(maps.get(name));
    }

    /** All maps, by name. */
    public List<TransformMap> all() {
        return List.copyOf(maps.values());
    }
}
