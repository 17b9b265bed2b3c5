// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.etmconnect.cortexxdr.client.BodyReader;
import org.etmconnect.cortexxdr.client.TenantJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XqlReplyTest {

    private static XqlReply read(String text) throws Exception {
        return XqlReply.read(TenantJson.streamed(), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void rowsMayBeMany() throws Exception {
        String rows = "{\"name\":\"CVE-2026-1\"},".repeat(100_000);

        XqlReply reply = read(
                "{\"reply\":{\"status\":\"SUCCESS\",\"results\":{\"data\":[" + rows + "{}],\"more\":{\"a\":[1]}}}}");

        assertThat(reply.inlineRows()).hasValue(100_001);
        assertThat(reply.rest().toString()).isEqualTo("{\"status\":\"SUCCESS\",\"more\":{\"a\":[1]}}");
    }

    @Test
    void bytesThatLookLikeAnotherEncodingAreNoAnswer() {
        assertThatThrownBy(() -> read("\0002\0\0")).isInstanceOf(BodyReader.NotAnAnswer.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"reply\":{\"x\":[%s0]}}", "{\"x\":[%s0]}", "{\"reply\":{\"results\":{\"x\":[%s0]}}}"})
    void whatIsSaidBesidesRowsMayNotFillTheMemory(String reply) {
        assertThatThrownBy(() -> read(reply.formatted("0,".repeat(1 << 20))))
                .isInstanceOf(BodyReader.NotAnAnswer.class);
    }
}
