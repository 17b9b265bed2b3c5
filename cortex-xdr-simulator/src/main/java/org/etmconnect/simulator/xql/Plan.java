// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A query that can be run as often as wanted. Only a sort by another column than the table's own order, and the
 * groups of a count, are held in memory.
 */
public final class Plan {

    /** Rows that a query without a limit stage gives at most. */
    public static final long DEFAULT_LIMIT = 100;

    /** Rows that any query gives at most. */
    public static final long MOST_ROWS = 1_000_000;

    /** What came of planning a query. */
    public sealed interface Outcome {}

    /** It can be run. */
    public record Ready(Plan plan) implements Outcome {}

    /** It names something that is not there. */
    public record Rejected(String message) implements Outcome {}

    private final List<String> columns;
    private final Consumer<Predicate<Row>> rows;

    private Plan(List<String> columns, Consumer<Predicate<Row>> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    private static final class UnknownNameException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownNameException(String message) {
            super(message, null, false, false);
        }
    }

    /** Plans {@code query} over {@code tables}, by name. */
    public static Outcome of(Query query, Map<String, Table> tables) {
        Table table = tables.get(query.source());
        if (table == null) {
            return new Rejected("unknown dataset " + query.source());
        }
        try {
            Consumer<Predicate<Row>> rows = table.scan()::into;
            List<String> columns = table.columns();
            Optional<String> order = Optional.of(table.orderedBy());
            boolean limited = false;
            for (Query.Stage stage : query.stages()) {
                Consumer<Predicate<Row>> before = rows;
                List<String> known = columns;
                switch (stage) {
                    case Query.Fields fields -> {
                        Map<String, String> sources = new LinkedHashMap<>();
                        for (Query.Named named : fields.columns()) {
                            sources.put(named.name(), check(known, named.column()));
                        }
                        columns = List.copyOf(sources.keySet());
                        if (!fields.columns().stream().allMatch(n -> n.name().equals(n.column()))) {
                            rows = sink -> before.accept(
                                    row -> sink.test(column -> row.get(sources.getOrDefault(column, column))));
                            order = Optional.empty();
                        }
                    }
                    case Query.Filter filter -> {
                        Predicate<Row> condition = condition(filter.condition(), known);
                        rows = sink -> before.accept(row -> !condition.test(row) || sink.test(row));
                    }
                    case Query.Sort sort -> {
                        sort.keys().forEach(key -> check(known, key.column()));
                        Query.Key first = sort.keys().getFirst();
                        if (!order.equals(Optional.of(first.column())) || !first.ascending()) {
                            rows = sink -> sorted(before, comparator(sort.keys()), sink);
                            order = Optional.empty();
                        }
                    }
                    case Query.Limit limit -> {
                        limited = true;
                        rows = limited(before, Math.min(limit.rows(), MOST_ROWS));
                    }
                    case Query.ArrayExpand expand -> {
                        String column = check(known, expand.column());
                        rows = sink -> before.accept(row -> expanded(row, column, sink));
                    }
                    case Query.Count count -> {
                        count.by().ifPresent(by -> check(known, by));
                        columns =
                                count.by().map(by -> List.of(by, count.name())).orElse(List.of(count.name()));
                        rows = sink -> counted(before, count, sink);
                        order = Optional.empty();
                    }
                }
            }
            return new Ready(new Plan(columns, limited(rows, limited ? MOST_ROWS : DEFAULT_LIMIT)));
        } catch (UnknownNameException e) {
            return new Rejected(String.valueOf(e.getMessage()));
        }
    }

    /** The columns of each row, in order. */
    public List<String> columns() {
        return columns;
    }

    /** Calls {@code sink} with each row until it answers false. */
    public void run(Predicate<Row> sink) {
        rows.accept(sink);
    }

    /** How many rows there are. */
    public long count() {
        long[] count = {0};
        run(row -> {
            count[0]++;
            return true;
        });
        return count[0];
    }

    private static String check(List<String> known, String column) {
        if (!known.contains(column)) {
            throw new UnknownNameException("unknown field " + column);
        }
        return column;
    }

    private static Consumer<Predicate<Row>> limited(Consumer<Predicate<Row>> rows, long limit) {
        return sink -> {
            if (limit > 0) {
                long[] left = {limit};
                rows.accept(row -> {
                    left[0]--;
                    return sink.test(row) && left[0] > 0;
                });
            }
        };
    }

    private static boolean expanded(Row row, String column, Predicate<Row> sink) {
        if (!(row.get(column) instanceof Texts texts)) {
            return sink.test(row);
        }
        boolean[] goOn = {true};
        texts.forEach(text -> {
            if (goOn[0]) {
                goOn[0] = sink.test(name -> name.equals(column) ? text : row.get(name));
            }
        });
        return goOn[0];
    }

    private static void sorted(Consumer<Predicate<Row>> rows, Comparator<Row> order, Predicate<Row> sink) {
        List<Row> all = new ArrayList<>();
        rows.accept(all::add);
        all.sort(order);
        for (Row row : all) {
            if (!sink.test(row)) {
                return;
            }
        }
    }

    private static Comparator<Row> comparator(List<Query.Key> keys) {
        return (a, b) -> {
            for (Query.Key key : keys) {
                int difference = compare(a.get(key.column()), b.get(key.column()));
                if (difference != 0) {
                    return key.ascending() ? difference : -difference;
                }
            }
            return 0;
        };
    }

    private static int compare(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return Boolean.compare(a != null, b != null);
        }
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof Timestamp x && b instanceof Timestamp y) {
            return x.compareTo(y);
        }
        return text(a).compareTo(text(b));
    }

    private static void counted(Consumer<Predicate<Row>> rows, Query.Count count, Predicate<Row> sink) {
        Map<String, Long> groups = new LinkedHashMap<>();
        if (count.by().isEmpty()) {
            groups.put("", 0L);
        }
        rows.accept(row -> {
            groups.merge(count.by().map(by -> text(row.get(by))).orElse(""), 1L, Long::sum);
            return true;
        });
        for (Map.Entry<String, Long> group : groups.entrySet()) {
            Map<String, Object> values = new HashMap<>();
            values.put(count.name(), group.getValue());
            count.by().ifPresent(by -> values.put(by, group.getKey()));
            if (!sink.test(values::get)) {
                return;
            }
        }
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Timestamp timestamp -> Long.toString(timestamp.millis());
            case Texts texts -> {
                StringBuilder all = new StringBuilder();
                texts.forEach(text -> all.append(text).append(','));
                yield all.toString();
            }
            default -> String.valueOf(value);
        };
    }

    private static Predicate<Row> condition(Query.Condition condition, List<String> known) {
        return switch (condition) {
            case Query.And and -> {
                List<Predicate<Row>> parts =
                        and.parts().stream().map(part -> condition(part, known)).toList();
                yield row -> parts.stream().allMatch(part -> part.test(row));
            }
            case Query.Or or -> {
                List<Predicate<Row>> parts =
                        or.parts().stream().map(part -> condition(part, known)).toList();
                yield row -> parts.stream().anyMatch(part -> part.test(row));
            }
            case Query.Not not -> condition(not.part(), known).negate();
            case Query.Comparison comparison -> {
                check(known, comparison.column());
                yield row -> holds(row.get(comparison.column()), comparison);
            }
        };
    }

    private static boolean holds(@Nullable Object value, Query.Comparison comparison) {
        Query.Literal first = comparison.values().getFirst();
        return switch (comparison.operator()) {
            case EQUAL -> equal(value, first);
            case NOT_EQUAL -> !equal(value, first);
            case IN -> comparison.values().stream().anyMatch(literal -> equal(value, literal));
            case NOT_IN -> comparison.values().stream().noneMatch(literal -> equal(value, literal));
            case CONTAINS -> contains(value, first);
            case NOT_CONTAINS -> !contains(value, first);
            case LESS -> value != null && order(value, first) < 0;
            case LESS_OR_EQUAL -> value != null && order(value, first) <= 0;
            case GREATER -> value != null && order(value, first) > 0;
            case GREATER_OR_EQUAL -> value != null && order(value, first) >= 0;
        };
    }

    private static boolean equal(@Nullable Object value, Query.Literal literal) {
        if (value == null || literal.isNull()) {
            return value == null && literal.isNull();
        }
        if (value instanceof Texts texts) {
            return anyMatches(texts, text -> text.equalsIgnoreCase(literal.text()));
        }
        return order(value, literal) == 0;
    }

    private static boolean contains(@Nullable Object value, Query.Literal literal) {
        String part = literal.text().toLowerCase(Locale.ROOT);
        if (value instanceof Texts texts) {
            return anyMatches(texts, text -> text.toLowerCase(Locale.ROOT).contains(part));
        }
        return text(value).toLowerCase(Locale.ROOT).contains(part);
    }

    private static boolean anyMatches(Texts texts, Predicate<String> test) {
        boolean[] found = {false};
        texts.forEach(text -> found[0] |= test.test(text));
        return found[0];
    }

    private static int order(Object value, Query.Literal literal) {
        if (value instanceof Number || value instanceof Timestamp) {
            try {
                double number = value instanceof Timestamp t ? t.millis() : ((Number) value).doubleValue();
                return Double.compare(number, Double.parseDouble(literal.text()));
            } catch (NumberFormatException notANumber) {
                return -1;
            }
        }
        return text(value).compareToIgnoreCase(literal.text());
    }
}
