// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

/**
 * Something in the vendor's answers that is not as it was, or not as it is documented.
 *
 * @param kind what it is
 * @param stream in which answers, e.g. {@code endpoints}
 * @param field the field's path as a map's row writes it; empty if it is about the stream
 * @param message what was, what is, and what to do: a sentence or two
 */
public record RunWarning(Kind kind, String stream, String field, String message) {

    /** What it is. */
    public enum Kind {
        /** A field that was filled is in no record any more. */
        FIELD_VANISHED,
        /** A field is in less than a tenth of the records it was in. */
        FIELD_RARE,
        /** A field holds another kind of value, or a list where it had one value, or the reverse. */
        KIND_CHANGED,
        /** An enumeration has a value that neither the documents nor earlier runs know. */
        VALUE_UNKNOWN,
        /** There are many more or fewer records. */
        COUNT_FAR,
        /** A field that the source model does not know: information, no warning. */
        FIELD_NEW
    }

    /** Whether it only tells of something new that breaks nothing. */
    public boolean information() {
        return kind == Kind.FIELD_NEW;
    }
}
