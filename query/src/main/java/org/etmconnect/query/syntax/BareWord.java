// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.Locale;

/** Which words can be written without quotes. */
final class BareWord {

    private BareWord() {}

    /** Whether the word can stand first after an operator, where a colon is part of it (a MAC address, a time). */
    static boolean isFirst(String word) {
        return !word.isEmpty()
                && !isKeyword(word)
                && word.indexOf('*') < 0
                && !word.contains("..")
                && !isOperator(word.charAt(0))
                && word.charAt(0) != '\''
                && word.chars().allMatch(letter -> isLetter((char) letter));
    }

    /** Whether the word can stand after another, where a colon would make it a token. */
    static boolean isFurther(String word) {
        return isFirst(word) && word.chars().noneMatch(letter -> isOperator((char) letter));
    }

    static boolean isKeyword(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "and", "or", "not" -> true;
            default -> false;
        };
    }

    static boolean isLetter(char letter) {
        return switch (letter) {
            case '"', '`', '(', ')', '[', ']', ',' -> false;
            default -> !isSpace(letter);
        };
    }

    static boolean isOperator(char letter) {
        return letter == ':' || letter == '=' || letter == '<' || letter == '>';
    }

    static boolean isSpace(char letter) {
        return Character.isWhitespace(letter) || Character.isSpaceChar(letter) || Character.isISOControl(letter);
    }
}
