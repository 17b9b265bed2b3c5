// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** The type of a field's value, or of each of its elements where the field is a list. */
public enum FieldType {
    TEXT,
    /** A whole number of up to 64 bits. */
    INTEGER,
    /** A number with a fraction. */
    DECIMAL,
    BOOLEAN,
    /** A point in time, UTC, to the millisecond. */
    INSTANT,
    /** Severity of a finding, 1 (minimal) to 5 (urgent). */
    SEVERITY,
    /** Named fields. */
    OBJECT
}
