// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the endpoints that share their name with another, since the CVE dataset knows hosts by name only. Holds a hash
 * of each name and not the names: two names of one hash cost a needless look-up and nothing else.
 */
public final class SharedNames {

    private SharedNames() {}

    /** The ids of those endpoints, sorted. */
    public static List<String> endpointIds(JsonMapper json, StoredPages stored) throws IOException {
        LongSet names = new LongSet();
        Set<Long> shared = new HashSet<>();
        IdSet seen = new IdSet();
        EndpointIndex index = new EndpointIndex(stored.pages(Streams.ENDPOINTS));
        for (StoredPage page : index.pages()) {
            for (EndpointRows.Row row : rows(json, stored, page)) {
                if (counts(row) && (!index.mayComeTwice(page, row.id()) || seen.add(row.id()))) {
                    long hash = HostName.hash(row.name());
                    if (!names.add(hash)) {
                        shared.add(hash);
                    }
                }
            }
        }
        if (shared.isEmpty()) {
            return List.of();
        }
        Set<String> ids = new HashSet<>();
        for (StoredPage page : index.pages()) {
            for (EndpointRows.Row row : rows(json, stored, page)) {
                if (counts(row) && shared.contains(HostName.hash(row.name()))) {
                    ids.add(row.id());
                }
            }
        }
        List<String> sorted = new ArrayList<>(ids);
        Collections.sort(sorted);
        return sorted;
    }

    private static boolean counts(EndpointRows.Row row) {
        return !row.id().isEmpty() && !row.name().isBlank();
    }

    private static List<EndpointRows.Row> rows(JsonMapper json, StoredPages stored, StoredPage page)
            throws IOException {
        try (InputStream body = stored.open(page)) {
            return EndpointRows.read(json, body);
        }
    }
}
