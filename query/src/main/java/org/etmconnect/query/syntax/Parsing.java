// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** One reading of one text: recursive descent over the characters, because what a colon means depends on where it stands. */
final class Parsing {

    /** Ends the reading at the first fault. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient QueryProblem problem;

        Stopped(QueryProblem problem) {
            super(problem.message(), null, false, false);
            this.problem = problem;
        }

        QueryProblem problem() {
            return problem;
        }
    }

    private static final List<String> OPERATORS = List.of("':'", "'>'", "'>='", "'<'", "'<='");

    private final String text;
    private final TokenCatalogue catalogue;
    private int at;
    private int depth;
    private int operators;
    private Subject subject;
    private String prefix = "";
    private boolean negated;
    private int momentAt = -1;

    Parsing(String text, Subject subject, TokenCatalogue catalogue) {
        this.text = text;
        this.subject = subject;
        this.catalogue = catalogue;
    }

    Condition query() {
        if (text.length() > QqlParser.MAX_LENGTH) {
            throw problem(
                    QqlParser.MAX_LENGTH,
                    text.length(),
                    "The query is " + text.length() + " characters long; at most " + QqlParser.MAX_LENGTH
                            + " are allowed.");
        }
        for (int i = 0; i < text.length(); i++) {
            checkLetter(i);
        }
        skipSpace();
        if (atEnd()) {
            return new Condition.Everything();
        }
        Condition condition = any();
        if (!atEnd()) {
            throw text.charAt(at) == ')'
                    ? problem(at, at + 1, "This ')' closes nothing. Remove it, or open '(' before.")
                    : unexpected();
        }
        return condition;
    }

    /** PostgreSQL text can hold neither; both are invisible, so they are told apart from other faults. */
    private void checkLetter(int i) {
        char letter = text.charAt(i);
        if (letter == 0) {
            throw problem(i, i + 1, "There is an invisible zero character here. Remove it.");
        }
        boolean broken = Character.isHighSurrogate(letter)
                ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                : Character.isLowSurrogate(letter) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
        if (broken) {
            throw problem(i, i + 1, "There is half a character (an unpaired surrogate) here. Remove it.");
        }
    }

    private Condition any() {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(all());
        while (takeKeyword("or")) {
            countOperator();
            conditions.add(all());
        }
        if (depth == 0 && conditions.size() > 1 && momentAt >= 0) {
            throw misplacedMoment(momentAt);
        }
        return Condition.any(conditions);
    }

    private Condition all() {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(negation());
        while (takeKeyword("and")) {
            countOperator();
            conditions.add(negation());
        }
        skipSpace();
        if (!atEnd() && text.charAt(at) != ')' && !atKeyword("or")) {
            throw unexpected();
        }
        return Condition.all(conditions);
    }

    private void countOperator() {
        if (++operators > QqlParser.MAX_OPERATORS) {
            throw problem(
                    at,
                    at,
                    "The query has more than " + QqlParser.MAX_OPERATORS
                            + " 'and' and 'or'. Write values of one token as a list: token:[A, B].");
        }
    }

    private Condition negation() {
        boolean opposite = false;
        boolean before = negated;
        while (takeKeyword("not")) {
            opposite = !opposite;
            negated = true;
        }
        Condition condition = primary();
        negated = before;
        return opposite ? Condition.not(condition) : condition;
    }

    private Condition primary() {
        skipSpace();
        if (atEnd()) {
            throw problem(
                    at,
                    at,
                    "The query ends where a condition should stand.",
                    List.of("a condition, such as asset.name:web"));
        }
        char letter = text.charAt(at);
        if (letter == '(') {
            int open = at++;
            Condition inner = nested(open);
            close(open);
            return inner;
        }
        if (letter == '"' || letter == '`' || letter == '\'') {
            int start = at;
            return freeText(start, quoted());
        }
        if (letter == '[' || letter == ']' || letter == ')' || letter == ',' || BareWord.isOperator(letter)) {
            throw problem(
                    at,
                    at + 1,
                    "A condition should stand here, not '" + letter + "'.",
                    List.of("a token, such as asset.name", "'('", "'not'"));
        }
        if (atKeyword("and") || atKeyword("or")) {
            throw problem(
                    at,
                    wordEnd(at),
                    "A condition should stand before '" + text.substring(at, wordEnd(at)) + "'. To search for the word"
                            + " itself, put it in double quotes.",
                    List.of("a condition"));
        }
        if (text.startsWith("..", at)) {
            throw unexpected();
        }
        int start = at;
        int end = nameEnd(at);
        if (end > start && operatorAfter(end)) {
            at = end;
            return comparison(start, text.substring(start, end));
        }
        return freeText(start, words(start));
    }

    private Condition nested(int open) {
        if (++depth > QqlParser.MAX_DEPTH) {
            throw problem(
                    open, open + 1, "Parentheses are nested more than " + QqlParser.MAX_DEPTH + " deep. Use fewer.");
        }
        Condition inner = any();
        depth--;
        return inner;
    }

    private void close(int open) {
        skipSpace();
        if (atEnd()) {
            throw problem(at, at, "The '(' of " + place(open) + " is not closed.", List.of("')'", "'and'", "'or'"));
        }
        at++;
    }

    private Condition freeText(int start, Match match) {
        if (!prefix.isEmpty() && !prefix.equalsIgnoreCase(Scope.FINDING.group())) {
            throw problem(start, at, "Inside " + prefix + ":( … ) each condition needs a token.", namesUnder(prefix));
        }
        return new Condition.FreeText(subject, match);
    }

    private List<String> namesUnder(String group) {
        String start = group.toLowerCase(Locale.ROOT) + ".";
        return catalogue.tokens().stream()
                .map(Token::name)
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(start))
                .map(name -> name.substring(start.length()))
                .limit(8)
                .toList();
    }

    // A token and its operator -----------------------------------------------------------------------------------

    private Condition comparison(int start, String written) {
        int nameEnd = at;
        skipSpace();
        if (written.endsWith("!") && text.charAt(at) == '=') {
            String name = written.substring(0, written.length() - 1);
            throw problem(nameEnd - 1, at + 1, "There is no '!='. Write: not " + name + ":value.", OPERATORS);
        }
        int operatorStart = at;
        Comparison comparison = operator();
        skipSpace();
        boolean group = comparison == Comparison.EQUAL && !atEnd() && text.charAt(at) == '(' && !rangeAhead(at);
        if (group) {
            return group(start, nameEnd, written);
        }
        Token token = token(start, nameEnd, written);
        if (token.type() == TokenType.MOMENT) {
            if (depth > 0 || negated || momentAt >= 0) {
                throw misplacedMoment(start);
            }
            momentAt = start;
        }
        if (comparison != Comparison.EQUAL && !ordered(token.type())) {
            throw problem(
                    operatorStart,
                    operatorStart + comparison.sign().length(),
                    token.name() + " holds " + token.type().label() + ", which has no order. Use ':'.",
                    List.of("':'"));
        }
        return new Condition.Compare(token, match(token, comparison));
    }

    /** A query asks at one time, so there is nothing that the opposite or one of several could mean. */
    private Stopped misplacedMoment(int start) {
        int end = nameEnd(start);
        return problem(
                start,
                end,
                text.substring(start, end) + " says when the whole query asks. It stands once, outside parentheses,"
                        + " and is joined to the rest by 'and': asOf:42 and ( … ).");
    }

    private Comparison operator() {
        char sign = text.charAt(at++);
        if (sign == ':' && !atEnd() && (text.charAt(at) == '>' || text.charAt(at) == '<')) {
            sign = text.charAt(at++);
        }
        boolean orEqual = (sign == '<' || sign == '>') && !atEnd() && text.charAt(at) == '=';
        if (orEqual) {
            at++;
        }
        return switch (sign) {
            case '>' -> orEqual ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER;
            case '<' -> orEqual ? Comparison.LESS_OR_EQUAL : Comparison.LESS;
            default -> Comparison.EQUAL;
        };
    }

    private static boolean ordered(TokenType type) {
        return switch (type) {
            case NUMBER, DATE, LEVEL -> true;
            case TEXT, CHOICE, BOOLEAN, MOMENT, PERIOD -> false;
        };
    }

    private Token token(int start, int end, String written) {
        Optional<Token> found = resolve(written);
        if (found.isPresent()) {
            return found.get();
        }
        if (isGroup(written)) {
            throw problem(
                    start,
                    end,
                    written + " is a group of tokens, not a token. Write " + written + ":( token:value ).",
                    namesUnder(full(written)));
        }
        throw unknown(start, end, written);
    }

    private Stopped unknown(int start, int end, String written) {
        Optional<String> nearest = catalogue
                .nearest(prefix.isEmpty() ? written : prefix + "." + written)
                .or(() -> catalogue.nearest(written));
        String where = prefix.isEmpty() ? "" : " inside " + prefix + ":( … )";
        return new Stopped(problemAt(
                start, end, "There is no token named " + shortened(written) + where + ".", List.of(), nearest));
    }

    private Optional<Token> resolve(String written) {
        return prefix.isEmpty()
                ? catalogue.find(written)
                : catalogue.find(prefix + "." + written).or(() -> catalogue.find(written));
    }

    private boolean isGroup(String written) {
        return catalogue.isGroup(full(written));
    }

    private String full(String written) {
        return !prefix.isEmpty() && catalogue.isGroup(prefix + "." + written) ? prefix + "." + written : written;
    }

    private Condition group(int start, int nameEnd, String written) {
        if (!isGroup(written)) {
            Token token = token(start, nameEnd, written);
            throw problem(
                    at,
                    at + 1,
                    token.name() + " is a token, not a group of tokens. For one of several values write " + token.name()
                            + ":[A, B].");
        }
        String group = full(written);
        String outerPrefix = prefix;
        Subject outerSubject = subject;
        prefix = group;
        Optional<Scope> shared = catalogue.sharedScope(group);
        if (shared.equals(Optional.of(Scope.FINDING))) {
            subject = Subject.FINDING;
        }
        int open = at++;
        Condition inner = nested(open);
        close(open);
        // the rows of a finding query are single findings: there the group says nothing new
        boolean transparent = shared.equals(Optional.of(Scope.FINDING)) && outerSubject == Subject.FINDING;
        prefix = outerPrefix;
        subject = outerSubject;
        return shared.isEmpty() || transparent ? inner : Condition.same(shared.get(), inner);
    }

    // Values -------------------------------------------------------------------------------------------------------

    private Match match(Token token, Comparison comparison) {
        if (atEnd() || text.charAt(at) == ')') {
            throw problem(at, at, "A value for " + token.name() + " is missing.", ValueReader.expected(token));
        }
        char letter = text.charAt(at);
        if (token.type() == TokenType.MOMENT) {
            return value(token, comparison);
        }
        if (token.type() == TokenType.PERIOD) {
            if (letter == '[' && rangeAhead(at)) {
                return range(token, ']', true);
            }
            throw problem(
                    at,
                    at + 1,
                    token.name()
                            + " needs two runs or dates: what happened after the first, up to and with the second.",
                    ValueReader.expected(token));
        }
        if (comparison == Comparison.EQUAL) {
            if (letter == '[') {
                return rangeAhead(at) ? range(token, ']', true) : list(token);
            }
            if (letter == '(') {
                return range(token, ')', false);
            }
            if (letter == '*' && (at + 1 == text.length() || endsValue(text.charAt(at + 1)))) {
                at++;
                return new Match.HasValue();
            }
        }
        return value(token, comparison);
    }

    private static boolean endsValue(char letter) {
        return BareWord.isSpace(letter) || letter == ')' || letter == ']' || letter == ',';
    }

    private Match value(Token token, Comparison comparison) {
        int start = at;
        Match raw = rawValue(token);
        return switch (ValueReader.read(token, comparison, raw)) {
            case ValueReader.Good(Match match) -> match;
            case ValueReader.Bad(String message, List<String> expected, Optional<String> suggestion) ->
                throw new Stopped(problemAt(start, at, message, expected, suggestion));
        };
    }

    private Match rawValue(Token token) {
        char letter = text.charAt(at);
        if (letter == '"' || letter == '`' || letter == '\'') {
            return quoted();
        }
        if (!BareWord.isLetter(letter) || BareWord.isOperator(letter) || text.startsWith("..", at)) {
            throw problem(
                    at,
                    at + 1,
                    "A value for " + token.name() + " should stand here, not '" + letter + "'.",
                    ValueReader.expected(token));
        }
        return words(at);
    }

    private Match list(Token token) {
        int open = at++;
        List<Match> matches = new ArrayList<>();
        while (true) {
            skipSpace();
            if (atEnd()) {
                throw problem(at, at, "The '[' of " + place(open) + " is not closed.", List.of("']'"));
            }
            if (text.charAt(at) == ']' && matches.isEmpty()) {
                throw problem(open, at + 1, "The list is empty.", ValueReader.expected(token));
            }
            matches.add(value(token, Comparison.EQUAL));
            skipSpace();
            char letter = atEnd() ? ' ' : text.charAt(at);
            if (letter == ']') {
                at++;
                return new Match.OneOf(matches);
            }
            if (letter != ',') {
                throw problem(
                        at,
                        Math.min(at + 1, text.length()),
                        "Values of the list that begins at " + place(open) + " are separated by ',' and end with ']'.",
                        List.of("','", "']'"));
            }
            at++;
        }
    }

    private Match range(Token token, char closing, boolean inclusive) {
        int open = at++;
        if (!ordered(token.type()) && token.type() != TokenType.PERIOD) {
            throw problem(
                    open,
                    open + 1,
                    token.name() + " holds " + token.type().label() + ", which has no order, so it has no range.",
                    List.of("a value", "a list [A, B]"));
        }
        skipSpace();
        Match low = value(token, Comparison.EQUAL);
        skipSpace();
        if (!text.startsWith("..", at)) {
            throw problem(
                    at,
                    Math.min(at + 1, text.length()),
                    "'..' should stand between the two ends of the range.",
                    List.of("'..'"));
        }
        at += 2;
        skipSpace();
        if (atEnd() || text.charAt(at) == closing) {
            throw problem(at, at, "The upper end of the range is missing.", ValueReader.expected(token));
        }
        Match high = value(token, Comparison.EQUAL);
        skipSpace();
        if (atEnd() || text.charAt(at) != closing) {
            throw problem(
                    at,
                    Math.min(at + 1, text.length()),
                    "The range that begins at " + place(open) + " is not closed.",
                    List.of("'" + closing + "'"));
        }
        at++;
        return ValueReader.between(low, high, inclusive);
    }

    /** Whether the bracket that opens here holds {@code ..} at its own level. */
    private boolean rangeAhead(int open) {
        int level = 0;
        for (int i = open; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '(', '[' -> level++;
                case ')', ']' -> {
                    if (--level == 0) {
                        return false;
                    }
                }
                case '"', '`', '\'' -> {
                    boolean opensQuote = letter != '\''
                            || !BareWord.isLetter(text.charAt(i - 1))
                            || BareWord.isOperator(text.charAt(i - 1));
                    if (opensQuote) {
                        OptionalInt end = quoteEnd(i);
                        if (end.isEmpty()) {
                            return false;
                        }
                        i = end.getAsInt() - 1;
                    }
                }
                case '.' -> {
                    if (level == 1 && text.startsWith("..", i)) {
                        return true;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    /** Where the quoted text that opens here ends, after its closing quote. A quote in the text is written twice. */
    private OptionalInt quoteEnd(int open) {
        char quote = text.charAt(open);
        int end = open + 1;
        while (true) {
            end = text.indexOf(quote, end);
            if (end < 0) {
                return OptionalInt.empty();
            }
            if (end + 1 == text.length() || text.charAt(end + 1) != quote) {
                return OptionalInt.of(end + 1);
            }
            end += 2;
        }
    }

    private Match quoted() {
        int open = at;
        char quote = text.charAt(open);
        int end = quoteEnd(open)
                .orElseThrow(() -> problem(
                        open,
                        text.length(),
                        "The " + quoteName(quote) + " that opens here is not closed. Inside, write it twice.",
                        List.of(String.valueOf(quote))));
        String single = String.valueOf(quote);
        String content = text.substring(open + 1, end - 1).replace(single + single, single);
        if (content.isBlank()) {
            throw problem(open, end, "There is nothing between the quotes. For no value at all write: not token:*.");
        }
        at = end;
        return quote == '"' ? new Match.Phrase(content) : new Match.Exact(content);
    }

    private static String quoteName(char quote) {
        return switch (quote) {
            case '"' -> "double quote";
            case '`' -> "backtick";
            default -> "single quote";
        };
    }

    private Match words(int start) {
        List<String> words = new ArrayList<>();
        while (true) {
            int end = wordEnd(at);
            String word = text.substring(at, end);
            if (words.isEmpty() && BareWord.isKeyword(word)) {
                throw problem(
                        at,
                        end,
                        "A value should stand before '" + word + "'. To search for the word itself, put it in double"
                                + " quotes.");
            }
            if (word.indexOf('*') >= 0) {
                throw problem(
                        at,
                        end,
                        "'*' stands only alone after ':', for any value. A word without quotes is found anywhere in the"
                                + " text; to search for the sign itself, put it in quotes.");
            }
            words.add(word);
            at = end;
            skipSpace();
            if (atEnd() || !BareWord.isFurther(furtherWord()) || operatorAfter(wordEnd(at))) {
                break;
            }
        }
        // blanks after the last word belong to what follows
        while (at > start && BareWord.isSpace(text.charAt(at - 1))) {
            at--;
        }
        return new Match.Words(words);
    }

    private String furtherWord() {
        return text.substring(at, wordEnd(at));
    }

    // Characters ---------------------------------------------------------------------------------------------------

    private boolean atEnd() {
        return at >= text.length();
    }

    private void skipSpace() {
        while (at < text.length() && BareWord.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private int wordEnd(int from) {
        int end = from;
        while (end < text.length() && BareWord.isLetter(text.charAt(end)) && !text.startsWith("..", end)) {
            end++;
        }
        return end;
    }

    private int nameEnd(int from) {
        int end = from;
        while (end < text.length() && BareWord.isLetter(text.charAt(end)) && !BareWord.isOperator(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private boolean operatorAfter(int from) {
        int next = from;
        while (next < text.length() && BareWord.isSpace(text.charAt(next))) {
            next++;
        }
        return next < text.length() && BareWord.isOperator(text.charAt(next));
    }

    private boolean atKeyword(String keyword) {
        int end = at + keyword.length();
        return text.regionMatches(true, at, keyword, 0, keyword.length())
                && (end >= text.length() || !BareWord.isLetter(text.charAt(end)) || text.charAt(end) == '\'')
                && !operatorAfter(end);
    }

    private boolean takeKeyword(String keyword) {
        skipSpace();
        if (!atKeyword(keyword)) {
            return false;
        }
        at += keyword.length();
        return true;
    }

    // Faults -------------------------------------------------------------------------------------------------------

    private Stopped unexpected() {
        int end = Math.max(at + 1, wordEnd(at));
        String found = shortened(text.substring(at, end));
        String message = text.startsWith("..", at)
                ? "'..' stands only inside a range [a .. b]. To search for it, put the text in quotes."
                : "'and' or 'or' should stand between two conditions, before " + found + ".";
        return problem(at, end, message, List.of("'and'", "'or'"));
    }

    private static String shortened(String written) {
        return written.length() <= 60 ? "'" + written + "'" : "'" + written.substring(0, 60) + "…'";
    }

    private Stopped problem(int start, int end, String message) {
        return problem(start, end, message, List.of());
    }

    private Stopped problem(int start, int end, String message, List<String> expected) {
        return new Stopped(problemAt(start, end, message, expected, Optional.empty()));
    }

    private QueryProblem problemAt(
            int start, int end, String message, List<String> expected, Optional<String> suggestion) {
        return new QueryProblem(start, end - start, line(start), column(start), message, expected, suggestion);
    }

    private String place(int offset) {
        return line(offset) == 1 ? "column " + column(offset) : "line " + line(offset) + ", column " + column(offset);
    }

    private int line(int offset) {
        return 1
                + (int) text.substring(0, offset)
                        .chars()
                        .filter(letter -> letter == '\n')
                        .count();
    }

    private int column(int offset) {
        return offset - text.lastIndexOf('\n', offset - 1);
    }
}
