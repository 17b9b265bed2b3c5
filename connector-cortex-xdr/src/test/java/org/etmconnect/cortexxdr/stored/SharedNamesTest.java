// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.etmconnect.cortexxdr.MemoryPages;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SharedNamesTest {

    private static final byte[] FIRST =
            page("{'endpoint_id':'a','endpoint_name':'WEB'},{'endpoint_id':'b','endpoint_name':'DB'}");
    private static final byte[] SECOND =
            page("{'endpoint_id':'b','endpoint_name':'DB'},{'endpoint_id':'ç','endpoint_name':'web'},"
                    + "{'endpoint_id':'d','endpoint_name':''},{'endpoint_id':'e'},{'endpoint_name':'DB'}");

    private final MemoryPages stored = new MemoryPages()
            .put(Streams.ENDPOINTS, "p0", "", 2, Map.of(), FIRST)
            .put(Streams.ENDPOINTS, "p1", "", 5, Map.of(), SECOND);
    private final SharedNames names = new SharedNames(JsonMapper.shared());

    private static byte[] page(String endpoints) {
        return ("{'reply':{'endpoints':[" + endpoints + "]}}")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aHostSharesItsNameWithAnotherIdAndNotWithItselfOnTheNextPage() throws IOException {
        assertThat(names.endpointIds(stored)).containsExactly("a", "ç");
    }

    @Test
    void pagesReadWhileTheyWereInHandAreNotReadBack() throws IOException {
        names.add("p0", new ByteArrayInputStream(FIRST));
        names.add("p1", new ByteArrayInputStream(SECOND));
        MemoryPages unreadable = new MemoryPages()
                .put(Streams.ENDPOINTS, "p0", "", 2, Map.of(), new byte[] {'?'})
                .put(Streams.ENDPOINTS, "p1", "", 5, Map.of(), new byte[] {'?'});
        assertThat(names.endpointIds(unreadable)).containsExactly("a", "ç");
    }

    @Test
    void aPageThatWasNotStoredDoesNotCount() throws IOException {
        names.add("p2", new ByteArrayInputStream(FIRST));
        stored.remove(Streams.ENDPOINTS, "p1");
        assertThat(names.endpointIds(stored)).isEmpty();
    }
}
