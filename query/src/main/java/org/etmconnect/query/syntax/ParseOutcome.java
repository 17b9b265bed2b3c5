// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/** What became of a query's text. */
public sealed interface ParseOutcome {

    /** The text is a query. */
    record Parsed(Condition condition) implements ParseOutcome {}

    /** The text is no query; the first fault is told. */
    record Invalid(QueryProblem problem) implements ParseOutcome {}
}
