// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.etmconnect.cortexxdr.client.TenantJson;
import tools.jackson.databind.json.JsonMapper;

class EndpointRowsFuzzTest {

    private static final JsonMapper JSON = TenantJson.streamed();

    @FuzzTest
    void aPageOfEndpointsIsReadOrSaysThatItDoesNotRead(byte[] data) {
        try {
            List<EndpointRows.Row> rows = EndpointRows.read(JSON, new ByteArrayInputStream(data));
            assertThat(rows).hasSizeLessThanOrEqualTo(data.length).doesNotContainNull();
        } catch (IOException unreadable) {
            assertThat(unreadable).hasMessageContaining("does not read");
        }
    }
}
