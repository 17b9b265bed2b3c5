// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Which endpoints were looked up by their ids, since they share their names with others. */
final class LookedUp {

    private static final Pattern QUOTED = Pattern.compile("\"([A-Za-z0-9_.:-]+)\"");

    private LookedUp() {}

    /** By what was asked, whether it was answered or not. */
    static Set<String> endpointIds(JsonMapper json, StoredPages pages) {
        Set<String> ids = new HashSet<>();
        for (StoredPage page : pages.pages(Streams.ENDPOINT_CVES)) {
            try {
                Matcher quoted = QUOTED.matcher(json.readTree(page.request())
                        .path("request_data")
                        .path("query")
                        .asString(""));
                while (quoted.find()) {
                    ids.add(quoted.group(1));
                }
            } catch (JacksonException notOurs) {
                // Nothing is known of what was asked, so nothing was.
            }
        }
        return ids;
    }
}
