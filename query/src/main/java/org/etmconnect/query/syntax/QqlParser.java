// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.Optional;

/**
 * Reads queries. Total: every text gives a condition or a problem, in time that grows no faster than the text, within the
 * bounds below. Thread-safe.
 */
public final class QqlParser {

    /** The longest text that is read, in UTF-16 units. */
    public static final int MAX_LENGTH = 16_384;

    /** The most {@code and}s and {@code or}s in one query. */
    public static final int MAX_OPERATORS = 1_000;

    /** The deepest nesting of parentheses. Everything that walks a condition may recurse: this bounds its stack. */
    public static final int MAX_DEPTH = 100;

    private QqlParser() {}

    /**
     * Reads a query over the standard tokens. Blank text asks for everything.
     *
     * @param subject what the query lists; decides what words without a token search
     */
    public static ParseOutcome parse(String text, Subject subject) {
        try {
            return new ParseOutcome.Parsed(new Parsing(text, subject, TokenCatalogue.standard()).query());
        } catch (Parsing.Stopped stopped) {
            return new ParseOutcome.Invalid(stopped.problem());
        }
    }

    /** Reads a point in history as a person names it outside a query: a run's number or a date. */
    public static Optional<RunOrDate> point(String text) {
        return ValueReader.point(text.strip());
    }
}
