// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a tenant, or somebody in its place, answers: it is an answer, or a fault that says what to do. */
class AnswersFuzzTest {

    private static final JsonMapper JSON = TenantJson.streamed();
    private static final int[] STATUSES = {200, 301, 400, 401, 402, 403, 404, 407, 408, 418, 429, 500, 502, 599};

    private final FaultReader faults = new FaultReader("api-tenant.example", Optional.empty(), JSON);

    @FuzzTest
    void anAnswerIsReadOrExplained(byte[] data) {
        if (data.length < 2) {
            return;
        }
        ApiCall call = ApiCall.values()[(data[0] & 0xff) % ApiCall.values().length];
        byte[] body;
        try (InputStream answer = GzipLayers.undo(new ByteArrayInputStream(data, 1, data.length - 1))) {
            body = answer.readNBytes(1 << 20);
        } catch (IOException brokenOff) {
            assertExplained(faults.ofException(call, brokenOff));
            return;
        }
        assertExplained(faults.ofStatus(call, STATUSES[(data[0] & 0xff) % STATUSES.length], body));
        try {
            JsonNode tree = JSON.readTree(body);
            ErrorEnvelope.in(tree);
            assertExplained(faults.ofEnvelope(call, tree));
        } catch (JacksonException noJson) {
            assertExplained(faults.unreadable(call, "It is not JSON."));
        }
    }

    private static void assertExplained(Fault fault) {
        assertThat(fault.message()).isNotBlank().hasSizeLessThan(2_000);
        assertThat(fault.fix()).isNotBlank();
    }
}
