// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.transform.MapProblem.Place;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A YAML text as a tree whose nodes know where they stand. Aliases are refused: a map has no use for them. */
final class LocatedYaml {

    sealed interface Node {
        Place place();
    }

    record Mapping(Map<String, Entry> entries, Place place) implements Node {}

    record Sequence(List<Node> elements, Place place) implements Node {}

    record Scalar(JsonNode value, Place place) implements Node {}

    /** A value with the place of its key. */
    record Entry(Place key, Node value) {}

    /** The text cannot be read as YAML of this kind. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Optional<Place> place;

        Unreadable(String message, Optional<Place> place) {
            super(message);
            this.place = place;
        }

        Optional<Place> place() {
            return place;
        }
    }

    private static final int DEEPEST = 20;

    private final JsonParser parser;

    private LocatedYaml(JsonParser parser) {
        this.parser = parser;
    }

    static Node read(String text) throws Unreadable {
        try (JsonParser parser = YAMLMapper.shared().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new Unreadable("The text is empty; a transform map starts with \"name:\".", Optional.empty());
            }
            LocatedYaml reader = new LocatedYaml(parser);
            Node root = reader.node(0);
            if (parser.nextToken() != null) {
                throw new Unreadable(
                        "There is more after the map's end; one file holds one map.", Optional.of(reader.here()));
            }
            return root;
        } catch (JacksonException e) {
            throw new Unreadable(
                    "This is not YAML: " + firstLine(e.getOriginalMessage()),
                    Optional.ofNullable(e.getLocation()).flatMap(LocatedYaml::place));
        }
    }

    private Node node(int depth) throws Unreadable {
        Place place = here();
        if (depth > DEEPEST) {
            throw new Unreadable("It is nested too deep for a transform map.", Optional.of(place));
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new Unreadable("Aliases (*name) cannot be used in a map; write the value out.", Optional.of(place));
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> mapping(place, depth);
            case START_ARRAY -> sequence(place, depth);
            case VALUE_STRING -> new Scalar(StringNode.valueOf(parser.getString()), place);
            case VALUE_NUMBER_INT ->
                new Scalar(
                        switch (parser.getNumberType()) {
                            case INT -> JsonNodeFactory.instance.numberNode(parser.getIntValue());
                            case LONG -> JsonNodeFactory.instance.numberNode(parser.getLongValue());
                            default -> JsonNodeFactory.instance.numberNode(parser.getBigIntegerValue());
                        },
                        place);
            case VALUE_NUMBER_FLOAT -> new Scalar(JsonNodeFactory.instance.numberNode(parser.getDoubleValue()), place);
            case VALUE_TRUE, VALUE_FALSE -> new Scalar(BooleanNode.valueOf(token == JsonToken.VALUE_TRUE), place);
            case VALUE_NULL -> new Scalar(NullNode.getInstance(), place);
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new Unreadable("This is not YAML that a map can hold.", Optional.of(place));
        };
    }

    private Mapping mapping(Place start, int depth) throws Unreadable {
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Place key = here();
            String name = parser.currentName();
            parser.nextToken();
            if (entries.put(name, new Entry(key, node(depth + 1))) != null) {
                throw new Unreadable("\"" + name + "\" stands here a second time.", Optional.of(key));
            }
        }
        return new Mapping(entries, start);
    }

    private Sequence sequence(Place start, int depth) throws Unreadable {
        List<Node> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(node(depth + 1));
        }
        return new Sequence(elements, start);
    }

    private Place here() {
        return place(parser.currentTokenLocation()).orElseGet(() -> new Place(1, 1));
    }

    private static Optional<Place> place(TokenStreamLocation location) {
        return location.getLineNr() < 1 || location.getColumnNr() < 1
                ? Optional.empty()
                : Optional.of(new Place(location.getLineNr(), location.getColumnNr()));
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
