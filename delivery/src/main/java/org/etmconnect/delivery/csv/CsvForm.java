// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.csv;

import org.apache.commons.csv.CSVFormat;

/**
 * How the files are written, as it is entered in ETM.
 *
 * @param delimiter between columns
 * @param qualifier round values that hold a delimiter, a qualifier or a line's end
 * @param header whether the first line names the columns
 */
public record CsvForm(char delimiter, char qualifier, boolean header) {

    /** Commas, double quotes, a header. */
    public static CsvForm defaults() {
        return new CsvForm(',', '"', true);
    }

    CSVFormat format() {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setQuote(qualifier)
                .setRecordSeparator('\n')
                .get();
    }
}
