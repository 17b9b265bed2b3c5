// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.Optional;
import org.etmconnect.connector.Field;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Moves the value of one row into one field. */
final class LeafStep implements Step {

    /** How many values the target takes. */
    enum Shape {
        ONE,
        LIST,
        /** As many as there are: a name beyond the model. */
        ANY
    }

    /**
     * A row's expression where it stands.
     *
     * @param sourceField the model's field of the value, if it knows it
     * @param onList whether it sees the whole list rather than one element
     * @param itemField the field whose element is {@code item}; empty if the row goes through no array
     */
    record Computation(Expression expression, Optional<Field> sourceField, boolean onList, Optional<Field> itemField) {}

    private final int row;
    private final String sourceText;
    private final String targetText;
    private final int frame;
    private final SourcePath path;
    private final String pathText;
    private final String field;
    private final Shape shape;
    private final @Nullable Computation computation;
    private final @Nullable ValueMap values;
    private final Conversion conversion;

    LeafStep(
            int row,
            MapRow texts,
            int frame,
            Path remaining,
            String field,
            Shape shape,
            Optional<Computation> computation,
            Optional<ValueMap> values,
            Conversion conversion) {
        this.row = row;
        this.sourceText = texts.source();
        this.targetText = texts.target();
        this.frame = frame;
        this.path = new SourcePath(remaining.segments());
        this.pathText = remaining.toString();
        this.field = field;
        this.shape = shape;
        this.computation = computation.orElse(null);
        this.values = values.orElse(null);
        this.conversion = conversion;
    }

    @Override
    public void apply(Run run, ObjectNode into) {
        JsonNode value = path.read(run.frames[frame]);
        if (value == null || Conversion.isAbsent(value)) {
            if (run.trace != null && value != null && !value.isMissingNode()) {
                run.trace.dropped(row, run.place(frame, pathText), value, "an empty value counts as none");
            }
            return;
        }
        try {
            JsonNode made = make(value, run);
            if (made != null) {
                into.set(field, made);
                if (run.trace != null) {
                    run.trace.made(into, field, row, run.place(frame, pathText));
                }
            } else if (run.trace != null) {
                run.trace.dropped(row, run.place(frame, pathText), value, "the row makes no value of it");
            }
        } catch (ConversionFault e) {
            run.fail(problem(value, String.valueOf(e.getMessage())));
        }
    }

    int row() {
        return row;
    }

    ConversionProblem problem(@Nullable JsonNode value, String reason) {
        return new ConversionProblem(row, sourceText, targetText, cut(value), reason);
    }

    static String cut(@Nullable JsonNode value) {
        if (value == null) {
            return "";
        }
        String text = value.toString();
        return text.length() <= ConversionProblem.LONGEST_VALUE
                ? text
                : text.substring(0, ConversionProblem.LONGEST_VALUE - 1) + "…";
    }

    private @Nullable JsonNode make(JsonNode read, Run run) throws ConversionFault {
        JsonNode value = read;
        boolean computed = false;
        if (computation != null && computation.onList()) {
            JsonNode result = compute(computation, value, run);
            if (result == null || Conversion.isAbsent(result)) {
                return null;
            }
            value = result;
            computed = true;
        }
        if (shape == Shape.LIST || (shape == Shape.ANY && value.isArray())) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            if (value.isArray()) {
                for (JsonNode element : value) {
                    addTo(list, element, computed, run);
                }
            } else {
                addTo(list, value, computed, run);
            }
            return list.isEmpty() ? null : list;
        }
        return one(single(value), computed, run);
    }

    private void addTo(ArrayNode list, @Nullable JsonNode element, boolean computed, Run run) throws ConversionFault {
        JsonNode made = one(element, computed, run);
        if (made instanceof ArrayNode several) {
            list.addAll(several);
        } else if (made != null) {
            list.add(made);
        }
    }

    /** Vendors send a list of one where they document a value. */
    private static @Nullable JsonNode single(JsonNode value) throws ConversionFault {
        if (!value.isArray()) {
            return value;
        }
        if (value.size() > 1) {
            throw new ConversionFault("it is a list of " + value.size() + " values, but one is needed");
        }
        return value.isEmpty() ? null : value.path(0);
    }

    private @Nullable JsonNode one(@Nullable JsonNode given, boolean computed, Run run) throws ConversionFault {
        JsonNode value = given;
        if (value == null || Conversion.isAbsent(value)) {
            return null;
        }
        if (computation != null && !computed) {
            value = compute(computation, value, run);
            if (value != null && shape == Shape.ONE) {
                value = single(value);
            }
            if (value == null || Conversion.isAbsent(value)) {
                return null;
            }
            if (value.isArray()) {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                for (JsonNode element : value) {
                    addTo(list, element, true, run);
                }
                return list.isEmpty() ? null : list;
            }
        }
        if (values != null) {
            JsonNode translation = values.translate(value);
            if (translation != null) {
                return ValueMap.drops(translation) ? null : translation;
            }
        }
        return conversion.convert(value);
    }

    private @Nullable JsonNode compute(Computation with, JsonNode value, Run run) throws ConversionFault {
        Object seen = CelValues.of(value, with.sourceField(), with.onList());
        return with.expression()
                .evaluate(seen, () -> CelValues.item(run.frames[frame], with.itemField()), run::recordView);
    }
}
