// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.cortexxdr.MemoryPages;
import org.etmconnect.cortexxdr.client.TenantJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What tenants of different age and kind write, one test each. */
class QuirksTest {

    private static final JsonMapper JSON = TenantJson.streamed();

    @TempDir
    Path work;

    private final MemoryPages pages = new MemoryPages();
    private final List<RejectedRow> rejected = new ArrayList<>();

    private SourceRecords open() {
        return CortexRecords.open(pages, new RecordOptions(1 << 20, work), rejected::add, JSON);
    }

    private void endpoints(String rows) {
        put("endpoints", "p0", "{\"reply\":{\"endpoints\":[" + rows + "]}}", Map.of());
    }

    private void cves(String lines) {
        put("va_cves", "all", lines, Map.of("form", "stream"));
    }

    private void put(String stream, String key, String body, Map<String, String> facts) {
        pages.put(stream, key, "{}", 1, facts, body.getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode endpoint(String fields) {
        endpoints("{\"endpoint_id\":\"e1\"" + (fields.isEmpty() ? "" : "," + fields) + "}");
        try (SourceRecords records = open()) {
            return records.records().next().document();
        }
    }

    private ObjectNode cve(String fields) {
        cves("{\"name\":\"CVE-2026-1001\"," + fields + "}");
        try (SourceRecords records = open()) {
            return records.sharedItem(0);
        }
    }

    private List<String> cvesOf(String id) {
        try (SourceRecords records = open()) {
            for (Iterator<SourceRecord> all = records.records(); all.hasNext(); ) {
                SourceRecord record = all.next();
                if (record.nativeKey().equals(id)) {
                    return Arrays.stream(record.sharedItems())
                            .mapToObj(item ->
                                    records.sharedItem(item).path("name").asString())
                            .toList();
                }
            }
        }
        throw new AssertionError("No record " + id);
    }

    @Test
    void aFreshAgentWithoutAddressesIsKept() {
        ObjectNode endpoint = endpoint("\"ip\":null,\"ipv6\":[]");
        assertThat(endpoint.path("ip")).isEmpty();
        assertThat(endpoint.path("mac_address").isArray()).isTrue();
        assertThat(endpoint.path("allIPs")).isEmpty();
    }

    @Test
    void aTextInPlaceOfAListIsAListOfOne() {
        assertThat(endpoint("\"users\":\"mira\"").path("users").toString()).isEqualTo("[\"mira\"]");
    }

    @Test
    void allIpsAreBothKindsInOrderWithoutDoubles() {
        assertThat(endpoint("\"ip\":[\"10.0.0.2\",\"10.0.0.1\",\"10.0.0.2\"],\"ipv6\":[\"fd00::1\",null,\"\"]")
                        .path("allIPs")
                        .toString())
                .isEqualTo("[\"10.0.0.2\",\"10.0.0.1\",\"fd00::1\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"tags\":null", "\"tags\":{}", "\"tags\":{\"server_tags\":null}"})
    void missingTagsAreNone(String tags) {
        assertThat(endpoint(tags).path("tags").toString())
                .contains("\"server_tags\":[]")
                .contains("\"endpoint_tags\":[]");
    }

    @Test
    void emptyTextAndNullAreNone() {
        ObjectNode endpoint = endpoint("\"domain\":\"\",\"alias\":\" \",\"cloud_provider\":\"\",\"token_hash\":null");
        assertThat(endpoint.has("domain")).isFalse();
        assertThat(endpoint.has("alias")).isFalse();
        assertThat(endpoint.has("cloud_provider")).isFalse();
        assertThat(endpoint.has("token_hash")).isFalse();
    }

    @Test
    void theOperatingSystemFallsBackToItsType() {
        assertThat(endpoint("\"os_type\":\"AGENT_OS_MAC\",\"operating_system\":\"\"")
                        .path("operating_system")
                        .asString())
                .isEqualTo("AGENT_OS_MAC");
    }

    @Test
    void timesAsTextAreNumbersAndZeroIsNoTime() {
        ObjectNode endpoint = endpoint("\"first_seen\":\"1767225600000\",\"isolated_date\":0");
        assertThat(endpoint.path("first_seen").asLong()).isEqualTo(1_767_225_600_000L);
        assertThat(endpoint.path("first_seen").isNumber()).isTrue();
        assertThat(endpoint.has("isolated_date")).isFalse();
    }

    @Test
    void fieldsOfTomorrowStayAsTheyAre() {
        assertThat(endpoint("\"new_field\":{\"a\":[1,\"\"]}").path("new_field").toString())
                .isEqualTo("{\"a\":[1,\"\"]}");
    }

    @Test
    void anEndpointWithoutIdIsSetAsideAndTheOthersCount() {
        endpoints("{\"endpoint_name\":\"WEB-1\"},{\"endpoint_id\":\"e2\"},7");
        try (SourceRecords records = open()) {
            Iterator<SourceRecord> all = records.records();
            assertThat(all.next().nativeKey()).isEqualTo("e2");
            assertThat(all.hasNext()).isFalse();
            records.records().forEachRemaining(again -> {});
        }
        assertThat(rejected).extracting(RejectedRow::row).containsExactly(1L, 3L);
        assertThat(rejected.getFirst().text()).contains("WEB-1");
    }

    @Test
    void aNumberInPlaceOfAnIdIsAnId() {
        endpoints("{\"endpoint_id\":1111}");
        try (SourceRecords records = open()) {
            assertThat(records.records().next().nativeKey()).isEqualTo("1111");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"web-1\"]",
                "[\" WEB-1 \"]",
                "\"Web-1\"",
                "\"[\\\"web-1\\\"]\"",
                "[null,\"\",\"NULL\",\"web-1\",{}]"
            })
    void affectedHostsAreFoundInEveryForm(String hosts) {
        cves("{\"affected_hosts\":" + hosts + ",\"name\":\"CVE-2026-1001\"}");
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"WEB-1\"}");
        assertThat(cvesOf("e1")).containsExactly("CVE-2026-1001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"affected_hosts\":null", ",\"affected_hosts\":[]", ",\"affected_hosts\":\"NULL\""})
    void aCveWithoutHostsIsKept(String hosts) {
        cves("{\"name\":\"CVE-2026-1001\"" + hosts + "}");
        try (SourceRecords records = open()) {
            assertThat(records.sharedItemCount()).isEqualTo(1);
        }
    }

    @Test
    void rowsOfOneCveAreOneItemWithTheHostsOfBoth() {
        cves(
                "{\"name\":\"CVE-2026-1001\",\"affected_hosts\":[\"a\"]}\n{\"name\":\"cve-2026-1001\",\"affected_hosts\":[\"b\"]}");
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"a\"},{\"endpoint_id\":\"e2\",\"endpoint_name\":\"b\"}");
        assertThat(cvesOf("e1")).containsExactly("CVE-2026-1001");
        assertThat(cvesOf("e2")).containsExactly("CVE-2026-1001");
    }

    @Test
    void aDismissedCveIsLeftOut() {
        cves("{\"name\":\"CVE-2026-1001\",\"is_excluded\":\"YES\",\"affected_hosts\":[\"a\"]}");
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"a\"}");
        assertThat(cvesOf("e1")).isEmpty();
    }

    @Test
    void wordsForNullAndTrueAndNumbersAsTextAreUnderstood() {
        ObjectNode cve = cve(
                "\"description\":\"NULL\",\"flag\":\"TRUE\",\"severity_score\":\"9.80\",\"affected_products\":\"xz\","
                        + "\"severity\":\"\",\"publication_date\":\"2024-03-29 17:15:21.150 UTC\"");
        assertThat(cve.has("description")).isFalse();
        assertThat(cve.has("severity")).isFalse();
        assertThat(cve.path("flag").asBoolean()).isTrue();
        assertThat(cve.path("severity_score").asDouble()).isEqualTo(9.8);
        assertThat(cve.path("affected_products").toString()).isEqualTo("[\"xz\"]");
        assertThat(cve.path("publication_date").asString()).isEqualTo("2024-03-29 17:15:21.150 UTC");
    }

    @Test
    void theHostsOfACveAreNotPartOfIt() {
        assertThat(cve("\"affected_hosts\":[\"a\"]").has("affected_hosts")).isFalse();
    }

    @Test
    void linesThatCannotBeUsedAreSetAsideAndTheirHostsForgotten() {
        cves(
                "{\"name\":\"CVE-2026-1001\",\"affected_hosts\":[\"a\"],broken}\n\n{\"affected_hosts\":[\"a\"]}\nnonsense\n"
                        + "{\"name\":\"CVE-2026-1002\",\"affected_hosts\":[\"a\"]}");
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"a\"}");
        assertThat(cvesOf("e1")).containsExactly("CVE-2026-1002");
        assertThat(rejected).extracting(RejectedRow::row).containsExactly(1L, 3L, 4L);
        assertThat(rejected.getFirst().text()).contains("broken");
        assertThat(rejected.get(1).reason()).contains("no CVE name");
    }

    @Test
    void hostsOfOneNameAreToldApartByTheirIds() {
        cves("{\"name\":\"CVE-2026-1001\",\"cve_id\":\"x1\",\"affected_hosts\":[\"a\"]}\n"
                + "{\"name\":\"CVE-2026-1002\",\"cve_id\":\"x2\",\"affected_hosts\":[\"a\"]}");
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"a\"},{\"endpoint_id\":\"e2\",\"endpoint_name\":\"a\"},"
                + "{\"endpoint_id\":\"e3\",\"endpoint_name\":\"a\"},{\"endpoint_id\":\"e4\",\"endpoint_name\":\"a\"}");
        put(
                "va_endpoints",
                "c000000",
                "{\"endpoint_id\":\"e1\",\"cves\":[\"CVE-2026-1001\"]}\n{\"endpoint_id\":\"e2\",\"cves\":[\"No CVEs Found\"]}\n"
                        + "{\"endpoint_id\":\"e3\",\"cves\":[\"x2\"]}",
                Map.of("form", "stream"));
        assertThat(cvesOf("e1")).containsExactly("CVE-2026-1001");
        assertThat(cvesOf("e2")).isEmpty();
        assertThat(cvesOf("e3")).containsExactly("CVE-2026-1002");
        assertThat(cvesOf("e4")).containsExactly("CVE-2026-1001", "CVE-2026-1002");
    }

    @Test
    void withoutTheCvePageWhatHostsHaveIsUnknown() {
        endpoints("{\"endpoint_id\":\"e1\",\"endpoint_name\":\"a\"}");
        try (SourceRecords records = open()) {
            assertThat(records.sharedItemsKnown()).isFalse();
        }
    }

    @Test
    void aRowThatHoldsMuchBesidesItsHostsIsRejectedAndTheNextIsRead() {
        cves("{\"name\":\"CVE-2026-1001\",\"affected_hosts\":[\"web\"],\"x\":[" + "7,".repeat(1 << 20) + "7]}\n"
                + "{\"name\":\"CVE-2026-1002\",\"affected_hosts\":[\"web\"]}\n");

        try (SourceRecords records = open()) {
            assertThat(records.sharedItemCount()).isEqualTo(1);
            assertThat(records.sharedItem(0).path("name").asString()).isEqualTo("CVE-2026-1002");
        }
        assertThat(rejected)
                .extracting(RejectedRow::reason)
                .containsExactly("Besides its hosts, the row holds more than 1024 KiB.");
    }

    @Test
    void aHostWithMoreCvesThanThereAreIsRejected() {
        put(
                "va_endpoints",
                "one",
                "{\"endpoint_id\":\"e1\",\"cves\":[" + "\"a\",".repeat(100_001) + "\"a\"]}",
                Map.of("form", "stream"));

        open().close();

        assertThat(rejected).extracting(RejectedRow::reason).containsExactly("The row has more than 100000 CVEs.");
    }

    @Test
    void aLineThatLooksLikeAnotherEncodingIsRejectedAndTheNextIsRead() {
        cves("{\0\0\0\"name\":\"CVE-2026-1001\"}\n{\"name\":\"CVE-2026-1002\",\"affected_hosts\":[\"web\"]}\n");

        try (SourceRecords records = open()) {
            assertThat(records.sharedItemCount()).isEqualTo(1);
        }
        assertThat(rejected).hasSize(1);
    }
}
