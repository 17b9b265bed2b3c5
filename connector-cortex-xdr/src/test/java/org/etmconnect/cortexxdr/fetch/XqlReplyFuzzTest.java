// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.etmconnect.cortexxdr.client.BodyReader;
import org.etmconnect.cortexxdr.client.TenantJson;
import tools.jackson.databind.json.JsonMapper;

/** Replies about a query, and the rows of its stream counted in passing. */
class XqlReplyFuzzTest {

    private static final JsonMapper JSON = TenantJson.streamed();

    @FuzzTest
    void aReplyIsReadOrIsNoAnswer(byte[] data) throws IOException {
        try {
            XqlReply reply = XqlReply.read(JSON, new ByteArrayInputStream(data));
            assertThat(reply.pending() && reply.failed()).isFalse();
            assertThat(reply.inlineRows().orElse(0)).isBetween(0L, (long) data.length);
            assertThat(reply.rest()).isNotNull();
        } catch (BodyReader.NotAnAnswer noAnswer) {
            assertThat(noAnswer).hasMessageContaining("no answer");
        }
        assertThat(RowCounter.of(new ByteArrayInputStream(data)).rows()).isBetween(0L, (long) data.length);
    }
}
