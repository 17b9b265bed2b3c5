// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.cortexxdr.MemoryPages;
import org.etmconnect.cortexxdr.client.TenantJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a tenant sent is turned into records, whatever it is: a page of endpoints, CVEs as JSON lines and inline, and CVEs
 * of single endpoints. The input holds them one after the other, divided by a line with a form feed.
 */
class RecordsFuzzTest {

    private static final JsonMapper JSON = TenantJson.streamed();
    private static final byte DIVIDER = '\f';
    private static final byte[] NO_ENDPOINTS =
            "{\"reply\":{\"endpoints\":[]}}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @FuzzTest
    void everyRowBecomesARecordOrIsRejected(byte[] data) {
        List<byte[]> parts = parts(data);
        byte[] endpoints = isJson(parts.get(0)) ? parts.get(0) : NO_ENDPOINTS;
        MemoryPages pages = new MemoryPages()
                .put("endpoints", "p0", "{}", 1, Map.of("first_id", "a", "last_id", "z"), endpoints)
                .put("va_cves", "all", "{}", 1, Map.of("form", "stream"), parts.get(1))
                .put("va_cves", "more", "{}", 1, Map.of("form", "inline"), parts.get(2))
                .put("va_endpoints", "one", "{}", 1, Map.of("form", "stream"), parts.get(3));
        RecordOptions options = new RecordOptions(1 << 20, Path.of("target"), data.length % 2 == 0);
        try (SourceRecords records = CortexRecords.open(
                pages, options, row -> assertThat(row.reason()).isNotBlank(), JSON)) {
            for (int i = 0; i < records.sharedItemCount(); i++) {
                assertThat(records.sharedItem(i)).isNotNull();
            }
            records.recordCount();
            for (Iterator<SourceRecord> all = records.records(); all.hasNext(); ) {
                SourceRecord record = all.next();
                assertThat(record.nativeKey()).isNotBlank();
                assertThat(Arrays.stream(record.sharedItems())).allMatch(item -> item < records.sharedItemCount());
                records.find(record.nativeKey());
            }
        }
    }

    /** A page of endpoints is known to be JSON with a list of endpoints before it is stored. */
    private static boolean isJson(byte[] bytes) {
        try {
            JsonNode tree = JSON.readTree(bytes);
            return tree.path("reply").path("endpoints").isArray();
        } catch (JacksonException noJson) {
            return false;
        }
    }

    private static List<byte[]> parts(byte[] data) {
        byte[][] parts = {new byte[0], new byte[0], new byte[0], new byte[0]};
        int start = 0;
        for (int part = 0; part < parts.length; part++) {
            int end = start;
            while (end < data.length && data[end] != DIVIDER) {
                end++;
            }
            parts[part] = Arrays.copyOfRange(data, Math.min(start, data.length), end);
            start = Math.min(end + 1, data.length);
        }
        return List.of(parts);
    }
}
