// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelVariableResolver;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.StringNode;

/**
 * A CEL expression of a row, compiled. It has no way to do I/O: CEL knows only its own functions, and of the extensions only
 * those on text and numbers are there. Its size, its regular expressions, the steps of its loops and what it costs
 * ({@link CelCosts}) are bounded.
 */
final class Expression {

    private static final CelOptions BOUNDS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .maxExpressionCodePointSize(4_000)
            .maxParseRecursionDepth(32)
            .comprehensionMaxIterations(10_000)
            .maxRegexProgramSize(500)
            .build();

    private static final CelRuntime RUNTIME = CelCosts.functions(
                    CelRuntimeFactory.plannerRuntimeBuilder().setOptions(BOUNDS), BOUNDS)
            .addLibraries(CelExtensions.math(2))
            .build();

    private static final int LONGEST_RESULT = 1 << 20;

    /** What came of compiling. */
    sealed interface Outcome {
        record Usable(Expression expression) implements Outcome {}

        record Faulty(List<Fault> faults) implements Outcome {}
    }

    /** Line and column count from 1. */
    record Fault(int line, int column, String message) {}

    private final CelRuntime.Program program;
    private final CelType result;
    private final boolean readsRecord;

    private Expression(CelRuntime.Program program, CelType result, boolean readsRecord) {
        this.program = program;
        this.result = result;
        this.readsRecord = readsRecord;
    }

    static Outcome compile(String text, Types types, CelType value, Optional<CelType> item) {
        CelCompilerBuilder withoutRecord = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(BOUNDS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setTypeProvider(types)
                .addLibraries(CelCosts.declarations(), CelExtensions.math(2))
                .addVar("value", value);
        item.ifPresent(type -> withoutRecord.addVar("item", type));
        // What compiles without "record" cannot read it: no walk through the tree could be surer.
        CelValidationResult alone = withoutRecord.build().compile(text);
        boolean readsRecord = alone.hasError();
        CelValidationResult checked = readsRecord
                ? withoutRecord.addVar("record", types.record()).build().compile(text)
                : alone;
        if (checked.hasError()) {
            return new Outcome.Faulty(
                    checked.getErrors().stream().map(Expression::fault).toList());
        }
        try {
            CelAbstractSyntaxTree tree = checked.getAst();
            return new Outcome.Usable(new Expression(RUNTIME.createProgram(tree), tree.getResultType(), readsRecord));
        } catch (CelValidationException | CelEvaluationException e) {
            return new Outcome.Faulty(List.of(new Fault(1, 1, String.valueOf(e.getMessage()))));
        }
    }

    private static Fault fault(CelIssue issue) {
        String message = issue.getMessage();
        String hint = message.contains("null") && message.contains("_?_:_")
                ? " (write dyn(null) to drop a value in one branch)"
                : "";
        return new Fault(
                Math.max(1, issue.getSourceLocation().getLine()),
                Math.max(0, issue.getSourceLocation().getColumn()) + 1,
                message + hint);
    }

    boolean readsRecord() {
        return readsRecord;
    }

    /** The type of its results as a source field would have it; empty if only the value will tell. */
    Optional<FieldType> resultType() {
        CelType type = result instanceof ListType list && list.hasElemType() ? list.elemType() : result;
        return switch (type.kind()) {
            case STRING -> Optional.of(FieldType.TEXT);
            case INT, UINT -> Optional.of(FieldType.INTEGER);
            case DOUBLE -> Optional.of(FieldType.DECIMAL);
            case BOOL -> Optional.of(FieldType.BOOLEAN);
            case TIMESTAMP -> Optional.of(FieldType.INSTANT);
            case MAP, STRUCT, DURATION, BYTES, LIST -> Optional.of(FieldType.OBJECT);
            default -> Optional.empty();
        };
    }

    boolean givesList() {
        return result.kind() == CelKind.LIST;
    }

    /** Evaluates; null means that the value is to be dropped. */
    @Nullable
    JsonNode evaluate(Object value, Supplier<Object> item, Supplier<Object> record) throws ConversionFault {
        Object computed;
        try {
            computed = CelCosts.within(() -> program.eval((CelVariableResolver) name -> switch (name) {
                case "value" -> Optional.of(value);
                case "item" -> Optional.of(item.get());
                case "record" -> Optional.of(record.get());
                default -> Optional.empty();
            }));
        } catch (CelEvaluationException e) {
            throw new ConversionFault("the expression failed: " + reason(e));
        } catch (CelValues.UnusableValue e) {
            throw new ConversionFault("the expression failed: " + e.getMessage());
        }
        return json(computed, true);
    }

    private static String reason(CelEvaluationException e) {
        String message = String.valueOf(e.getMessage());
        String told = message.startsWith("evaluation error at <input>:")
                ? message.substring("evaluation error at <input>:".length()).replaceFirst("^\\d+: ", "")
                : message;
        return told.contains("is not present in map") ? told + " Ask with has(...) first." : told;
    }

    private static @Nullable JsonNode json(Object value, boolean listsToo) throws ConversionFault {
        return switch (value) {
            case String text -> {
                if (text.length() > LONGEST_RESULT) {
                    throw new ConversionFault("the expression made a text of more than 1 MiB");
                }
                yield StringNode.valueOf(text);
            }
            case Long number -> LongNode.valueOf(number);
            case UnsignedLong number -> JsonNodeFactory.instance.numberNode(number.bigIntegerValue());
            case Double number -> DoubleNode.valueOf(number);
            case Boolean flag -> BooleanNode.valueOf(flag);
            case Instant time -> StringNode.valueOf(time.toString());
            case com.google.protobuf.NullValue none -> null;
            case dev.cel.common.values.NullValue none -> null;
            case List<?> list
            when listsToo -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (Object element : list) {
                    JsonNode node = json(element, false);
                    if (node != null) {
                        array.add(node);
                    }
                }
                yield array;
            }
            default -> throw new ConversionFault("the expression gave neither a value nor a list of values");
        };
    }

    /** The source model as CEL sees it. */
    static final class Types implements CelTypeProvider {

        private static final String ROOT = "Record";

        private final ImmutableMap<String, StructType> structs;

        private Types(ImmutableMap<String, StructType> structs) {
            this.structs = structs;
        }

        /** Of the root, the field {@code hidden} is left out, though its elements have a type. */
        static Types of(List<Field> root, String hidden) {
            Map<String, StructType> structs = new LinkedHashMap<>();
            add(structs, ROOT, root);
            structs.put(
                    ROOT,
                    struct(
                            ROOT,
                            root.stream()
                                    .filter(field -> !field.name().equals(hidden))
                                    .toList()));
            return new Types(ImmutableMap.copyOf(structs));
        }

        private static void add(Map<String, StructType> structs, String name, List<Field> fields) {
            structs.put(name, struct(name, fields));
            for (Field field : fields) {
                if (field.type() == FieldType.OBJECT) {
                    add(structs, name + "." + field.name(), field.fields());
                }
            }
        }

        private static StructType struct(String name, List<Field> fields) {
            ImmutableMap<String, CelType> types =
                    fields.stream().collect(ImmutableMap.toImmutableMap(Field::name, field -> ofAll(field, name)));
            return StructType.create(name, types.keySet(), field -> Optional.ofNullable(types.get(field)));
        }

        CelType record() {
            return StructTypeReference.create(ROOT);
        }

        /** The type of a field's value, of one element if it is a list. {@code owner} is the type name of its parent. */
        static CelType ofOne(Field field, String owner) {
            return switch (field.type()) {
                case TEXT -> SimpleType.STRING;
                case INTEGER, SEVERITY -> SimpleType.INT;
                case DECIMAL -> SimpleType.DOUBLE;
                case BOOLEAN -> SimpleType.BOOL;
                case INSTANT -> SimpleType.TIMESTAMP;
                case OBJECT ->
                    // An open object's known names keep their types; dyn(item).name reaches the others.
                    field.open() && field.fields().isEmpty()
                            ? MapType.create(SimpleType.STRING, SimpleType.DYN)
                            : StructTypeReference.create(owner + "." + field.name());
            };
        }

        private static CelType ofAll(Field field, String owner) {
            CelType one = ofOne(field, owner);
            return field.list() ? ListType.create(one) : one;
        }

        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(structs.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(structs.get(name));
        }
    }
}
