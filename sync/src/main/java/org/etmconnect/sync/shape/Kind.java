// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.Optional;
import java.util.regex.Pattern;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import tools.jackson.databind.JsonNode;

/** What a value of a field looks like. A number in a text where the model has a number is a number, and so for times. */
enum Kind {
    TEXT("text", FieldType.TEXT, false),
    NUMBER("a number", FieldType.DECIMAL, false),
    BOOLEAN("true or false", FieldType.BOOLEAN, false),
    TIME("a time", FieldType.INSTANT, false),
    OBJECT("an object", FieldType.OBJECT, false),
    TEXTS("a list of texts", FieldType.TEXT, true),
    NUMBERS("a list of numbers", FieldType.DECIMAL, true),
    BOOLEANS("a list of true or false", FieldType.BOOLEAN, true),
    TIMES("a list of times", FieldType.INSTANT, true),
    OBJECTS("a list of objects", FieldType.OBJECT, true),
    LISTS("a list of lists", FieldType.OBJECT, true);

    private static final Pattern NUMERIC = Pattern.compile("[+-]?\\d+(\\.\\d+)?");
    private static final Pattern POINT_IN_TIME = Pattern.compile("\\d{1,18}|\\d{4}-\\d\\d-\\d\\d([T ].*)?");
    /** What query results have for nothing. */
    private static final String NOTHING = "NULL";

    private final String words;
    private final FieldType type;
    private final boolean list;

    Kind(String words, FieldType type, boolean list) {
        this.words = words;
        this.type = type;
        this.list = list;
    }

    String words() {
        return words;
    }

    FieldType type() {
        return type;
    }

    boolean list() {
        return list;
    }

    /** The kind of a value; empty if it says nothing: null, blank, an empty list or object, the time 0. */
    static Optional<Kind> of(JsonNode value, Optional<Field> field) {
        return switch (value.getNodeType()) {
            case STRING -> ofText(value.asString().strip(), field.map(Field::type));
            case NUMBER ->
                field.map(Field::type).filter(FieldType.INSTANT::equals).isEmpty()
                        ? Optional.of(NUMBER)
                        : Optional.of(TIME).filter(time -> value.asDouble() != 0);
            case BOOLEAN -> Optional.of(BOOLEAN);
            case OBJECT, POJO -> value.isEmpty() ? Optional.empty() : Optional.of(OBJECT);
            case ARRAY ->
                value.valueStream()
                        .flatMap(element -> of(element, field).stream())
                        .findFirst()
                        .map(Kind::listed);
            case NULL, MISSING, BINARY -> Optional.empty();
        };
    }

    private static Optional<Kind> ofText(String text, Optional<FieldType> type) {
        if (text.isEmpty() || text.equals(NOTHING)) {
            return Optional.empty();
        }
        return switch (type.orElse(FieldType.TEXT)) {
            case INSTANT ->
                text.equals("0")
                        ? Optional.empty()
                        : Optional.of(POINT_IN_TIME.matcher(text).matches() ? TIME : TEXT);
            case INTEGER, DECIMAL -> Optional.of(NUMERIC.matcher(text).matches() ? NUMBER : TEXT);
            case TEXT, BOOLEAN, SEVERITY, OBJECT -> Optional.of(TEXT);
        };
    }

    private Kind listed() {
        return switch (this) {
            case TEXT -> TEXTS;
            case NUMBER -> NUMBERS;
            case BOOLEAN -> BOOLEANS;
            case TIME -> TIMES;
            case OBJECT -> OBJECTS;
            case TEXTS, NUMBERS, BOOLEANS, TIMES, OBJECTS, LISTS -> LISTS;
        };
    }

    /** Whether a field that the documents describe so may look like this. Lists of one value may come without their list. */
    boolean fits(Field field) {
        if (field.type() == FieldType.OBJECT || type == FieldType.OBJECT) {
            return field.type() == type && (field.list() || !list);
        }
        if (list && !field.list()) {
            return false;
        }
        return switch (field.type()) {
            case INSTANT, INTEGER, DECIMAL -> type != FieldType.TEXT;
            case TEXT, BOOLEAN, SEVERITY, OBJECT -> true;
        };
    }
}
