// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the endpoints that share their name with another, since the CVE dataset knows hosts by name only. Holds a hash
 * of each name and not the names: two names of one hash cost a needless look-up and nothing else. Takes about 44 bytes an
 * endpoint. Safe for use by several threads.
 */
public final class SharedNames {

    private final JsonMapper json;
    /** By the key of their page, the endpoints in order: hash of the name, id. */
    private final Map<String, byte[]> pages = new ConcurrentHashMap<>();

    public SharedNames(JsonMapper json) {
        this.json = json;
    }

    /** Reads a page of endpoints while it is in hand, so that it need not be read back at the end. */
    public void add(String key, InputStream page) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (EndpointRows.Row row : EndpointRows.read(json, page)) {
                if (!row.id().isEmpty() && !row.name().isBlank()) {
                    byte[] id = row.id().getBytes(StandardCharsets.UTF_8);
                    out.writeLong(HostName.hash(row.name()));
                    out.writeInt(id.length);
                    out.write(id);
                }
            }
        }
        pages.put(key, bytes.toByteArray());
    }

    /** The ids of those endpoints in {@code stored}, sorted. Reads back the pages that were not added. */
    public List<String> endpointIds(StoredPages stored) throws IOException {
        LongSet names = new LongSet();
        Set<Long> shared = new HashSet<>();
        IdSet seen = new IdSet();
        each(stored, (hash, id) -> {
            if (seen.add(id) && !names.add(hash)) {
                shared.add(hash);
            }
        });
        if (shared.isEmpty()) {
            return List.of();
        }
        Set<String> ids = new HashSet<>();
        each(stored, (hash, id) -> {
            if (shared.contains(hash)) {
                ids.add(id);
            }
        });
        List<String> sorted = new ArrayList<>(ids);
        Collections.sort(sorted);
        return sorted;
    }

    private interface Host {
        void take(long nameHash, String id);
    }

    private void each(StoredPages stored, Host host) throws IOException {
        for (StoredPage page : stored.pages(Streams.ENDPOINTS)) {
            if (!pages.containsKey(page.key())) {
                try (InputStream body = stored.open(page)) {
                    add(page.key(), body);
                }
            }
            ByteBuffer hosts = ByteBuffer.wrap(pages.getOrDefault(page.key(), new byte[0]));
            while (hosts.hasRemaining()) {
                long hash = hosts.getLong();
                byte[] id = new byte[hosts.getInt()];
                hosts.get(id);
                host.take(hash, new String(id, StandardCharsets.UTF_8));
            }
        }
    }
}
