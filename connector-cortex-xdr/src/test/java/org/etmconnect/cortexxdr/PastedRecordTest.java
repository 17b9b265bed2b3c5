// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PastedRecordTest {

    private final CortexXdrConnector connector = new CortexXdrConnector();

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    @Test
    void anEndpointAsTheVendorSendsItIsBroughtIntoTheFormOfTheModel() {
        ObjectNode pasted = json("""
                {"endpoint_id": "a1", "os_type": "AGENT_OS_LINUX", "ip": "10.0.0.4", "ipv6": ["2001:db8::4"],
                 "alias": "", "first_seen": "1767225600000", "cves": [{"name": "CVE-2030-0007"}]}
                """);
        ObjectNode before = pasted.deepCopy();

        ObjectNode record = connector.sourceRecord(pasted);

        assertThat(pasted).isEqualTo(before);
        assertThat(record.path("allIPs").toString()).isEqualTo("[\"10.0.0.4\",\"2001:db8::4\"]");
        assertThat(record.path("operating_system").asString()).isEqualTo("AGENT_OS_LINUX");
        assertThat(record.path("first_seen").asLong()).isEqualTo(1_767_225_600_000L);
        assertThat(record.has("alias")).isFalse();
        assertThat(record.path("cves")).isEqualTo(before.path("cves"));
    }

    @Test
    void aRecordThatHasTheFormStaysEqual() {
        ObjectNode record = connector.sourceRecord(json("{\"endpoint_id\": \"a1\", \"ip\": [\"10.0.0.4\"]}"));

        assertThat(connector.sourceRecord(record)).isEqualTo(record);
    }
}
