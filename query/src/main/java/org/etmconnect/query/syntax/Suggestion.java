// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/**
 * Something that could be written at the caret.
 *
 * @param text what to insert
 * @param from where the part that it replaces begins, in UTF-16 units from 0
 * @param to where that part ends; the caret
 * @param kind what it is
 * @param description one sentence for people; may be empty
 */
public record Suggestion(String text, int from, int to, Kind kind, String description) {

    /** What a suggestion is. */
    public enum Kind {
        TOKEN,
        GROUP,
        VALUE,
        KEYWORD
    }
}
