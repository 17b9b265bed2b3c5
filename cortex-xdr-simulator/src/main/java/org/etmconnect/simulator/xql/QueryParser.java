// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.simulator.xql.Query.Condition;
import org.etmconnect.simulator.xql.Query.Literal;
import org.etmconnect.simulator.xql.Query.Operator;
import org.etmconnect.simulator.xql.Query.Stage;

/** Reads the stages dataset, preset, config, fields, filter, sort, limit, arrayexpand and comp count. */
public final class QueryParser {

    private enum Kind {
        WORD,
        TEXT,
        SYMBOL,
        END
    }

    private record Token(Kind kind, String text, int at) {}

    private static final class SyntaxException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int at;

        SyntaxException(int at, String message) {
            super(message, null, false, false);
            this.at = at;
        }
    }

    private final List<Token> tokens = new ArrayList<>();
    private int next;

    private QueryParser(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int start = at;
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '"') {
                StringBuilder value = new StringBuilder();
                at++;
                while (at < text.length() && text.charAt(at) != '"') {
                    if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                        at++;
                    }
                    value.append(text.charAt(at++));
                }
                if (at == text.length()) {
                    throw new SyntaxException(start, "missing closing quote");
                }
                at++;
                tokens.add(new Token(Kind.TEXT, value.toString(), start));
            } else if (isWordPart(c)) {
                while (at < text.length() && isWordPart(text.charAt(at))) {
                    at++;
                }
                tokens.add(new Token(Kind.WORD, text.substring(start, at), start));
            } else {
                boolean pair =
                        (c == '!' || c == '<' || c == '>') && at + 1 < text.length() && text.charAt(at + 1) == '=';
                at += pair ? 2 : 1;
                tokens.add(new Token(Kind.SYMBOL, text.substring(start, at), start));
            }
        }
        tokens.add(new Token(Kind.END, "<EOF>", text.length()));
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    /** Reads {@code text}. */
    public static ParsedQuery parse(String text) {
        try {
            return new ParsedQuery.Good(new QueryParser(text).query());
        } catch (SyntaxException e) {
            String before = text.substring(0, e.at);
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            return new ParsedQuery.Bad(line, e.at - before.lastIndexOf('\n'), String.valueOf(e.getMessage()));
        }
    }

    private Query query() {
        if (isWord("config")) {
            next++;
            while (!isSymbol("|")) {
                word("a setting");
                symbol("=");
                value();
            }
            symbol("|");
        }
        if (!isWord("dataset") && !isWord("preset")) {
            throw unexpected("dataset or preset");
        }
        next++;
        symbol("=");
        String source = word("a name").toLowerCase(Locale.ROOT);
        List<Stage> stages = new ArrayList<>();
        while (isSymbol("|")) {
            next++;
            stages.add(stage());
        }
        if (peek().kind() != Kind.END) {
            throw unexpected("| or the end");
        }
        return new Query(source, stages);
    }

    private Stage stage() {
        if (peek().kind() != Kind.WORD) {
            throw unexpected("a stage");
        }
        Token name = tokens.get(next++);
        return switch (name.text().toLowerCase(Locale.ROOT)) {
            case "fields" -> fields();
            case "filter" -> new Query.Filter(either());
            case "sort" -> sort();
            case "limit" -> limit();
            case "arrayexpand" -> new Query.ArrayExpand(word("a column"));
            case "comp" -> count();
            default ->
                throw new SyntaxException(
                        name.at(),
                        "no viable alternative at input '|" + name.text()
                                + "': this simulator knows fields, filter, sort, limit, arrayexpand and comp count");
        };
    }

    private Stage fields() {
        List<Query.Named> columns = new ArrayList<>();
        do {
            String column = word("a column");
            String name = column;
            if (isWord("as")) {
                next++;
                name = word("a name");
            }
            columns.add(new Query.Named(column, name));
        } while (took(","));
        return new Query.Fields(List.copyOf(columns));
    }

    private Stage sort() {
        List<Query.Key> keys = new ArrayList<>();
        do {
            boolean ascending = true;
            if (isWord("asc") || isWord("desc")) {
                ascending = isWord("asc");
                next++;
            }
            keys.add(new Query.Key(word("a column"), ascending));
        } while (took(","));
        return new Query.Sort(List.copyOf(keys));
    }

    private Stage limit() {
        Token number = peek();
        String text = word("a number");
        try {
            long rows = Long.parseLong(text);
            if (rows >= 0) {
                return new Query.Limit(rows);
            }
        } catch (NumberFormatException notANumber) {
            throw new SyntaxException(number.at(), "'" + text + "' where a number was expected");
        }
        throw new SyntaxException(number.at(), "'" + text + "' where a number from 0 was expected");
    }

    private Stage count() {
        if (!isWord("count")) {
            throw unexpected("count");
        }
        next++;
        symbol("(");
        if (!isSymbol(")")) {
            word("a column");
        }
        symbol(")");
        String name = "count_1";
        if (isWord("as")) {
            next++;
            name = word("a name");
        }
        Optional<String> by = Optional.empty();
        if (isWord("by")) {
            next++;
            by = Optional.of(word("a column"));
        }
        return new Query.Count(name, by);
    }

    private Condition either() {
        List<Condition> parts = new ArrayList<>(List.of(both()));
        while (isWord("or")) {
            next++;
            parts.add(both());
        }
        return parts.size() == 1 ? parts.getFirst() : new Query.Or(List.copyOf(parts));
    }

    private Condition both() {
        List<Condition> parts = new ArrayList<>(List.of(single()));
        while (isWord("and")) {
            next++;
            parts.add(single());
        }
        return parts.size() == 1 ? parts.getFirst() : new Query.And(List.copyOf(parts));
    }

    private Condition single() {
        if (isWord("not")) {
            next++;
            return new Query.Not(single());
        }
        if (took("(")) {
            Condition inner = either();
            symbol(")");
            return inner;
        }
        String column = word("a column");
        boolean negated = isWord("not");
        if (negated) {
            next++;
        }
        if (isWord("in")) {
            next++;
            symbol("(");
            List<Literal> values = new ArrayList<>();
            do {
                values.add(value());
            } while (took(","));
            symbol(")");
            return new Query.Comparison(column, negated ? Operator.NOT_IN : Operator.IN, List.copyOf(values));
        }
        if (isWord("contains")) {
            next++;
            return new Query.Comparison(column, negated ? Operator.NOT_CONTAINS : Operator.CONTAINS, List.of(value()));
        }
        Operator operator = switch (negated ? "" : peek().text()) {
            case "=" -> Operator.EQUAL;
            case "!=" -> Operator.NOT_EQUAL;
            case "<" -> Operator.LESS;
            case "<=" -> Operator.LESS_OR_EQUAL;
            case ">" -> Operator.GREATER;
            case ">=" -> Operator.GREATER_OR_EQUAL;
            default -> throw unexpected("an operator");
        };
        next++;
        return new Query.Comparison(column, operator, List.of(value()));
    }

    private Literal value() {
        Token token = peek();
        if (token.kind() != Kind.WORD && token.kind() != Kind.TEXT) {
            throw unexpected("a value");
        }
        next++;
        return new Literal(
                token.text(), token.kind() == Kind.WORD && token.text().equalsIgnoreCase("null"));
    }

    private Token peek() {
        return tokens.get(next);
    }

    private boolean isWord(String word) {
        return peek().kind() == Kind.WORD && peek().text().equalsIgnoreCase(word);
    }

    private boolean isSymbol(String symbol) {
        return peek().kind() == Kind.SYMBOL && peek().text().equals(symbol);
    }

    private boolean took(String symbol) {
        boolean there = isSymbol(symbol);
        if (there) {
            next++;
        }
        return there;
    }

    private void symbol(String symbol) {
        if (!took(symbol)) {
            throw unexpected("'" + symbol + "'");
        }
    }

    private String word(String what) {
        if (peek().kind() != Kind.WORD) {
            throw unexpected(what);
        }
        return tokens.get(next++).text();
    }

    private SyntaxException unexpected(String expected) {
        return new SyntaxException(peek().at(), "'" + peek().text() + "' where " + expected + " was expected");
    }
}
