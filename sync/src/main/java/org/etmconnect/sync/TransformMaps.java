// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.maps.MapVersion;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MapPlaces;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;

/**
 * The transform maps by name: first those that connectors ship, which nobody can change, then those that people made.
 * Safe for use by several threads.
 */
public final class TransformMaps {

    private final Map<String, Shipped> shipped = new TreeMap<>();
    private final Map<String, Connector> sources = new TreeMap<>();
    private final Function<Connector, DataModel> models;
    private final MapStore store;

    /**
     * A map that a connector ships.
     *
     * @param yaml its text as the connector has it
     */
    public record Shipped(TransformMap map, String yaml) {}

    /** What came of looking for a map. */
    public sealed interface Lookup {}

    /**
     * A map that reads.
     *
     * @param version its version; empty if a connector ships it
     */
    public record Found(TransformMap map, Optional<Integer> version) implements Lookup {}

    /** There is no map of that name, or no such version of it. */
    public record Missing() implements Lookup {}

    /**
     * A stored map whose text cannot be read any more, say because it was written by a newer server.
     *
     * @param problems at least one
     */
    public record Broken(String name, int version, List<MapProblem> problems) implements Lookup {
        public Broken {
            problems = List.copyOf(problems);
        }

        /** What is wrong and what to do, for a person. */
        public String text() {
            return "Version " + version + " of the transform map \"" + name + "\" cannot be read: "
                    + String.join(" ", problems.stream().map(MapProblem::text).toList())
                    + " Save a corrected version of it, or choose another map in the profile.";
        }
    }

    /**
     * What a check of a map's text found.
     *
     * @param map the map; empty if the text is none
     * @param usable whether the map can be used
     * @param problems errors and warnings
     */
    public record TextCheck(Optional<TransformMap> map, boolean usable, List<Located> problems) {
        public TextCheck {
            problems = List.copyOf(problems);
        }
    }

    /**
     * A problem and where in the map's text it is.
     *
     * @param place of the field or row it concerns
     * @param withinExpression where in the row's expression, if it is a fault of that
     */
    public record Located(
            MapProblem problem, Optional<MapProblem.Place> place, Optional<MapProblem.Place> withinExpression) {}

    /**
     * @param connectors whose default maps and source models there are
     * @param store the maps that people made
     * @throws IllegalStateException if a connector ships a map that cannot be read
     */
    public TransformMaps(Collection<Connector> connectors, MapStore store) {
        this(connectors, store, Connector::sourceModel);
    }

    /**
     * @param connectors whose default maps there are
     * @param store the maps that people made
     * @param models the source models, with what maps may read beside what is documented
     * @throws IllegalStateException if a connector ships a map that cannot be read
     */
    public TransformMaps(Collection<Connector> connectors, MapStore store, Function<Connector, DataModel> models) {
        this.store = store;
        this.models = models;
        for (Connector connector : connectors) {
            sources.put(connector.sourceModel().name(), connector);
            for (String yaml : connector.defaultTransformMaps()) {
                TransformMap map =
                        read(yaml, "The connector " + connector.descriptor().id() + " ships a transform map");
                shipped.put(map.name(), new Shipped(map, yaml));
            }
        }
    }

    private static TransformMap read(String yaml, String what) {
        return switch (MapYaml.read(yaml)) {
            case MapReading.Read read -> read.map();
            case MapReading.Unreadable unreadable ->
                throw new IllegalStateException(what + " that cannot be read: "
                        + unreadable.problems().stream().map(MapProblem::text).toList());
        };
    }

    /**
     * The map of this name, if there is one that reads.
     *
     * @param version the version to use; empty for the newest. A shipped map has none.
     */
    public Optional<Found> find(String name, Optional<Integer> version) {
        return look(name, version) instanceof Found found ? Optional.of(found) : Optional.empty();
    }

    /**
     * Looks for the map of this name.
     *
     * @param version the version to use; empty for the newest. A shipped map has none.
     */
    public Lookup look(String name, Optional<Integer> version) {
        Shipped ofConnector = shipped.get(name);
        if (ofConnector != null) {
            return new Found(ofConnector.map(), Optional.empty());
        }
        return version.map(number -> store.version(name, number))
                .orElseGet(() -> store.latest(name))
                .map(TransformMaps::stored)
                .orElseGet(Missing::new);
    }

    private static Lookup stored(MapVersion saved) {
        return switch (MapYaml.read(saved.yaml())) {
            case MapReading.Read read -> new Found(read.map(), Optional.of(saved.version()));
            case MapReading.Unreadable unreadable -> new Broken(saved.name(), saved.version(), unreadable.problems());
        };
    }

    /** Reads a map's text and checks it against the models it names, with the place of each problem in the text. */
    public TextCheck checkText(String yaml) {
        return switch (MapYaml.read(yaml)) {
            case MapReading.Read read -> {
                MapPlaces places = MapPlaces.of(yaml);
                Compilation compilation = check(read.map());
                yield new TextCheck(
                        Optional.of(read.map()),
                        compilation instanceof Compilation.Compiled,
                        compilation.problems().stream()
                                .map(problem -> new Located(
                                        problem,
                                        places.of(problem),
                                        problem.field().equals("expression") ? problem.place() : Optional.empty()))
                                .toList());
            }
            case MapReading.Unreadable unreadable ->
                new TextCheck(
                        Optional.empty(),
                        false,
                        unreadable.problems().stream()
                                .map(problem -> new Located(problem, problem.place(), Optional.empty()))
                                .toList());
        };
    }

    /** The target data models. */
    public List<DataModel> targetModels() {
        return List.of(EtmHostAsset.model());
    }

    /** The maps that connectors ship, by name. */
    public List<Shipped> shipped() {
        return List.copyOf(shipped.values());
    }

    /** The map of this name that a connector ships, if there is one. */
    public Optional<Shipped> shipped(String name) {
        return Optional.ofNullable(shipped.get(name));
    }

    /** The source data models, by name. */
    public List<DataModel> sourceModels() {
        return sources.values().stream().map(models).toList();
    }

    /** Whether a map fits the models it names. */
    public Compilation check(TransformMap map) {
        Connector connector = sources.get(map.source());
        if (connector == null) {
            return refused("source", map.source(), List.copyOf(sources.keySet()));
        }
        if (!map.target().equals(EtmHostAsset.model().name())) {
            return refused("target", map.target(), List.of(EtmHostAsset.model().name()));
        }
        DataModel source = models.apply(connector);
        return TransformPlan.compile(map, source, EtmHostAsset.model(), sharedArray(source));
    }

    private static Compilation refused(String field, String name, List<String> known) {
        return new Compilation.Refused(List.of(new MapProblem(
                MapProblem.Level.ERROR,
                0,
                field,
                "There is no " + field + " data model \"" + name + "\"; known: " + String.join(", ", known) + ".",
                known.stream().findFirst(),
                Optional.empty())));
    }

    /** The records of a run name it; without a run it is the array whose elements the model calls by an identifier. */
    private static String sharedArray(DataModel source) {
        return source.fields().stream()
                .filter(field -> field.list() && field.type() == FieldType.OBJECT)
                .filter(field -> field.fields().stream().anyMatch(Field::identifier))
                .map(Field::name)
                .findFirst()
                .orElse("");
    }
}
