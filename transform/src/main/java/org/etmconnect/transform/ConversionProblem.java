// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

/**
 * Why a value could not be brought to its target.
 *
 * @param row number of the map's row, from 1
 * @param source path of the value as the row writes it
 * @param target path it should have gone to, as the row writes it
 * @param value the value as JSON text, cut at 200 characters; empty if there was none
 * @param reason what is wrong with it, a sentence
 */
public record ConversionProblem(int row, String source, String target, String value, String reason) {

    static final int LONGEST_VALUE = 200;

    /** The problem in one line for a person. */
    public String text() {
        return "row " + row + ", " + source + " -> " + target + (value.isEmpty() ? "" : ", value " + value) + ": "
                + reason;
    }
}
