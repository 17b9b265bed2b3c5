// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.protobuf.ByteString;
import dev.cel.common.CelOptions;
import dev.cel.common.values.CelByteString;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import dev.cel.runtime.standard.AddOperator.AddOverload;
import dev.cel.runtime.standard.CelStandardOverload;
import dev.cel.runtime.standard.ContainsFunction.ContainsOverload;
import dev.cel.runtime.standard.MatchesFunction.MatchesOverload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What an evaluation may cost. CEL bounds the length of expressions and the steps of loops, yet a short expression can double
 * a text thirty times, or search a long one in each of ten thousand steps. So the functions that make or search texts and
 * lists count what they handle.
 */
final class CelCosts {

    /** Characters, bytes and list elements of one evaluation. */
    private static final long MOST = 4L << 20;

    private static final ScopedValue<long[]> LEFT = ScopedValue.newInstance();

    /** Quoting is for programs that write programs; it can double a text as well. */
    private static final Set<CelStringExtensions.Function> ON_TEXTS =
            Sets.immutableEnumSet(EnumSet.complementOf(EnumSet.of(CelStringExtensions.Function.QUOTE)));

    private static final Set<CelStringExtensions.Function> COUNTED =
            Sets.immutableEnumSet(CelStringExtensions.Function.REPLACE, CelStringExtensions.Function.JOIN);

    private CelCosts() {}

    /** The functions on texts that expressions know. */
    static CelStringExtensions declarations() {
        return CelExtensions.strings(ON_TEXTS);
    }

    /** Gives {@code runtime} the standard functions and those on texts. */
    static CelRuntimeBuilder functions(CelRuntimeBuilder runtime, CelOptions options) {
        RuntimeEquality equality = RuntimeEquality.create(RuntimeHelpers.create(), options);
        return runtime.setStandardFunctions(CelStandardFunctions.newBuilder()
                        .excludeFunctions(StandardFunction.ADD, StandardFunction.CONTAINS, StandardFunction.MATCHES)
                        .build())
                .addFunctionBindings(counted("_+_", options, equality, AddOverload.values()))
                .addFunctionBindings(counted("contains", options, equality, ContainsOverload.values()))
                .addFunctionBindings(counted("matches", options, equality, MatchesOverload.values()))
                .addFunctionBindings(CelFunctionBinding.fromOverloads(
                        "replace",
                        own(
                                "string_replace_string_string",
                                CelCosts::replace,
                                List.of(String.class, String.class, String.class)),
                        own(
                                "string_replace_string_string_int",
                                CelCosts::replace,
                                List.of(String.class, String.class, String.class, Long.class))))
                .addFunctionBindings(CelFunctionBinding.fromOverloads(
                        "join",
                        own("list_join", CelCosts::join, List.of(List.class)),
                        own("list_join_string", CelCosts::join, List.of(List.class, String.class))))
                .addLibraries(CelExtensions.strings(Sets.difference(ON_TEXTS, COUNTED)));
    }

    /** What is evaluated. */
    interface Evaluation extends ScopedValue.CallableOp<Object, CelEvaluationException> {}

    /** Evaluates with a budget of its own. */
    static Object within(Evaluation evaluation) throws CelEvaluationException {
        return ScopedValue.where(LEFT, new long[] {MOST}).call(evaluation);
    }

    private static ImmutableSet<CelFunctionBinding> counted(
            String function, CelOptions options, RuntimeEquality equality, CelStandardOverload[] overloads) {
        List<CelFunctionBinding> bindings = new ArrayList<>();
        for (CelStandardOverload overload : overloads) {
            CelFunctionBinding uncounted = overload.newFunctionBinding(options, equality);
            bindings.add(own(
                    uncounted.getOverloadId(),
                    arguments -> {
                        for (Object argument : arguments) {
                            count(size(argument));
                        }
                        return uncounted.getDefinition().apply(arguments);
                    },
                    uncounted.getArgTypes()));
        }
        return CelFunctionBinding.fromOverloads(function, bindings);
    }

    /** CEL binds functions of one and two arguments in a way of their own, and calls them so where types are not known. */
    private static CelFunctionBinding own(String overload, CelFunctionOverload function, List<Class<?>> parameters) {
        return switch (parameters.size()) {
            case 1 -> unary(overload, function, parameters.get(0));
            case 2 -> binary(overload, function, parameters.get(0), parameters.get(1));
            default -> CelFunctionBinding.from(overload, parameters, function);
        };
    }

    private static <T> CelFunctionBinding unary(String overload, CelFunctionOverload function, Class<T> of) {
        return CelFunctionBinding.from(overload, of, (T value) -> function.apply(new Object[] {value}));
    }

    private static <A, B> CelFunctionBinding binary(
            String overload, CelFunctionOverload function, Class<A> first, Class<B> second) {
        return CelFunctionBinding.from(
                overload, first, second, (A left, B right) -> function.apply(new Object[] {left, right}));
    }

    private static long size(Object value) {
        return switch (value) {
            case String text -> text.length();
            case List<?> list -> list.size();
            case CelByteString bytes -> bytes.size();
            case ByteString bytes -> bytes.size();
            default -> 0;
        };
    }

    private static void count(long handled) throws CelEvaluationException {
        // when a program is planned, constant parts of it may be evaluated: without a budget, and they are short
        long[] left = LEFT.orElse(new long[] {MOST});
        left[0] -= handled;
        if (left[0] < 0) {
            throw new CelEvaluationException("it handles more than " + MOST + " characters and list elements.");
        }
    }

    /** As CEL's, for which {@code limit} below 0 means all and an empty text stands before and after each character. */
    private static Object replace(Object[] arguments) throws CelEvaluationException {
        String text = (String) arguments[0];
        String from = (String) arguments[1];
        String to = (String) arguments[2];
        long limit = arguments.length > 3 ? (Long) arguments[3] : -1;
        count(text.length());
        StringBuilder made = new StringBuilder();
        int at = 0;
        for (long times = 0; times != limit; times++) {
            int found = text.indexOf(from, at);
            if (found < 0) {
                break;
            }
            count(to.length());
            made.append(text, at, found).append(to);
            at = found + from.length();
            if (from.isEmpty()) {
                if (at == text.length()) {
                    break;
                }
                int next = text.offsetByCodePoints(at, 1);
                made.append(text, at, next);
                at = next;
            }
        }
        return made.append(text, at, text.length()).toString();
    }

    private static Object join(Object[] arguments) throws CelEvaluationException {
        List<?> texts = (List<?>) arguments[0];
        String between = arguments.length > 1 ? (String) arguments[1] : "";
        StringBuilder made = new StringBuilder();
        boolean first = true;
        for (Object text : texts) {
            if (!(text instanceof String)) {
                throw new CelEvaluationException("join takes a list of texts.");
            }
            count(size(text) + between.length());
            made.append(first ? "" : between).append(text);
            first = false;
        }
        return made.toString();
    }
}
