// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says what could be written at a place in an unfinished query. Thread-safe. */
public final class Completion {

    private static final int MOST = 50;

    private Completion() {}

    /**
     * What could stand at the caret, best first; at most 50. Only the text before the caret is looked at.
     *
     * @param caret a place in the text, from 0 to its length
     * @throws IllegalArgumentException if the caret is not in the text
     */
    public static List<Suggestion> complete(String text, int caret, Subject subject) {
        return place(text, caret).map(place -> place.suggestions(subject)).orElseGet(List::of);
    }

    /**
     * A value that is being written.
     *
     * @param token what it is a value of
     * @param typed what is there of it, without quotes
     * @param from where it begins, its opening quote included, in UTF-16 units from 0
     * @param to where it ends: the caret, or after a closing quote that stands there already
     * @param quote the quote it is written in; a backtick, which asks for the very value, if there is none yet
     */
    public record Value(Token token, String typed, int from, int to, char quote) {}

    /**
     * The value that is being written at the caret; empty if something else is.
     *
     * @param caret a place in the text, from 0 to its length
     * @throws IllegalArgumentException if the caret is not in the text
     */
    public static Optional<Value> value(String text, int caret) {
        return place(text, caret).flatMap(place -> place.value(text));
    }

    private static Optional<Place> place(String text, int caret) {
        if (caret < 0 || caret > text.length()) {
            throw new IllegalArgumentException("The caret is at " + caret + " of a text of length " + text.length());
        }
        return caret > QqlParser.MAX_LENGTH ? Optional.empty() : Optional.of(new Place(text.substring(0, caret)));
    }

    /** What the text before the caret says about the place. */
    private static final class Place {
        private final int caret;
        private final Deque<String> groups = new ArrayDeque<>();
        private final StringBuilder word = new StringBuilder();
        private int wordStart;
        private String name = "";
        private boolean afterOperator;
        private boolean afterValue;
        private boolean inList;
        private boolean inQuotes;
        private char quote = '`';

        Place(String before) {
            this.caret = before.length();
            for (int i = 0; i < before.length(); i++) {
                char letter = before.charAt(i);
                if (letter == '"' || letter == '`' || (letter == '\'' && word.isEmpty())) {
                    int end = before.indexOf(letter, i + 1);
                    if (end < 0) {
                        inQuotes = true;
                        quote = letter;
                        wordStart = i;
                        word.setLength(0);
                        word.append(before, i + 1, before.length());
                        return;
                    }
                    i = end;
                    word.setLength(0);
                    endValue();
                } else if (BareWord.isSpace(letter)) {
                    endWord();
                } else if (letter == '[') {
                    inList = afterOperator;
                    word.setLength(0);
                } else if (letter == ']') {
                    inList = false;
                    word.setLength(0);
                    endValue();
                } else if (letter == ',') {
                    word.setLength(0);
                } else if (letter == '(') {
                    groups.push(afterOperator ? name : "");
                    reset();
                } else if (letter == ')') {
                    groups.poll();
                    reset();
                    afterValue = true;
                } else if (BareWord.isOperator(letter) && !afterOperator) {
                    if (!word.isEmpty()) {
                        name = full(word.toString());
                    }
                    word.setLength(0);
                    afterOperator = true;
                    afterValue = false;
                } else if (BareWord.isOperator(letter) && word.isEmpty()) {
                    afterOperator = true;
                } else {
                    if (word.isEmpty()) {
                        wordStart = i;
                    }
                    word.append(letter);
                }
            }
        }

        private String full(String written) {
            String prefix = prefix();
            TokenCatalogue catalogue = TokenCatalogue.standard();
            String nested = prefix + written;
            return !prefix.isEmpty() && (catalogue.find(nested).isPresent() || catalogue.isGroup(nested))
                    ? nested
                    : written;
        }

        private String prefix() {
            for (String group : groups) {
                if (!group.isEmpty()) {
                    return group + ".";
                }
            }
            return "";
        }

        private void reset() {
            word.setLength(0);
            name = "";
            afterOperator = false;
            afterValue = false;
            inList = false;
        }

        private void endValue() {
            if (!inList) {
                afterOperator = false;
                afterValue = true;
            }
        }

        private void endWord() {
            if (word.isEmpty()) {
                return;
            }
            if (BareWord.isKeyword(word.toString())) {
                reset();
            } else if (afterOperator) {
                endValue();
            } else {
                afterValue = true;
                name = full(word.toString());
            }
            word.setLength(0);
        }

        Optional<Value> value(String whole) {
            if (!afterOperator) {
                return Optional.empty();
            }
            int to = inQuotes && caret < whole.length() && whole.charAt(caret) == quote ? caret + 1 : caret;
            int from = word.isEmpty() && !inQuotes ? caret : wordStart;
            return TokenCatalogue.standard()
                    .find(name)
                    .map(token -> new Value(token, word.toString(), from, to, quote));
        }

        List<Suggestion> suggestions(Subject subject) {
            if (inQuotes) {
                return List.of();
            }
            String typed = word.toString().toLowerCase(Locale.ROOT);
            int from = word.isEmpty() ? caret : wordStart;
            List<Suggestion> found = new ArrayList<>();
            if (afterOperator) {
                Optional<Token> token = TokenCatalogue.standard().find(name);
                token.ifPresent(known -> addValues(found, known, typed, from));
            } else if (afterValue) {
                for (String keyword : List.of("and", "or")) {
                    if (keyword.startsWith(typed)) {
                        found.add(new Suggestion(keyword, from, caret, Suggestion.Kind.KEYWORD, ""));
                    }
                }
            } else {
                addTokens(found, subject, typed, from);
            }
            return List.copyOf(found.subList(0, Math.min(found.size(), MOST)));
        }

        private void addValues(List<Suggestion> found, Token token, String typed, int from) {
            List<String> values = token.type() == TokenType.DATE || token.type() == TokenType.MOMENT
                    ? List.of("now-1d", "now-7d", "now-30d", "now-90d")
                    : token.type() == TokenType.BOOLEAN ? List.of("true", "false") : token.values();
            for (String value : values) {
                if (value.toLowerCase(Locale.ROOT).startsWith(typed)) {
                    found.add(new Suggestion(value, from, caret, Suggestion.Kind.VALUE, ""));
                }
            }
        }

        private void addTokens(List<Suggestion> found, Subject subject, String typed, int from) {
            String prefix = prefix();
            List<Suggestion> others = new ArrayList<>();
            for (Token token : TokenCatalogue.standard().tokens()) {
                if (!token.name().toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT))) {
                    continue;
                }
                String name = token.name().substring(prefix.length());
                if (name.toLowerCase(Locale.ROOT).contains(typed)) {
                    boolean first = name.toLowerCase(Locale.ROOT).startsWith(typed) && token.subject() == subject;
                    (first ? found : others)
                            .add(new Suggestion(name, from, caret, Suggestion.Kind.TOKEN, token.description()));
                }
            }
            found.addAll(others);
            if ("not".startsWith(typed)) {
                found.add(new Suggestion("not", from, caret, Suggestion.Kind.KEYWORD, ""));
            }
        }
    }
}
