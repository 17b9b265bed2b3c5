// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An expression, a form feed, and a record to evaluate it on (one that has everything, if none is given). That it
 * ends soon is watched by the fuzzer's limit for one input.
 */
class ExpressionFuzzTest {

    static final String HOST = """
            {"endpoint_id": "e1", "endpoint_name": "web-1", "operating_system": "Linux", "first_seen": 1767225600000,
             "install_count": 7, "allIPs": ["10.0.0.1", "fd00::1"], "mac_address": ["00:11:22:33:44:55"],
             "tags": {"server_tags": ["a"], "endpoint_tags": ["b", "c"]}, "adapters": [{"address": "10.0.0.1", "mac": "m"}],
             "cves": [{"name": "CVE-2026-1", "severity": "HIGH", "severity_score": 9.8, "affected_products": ["p"]}]}
            """;

    @FuzzTest
    void everyExpressionIsRefusedOrEndsSoon(byte[] data) {
        String[] parts = new String(data, StandardCharsets.UTF_8).split("\f", 2);
        ObjectNode record = record(parts.length > 1 ? parts[1] : HOST);
        TransformMap plain = Fixture.map("""
                name: Test
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_id, target: externalAssetId}
                """);
        for (MapRow row : List.of(
                new MapRow("endpoint_name", "hostName", Map.of(), Optional.empty(), Optional.of(parts[0]), false),
                new MapRow(
                        "allIPs[]",
                        "networkInterfaces[].ipAddress",
                        Map.of(),
                        Optional.empty(),
                        Optional.of(parts[0]),
                        false))) {
            TransformMap map = new TransformMap(
                    plain.name(),
                    plain.description(),
                    plain.source(),
                    plain.target(),
                    List.of(plain.rows().getFirst(), row));
            Compilation compilation = Fixture.compile(map);
            assertThat(compilation.problems())
                    .allSatisfy(problem -> assertThat(problem.text()).isNotBlank());
            if (compilation instanceof Compilation.Compiled compiled) {
                compiled.plan().document(record.deepCopy());
            }
        }
    }

    private static ObjectNode record(String text) {
        try {
            JsonNode tree = JsonMapper.shared().readTree(text);
            return tree instanceof ObjectNode object ? object : Fixture.json(HOST);
        } catch (JacksonException noJson) {
            return Fixture.json(HOST);
        }
    }
}
