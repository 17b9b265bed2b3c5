// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads replies that were recorded from tenants, from the folder that the system property {@code samples} names. They are
 * not part of the project, so without the property nothing is read.
 */
class RecordedRepliesTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path work;

    private List<Path> files = List.of();
    private final List<RejectedRow> rejected = new ArrayList<>();

    @BeforeEach
    void findSamples() throws IOException {
        String folder = System.getProperty("samples", "");
        assumeTrue(!folder.isEmpty(), "Give -Dsamples=FOLDER to read recorded replies");
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.sorted().toList();
        }
        assertThat(files).isNotEmpty();
    }

    private SourceRecords open(MemoryPages pages) {
        return TestSettings.connector().openRecords(pages, new RecordOptions(1 << 20, work), rejected::add);
    }

    private static MemoryPages page(MemoryPages pages, String stream, String form, String body) {
        return pages.put(stream, "p", "{}", 1, Map.of("form", form), body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyRecordedEndpointIsReadWithoutLoss() throws IOException {
        int read = 0;
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (!name.contains("get_endpoint") || !name.endsWith(".json") || name.contains("all_endpoints")) {
                continue;
            }
            JsonNode tree = JSON.readTree(Files.readString(file));
            JsonNode endpoints = tree.isArray() ? tree : tree.path("reply").path("endpoints");
            String body = tree.isArray() ? "{\"reply\":{\"endpoints\":" + tree + "}}" : tree.toString();
            try (SourceRecords records = open(page(new MemoryPages(), "endpoints", "", body))) {
                SourceRecord record = records.records().next();
                JsonNode raw = endpoints.get(0);
                for (Map.Entry<String, JsonNode> field : raw.properties()) {
                    JsonNode value = field.getValue();
                    boolean none = value.isNull()
                            || (value.isString() && value.asString().isBlank());
                    if (!none) {
                        assertThat(record.document().get(field.getKey()))
                                .as(name + " " + field.getKey())
                                .isEqualTo(value);
                    }
                }
                assertThat(record.document().path("allIPs"))
                        .hasSize(raw.path("ip").size());
                read++;
            }
        }
        assertThat(rejected).isEmpty();
        assertThat(read).isPositive();
    }

    @Test
    void theVulnerabilityDatasetsAreJoined() throws IOException {
        for (Path file : files) {
            if (!String.valueOf(file.getFileName()).contains("va_datasets")) {
                continue;
            }
            JsonNode tree = JSON.readTree(Files.readString(file));
            MemoryPages pages = new MemoryPages();
            JsonNode cves = tree.path("va_cves__get_query_results");
            page(pages, "va_cves", "inline", cves.toString());
            String host = cves.path("reply")
                    .path("results")
                    .path("data")
                    .get(0)
                    .path("affected_hosts")
                    .get(0)
                    .asString();
            page(
                    pages,
                    "endpoints",
                    "",
                    "{\"reply\":{\"endpoints\":[{\"endpoint_id\":\"e1\",\"endpoint_name\":\"" + host + "\"}]}}");
            try (SourceRecords records = open(pages)) {
                assertThat(records.sharedItemCount())
                        .isEqualTo(cves.path("reply").path("number_of_results").asInt());
                int[] items = records.records().next().sharedItems();
                assertThat(Arrays.stream(items)
                                .mapToObj(item ->
                                        records.sharedItem(item).path("name").asString()))
                        .isNotEmpty()
                        .allMatch(name -> name.startsWith("CVE-"));
            }
        }
        assertThat(rejected).isEmpty();
    }
}
