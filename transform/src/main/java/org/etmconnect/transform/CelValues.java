// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Source values as CEL sees them, each in the type that the model gives its field. */
final class CelValues {

    /** Expressions go through a text in each of many steps; what descriptions say is far shorter. */
    private static final int LONGEST_TEXT = 1 << 16;

    private CelValues() {}

    /** A value that is there; {@code field} is empty where the model does not know it. */
    static Object of(JsonNode value, Optional<Field> field, boolean asList) throws ConversionFault {
        if (!asList) {
            return one(value, field);
        }
        if (!value.isArray()) {
            return List.of(one(value, field));
        }
        List<Object> list = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!Conversion.isAbsent(element)) {
                list.add(one(element, field));
            }
        }
        return list;
    }

    /** An element of a list, for the variable {@code item}. */
    static Object item(JsonNode element, Optional<Field> field) {
        try {
            return one(element, field);
        } catch (ConversionFault e) {
            throw new UnusableValue("item: " + e.getMessage());
        }
    }

    /** Carries a fault through CEL's interpreter, which calls back for values but knows no checked exceptions of ours. */
    static final class UnusableValue extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableValue(String message) {
            super(message, null, false, false);
        }
    }

    private static Object one(JsonNode value, Optional<Field> field) throws ConversionFault {
        if (field.isEmpty()) {
            return untyped(value);
        }
        if (field.get().type() == FieldType.OBJECT) {
            return new ObjectView(value, field.get().fields(), field.get().open());
        }
        JsonNode typed = Conversion.to(field.get().type()).convert(value);
        if (typed == null) {
            throw new ConversionFault("the source has no usable value for the expression");
        }
        return switch (field.get().type()) {
            case INTEGER, SEVERITY -> typed.longValue();
            case DECIMAL -> typed.doubleValue();
            case BOOLEAN -> typed.booleanValue();
            case INSTANT -> Instant.parse(typed.stringValue());
            case TEXT, OBJECT -> text(typed.stringValue());
        };
    }

    private static String text(String text) throws ConversionFault {
        if (text.length() > LONGEST_TEXT) {
            throw new ConversionFault(
                    "a text of more than " + LONGEST_TEXT + " characters is too long for an expression");
        }
        return text;
    }

    private static Object untyped(JsonNode value) throws ConversionFault {
        return switch (value.getNodeType()) {
            case STRING -> text(value.stringValue());
            case BOOLEAN -> value.booleanValue();
            case NUMBER ->
                value.isIntegralNumber() && value.canConvertToLong() ? (Object) value.longValue() : value.doubleValue();
            case ARRAY -> {
                List<Object> list = new ArrayList<>(value.size());
                for (JsonNode element : value) {
                    if (!Conversion.isAbsent(element)) {
                        list.add(untyped(element));
                    }
                }
                yield list;
            }
            case OBJECT -> new ObjectView(value, List.of(), true);
            case NULL, MISSING, POJO, BINARY -> value.toString();
        };
    }

    /** An object of the source. A field whose value is absent is not there, so that {@code has()} tells the truth. */
    static final class ObjectView extends AbstractMap<String, Object> {
        private final JsonNode object;
        private final List<Field> fields;
        private final boolean open;

        ObjectView(JsonNode object, List<Field> fields, boolean open) {
            this.object = object;
            this.fields = fields;
            this.open = open;
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return key instanceof String name
                    && !Conversion.isAbsent(object.get(name))
                    && (open || field(name).isPresent());
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            if (!containsKey(key) || !(key instanceof String name)) {
                return null;
            }
            Optional<Field> field = field(name);
            try {
                return CelValues.of(
                        object.path(name), field, field.map(Field::list).orElse(false));
            } catch (ConversionFault e) {
                throw new UnusableValue(name + ": " + e.getMessage());
            }
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            Map<String, Object> all = new LinkedHashMap<>();
            for (String name : object.propertyNames()) {
                Object value = get(name);
                if (value != null) {
                    all.put(name, value);
                }
            }
            return all.entrySet();
        }

        private Optional<Field> field(String name) {
            for (Field field : fields) {
                if (field.name().equals(name)) {
                    return Optional.of(field);
                }
            }
            return Optional.empty();
        }
    }
}
