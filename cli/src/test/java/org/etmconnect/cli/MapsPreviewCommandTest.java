// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MapsPreviewCommandTest {

    private static final String RECORD = """
            {
              "endpoint_id": "7c0f1b",
              "endpoint_name": "kiosk-3",
              "ip": ["10.1.1.3"],
              "ipv6": ["2001:db8::3"],
              "alias": "front desk",
              "cves": [
                {"name": "CVE-2030-0007", "severity": "HIGH", "publication_date": 1639131309143},
                {"name": "CVE-2030-0008", "severity": "LOW", "publication_date": "soon"}
              ]
            }
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path record = Path.of("");

    @BeforeEach
    void writeRecord() throws IOException {
        record = Files.writeString(directory.resolve("record.json"), RECORD);
    }

    private int preview(String... arguments) {
        CommandLine line = new CommandLine(new MapsPreviewCommand(ConnectorStub::only));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void theDefaultMapPrintsTheDocumentWithAddressesJoined() {
        assertThat(preview("--record", record.toString())).isZero();

        JsonNode document = JsonMapper.shared().readTree(out.toString());
        assertThat(document.path("networkInterfaces").toString())
                .isEqualTo("[{\"ipAddress\":\"10.1.1.3\",\"ipv4Address\":\"10.1.1.3\"},"
                        + "{\"ipAddress\":\"2001:db8::3\",\"ipv6Address\":\"2001:db8::3\"}]");
        assertThat(document.path("finding")).hasSize(1);
        assertThat(err.toString())
                .contains("finding dropped: row 18, cves[].publication_date")
                .contains("\"soon\"");
    }

    @Test
    void explainSaysWhichRowMadeEachValueAndWhatIsLeftOut() {
        assertThat(preview("--record", record.toString(), "--explain", "--output", "table"))
                .isZero();

        assertThat(out.toString())
                .containsPattern("networkInterfaces\\[1]\\.ipv6Address +2001:db8::3 +row 10: ipv6\\[0]")
                .containsPattern("finding\\[0]\\.severity +4 +row 16: cves\\[0]\\.severity")
                .containsPattern("alias +front desk +- +no row reads it");
    }

    @Test
    void explainAsJsonKeepsTheDocumentBesideItsOrigins() {
        assertThat(preview("--record", record.toString(), "--explain")).isZero();

        JsonNode explained = JsonMapper.shared().readTree(out.toString());
        assertThat(explained.path("document").path("hostName").asString()).isEqualTo("kiosk-3");
        assertThat(explained.path("values").path(0).toString())
                .isEqualTo("{\"target\":\"externalAssetId\",\"value\":\"7c0f1b\","
                        + "\"rows\":[{\"row\":1,\"source\":\"endpoint_id\"}]}");
    }

    @Test
    void aMapOfOnesOwnIsUsed() throws IOException {
        Path map = Files.writeString(directory.resolve("map.yaml"), """
                name: Mine
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_id, target: externalAssetId}
                  - {source: endpoint_name, target: hostName, expression: value.upperAscii()}
                """);

        assertThat(preview("--record", record.toString(), "--map", map.toString()))
                .isZero();
        assertThat(JsonMapper.shared().readTree(out.toString()).toString())
                .isEqualTo("{\"externalAssetId\":\"7c0f1b\",\"hostName\":\"KIOSK-3\"}");
    }

    @Test
    void aMissingRecordIsSaidSo() {
        assertThat(preview("--record", directory.resolve("nowhere.json").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.json does not exist");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aBrokenRecordIsRefusedWithItsPlace() throws IOException {
        Files.writeString(record, "{\n  \"endpoint_id\": oops\n}");

        assertThat(preview("--record", record.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("is not JSON (line 2, column");
    }

    @Test
    void aListOfRecordsIsRefused() throws IOException {
        Files.writeString(record, "[" + RECORD + "]");

        assertThat(preview("--record", record.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("one JSON object").contains("take one element");
    }

    @Test
    void aRecordWithoutItsKeyIsRefused() throws IOException {
        Files.writeString(record, "{\"endpoint_name\": \"kiosk-3\"}");

        assertThat(preview("--record", record.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("quarantine").contains("row 1, endpoint_id -> externalAssetId");
    }

    @Test
    void aMapThatDoesNotFitItsModelsIsRefusedRowByRow() throws IOException {
        Path map = Files.writeString(directory.resolve("map.yaml"), """
                name: Mine
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_id, target: externalAssetId}
                  - {source: endpoint_nam, target: hostName}
                """);

        assertThat(preview("--record", record.toString(), "--map", map.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("row 2, source").contains("Did you mean endpoint_name?");
    }

    @Test
    void withoutARecordTheUseIsExplained() {
        assertThat(preview()).isEqualTo(2);
        assertThat(err.toString()).contains("--record=FILE.json");
    }
}
