// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.etmconnect.connector.StoredPage;

/**
 * What is noted of a stored query result.
 *
 * @param form whether the rows came inline or as a stream of JSON lines
 * @param status as the vendor says it
 * @param numberOfResults the vendor's own count of rows
 * @param limit the row limit that the query carried
 */
record XqlFacts(Form form, String status, OptionalLong numberOfResults, long limit) {

    enum Form {
        INLINE,
        STREAM
    }

    Map<String, String> toMap() {
        Map<String, String> facts = new HashMap<>();
        facts.put("form", form.name().toLowerCase(Locale.ROOT));
        facts.put("status", status);
        facts.put("limit", Long.toString(limit));
        numberOfResults.ifPresent(number -> facts.put("number_of_results", Long.toString(number)));
        return facts;
    }

    static XqlFacts of(StoredPage page) {
        String number = page.facts().getOrDefault("number_of_results", "");
        return new XqlFacts(
                page.facts().getOrDefault("form", "").equals("stream") ? Form.STREAM : Form.INLINE,
                page.facts().getOrDefault("status", ""),
                number.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(number)),
                Long.parseLong(page.facts().getOrDefault("limit", "0")));
    }

    /** What is missing from {@code rows} rows of this result, a sentence each. */
    List<String> missing(String stream, long rows) {
        List<String> missing = new ArrayList<>();
        if (numberOfResults.isPresent() && rows < numberOfResults.getAsLong()) {
            missing.add(String.format(
                    Locale.ROOT,
                    "Cortex XDR counts %,d rows of %s, %,d were received.",
                    numberOfResults.getAsLong(),
                    stream,
                    rows));
        }
        if (limit > 0 && rows >= limit) {
            missing.add(String.format(
                    Locale.ROOT, "%s has at least %,d rows, which is all that one query can bring.", stream, limit));
        }
        if (status.startsWith("PARTIAL")) {
            missing.add("Cortex XDR says that the query over " + stream + " succeeded only in part (" + status
                    + "): at least one tenant of the group did not answer.");
        }
        return missing;
    }
}
