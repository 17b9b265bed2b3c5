// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CortexXdrSimulatorTest {

    private static final SimulatorSettings SETTINGS = SimulatorSettings.of(new PopulationSettings(1, 1_250, 20));

    private CortexXdrSimulator simulator = CortexXdrSimulator.start(SETTINGS);
    private TenantClient client = new TenantClient(simulator);

    @BeforeEach
    @AfterEach
    void noFaults() {
        simulator.clearFaults();
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    private void restart(SimulatorSettings settings) {
        stop();
        simulator = CortexXdrSimulator.start(settings);
        client = new TenantClient(simulator);
    }

    @Test
    void allPagesTogetherAreTheFleet() throws IOException {
        PopulationDay day = simulator.population().day(0);
        List<JsonNode> endpoints = client.allEndpoints();
        assertThat(endpoints).hasSize(1_250);
        for (int rank = 0; rank < 1_250; rank++) {
            assertThat(endpoints.get(rank).path("endpoint_id").asString()).isEqualTo(day.endpointId(rank));
            assertThat(endpoints.get(rank).path("endpoint_name").asString()).isEqualTo(day.endpointName(rank));
        }
        JsonNode last = client.page(1_200, 1_300, "").reply();
        assertThat(last.path("total_count").asLong()).isEqualTo(1_250);
        assertThat(last.path("result_count").asInt()).isEqualTo(50);
        assertThat(client.page(5_000, 5_100, "").reply().path("endpoints")).isEmpty();
    }

    @Test
    void withoutASortTheNewestComeFirst() throws IOException {
        JsonNode endpoints = client.post(TenantClient.ENDPOINT, "{\"request_data\":{}}")
                .reply()
                .path("endpoints");
        List<Long> seen = new ArrayList<>();
        endpoints.forEach(endpoint -> seen.add(endpoint.path("first_seen").asLong()));
        assertThat(seen).hasSize(100).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    @Test
    void aWindowThatIsTooLargeOrBackwardsIsRejected() throws IOException {
        assertThat(client.page(0, 101, "").status()).isEqualTo(500);
        assertThat(client.page(10, 5, "").reply().path("err_code").asInt()).isEqualTo(500);
        assertThat(client.post(TenantClient.ENDPOINT, "not json").status()).isEqualTo(400);
        assertThat(client.post(TenantClient.ENDPOINT, "").status()).isEqualTo(400);
    }

    @Test
    void filtersAreJoinedByAnd() throws IOException {
        String filters = ",\"filters\":[{\"field\":\"platform\",\"operator\":\"in\",\"value\":[\"linux\"]},"
                + "{\"field\":\"cloud_provider\",\"operator\":\"in\",\"value\":[\"aws\"]}]";
        JsonNode reply = client.page(0, 100, filters).reply();
        assertThat(reply.path("total_count").asInt()).isBetween(10, 200);
        reply.path("endpoints").forEach(endpoint -> {
            assertThat(endpoint.path("os_type").asString()).isEqualTo("AGENT_OS_LINUX");
            assertThat(endpoint.path("cloud_provider").asString()).isEqualTo("AWS");
        });
        String unknown = ",\"filters\":[{\"field\":\"colour\",\"operator\":\"in\",\"value\":[\"red\"]}]";
        assertThat(client.page(0, 100, unknown).text()).contains("filter field colour is not supported");
    }

    @Test
    void theCveDataAndTheHostsAgreeWithTheTruth() throws IOException {
        simulator.moveToDay(2);
        Map<String, List<String>> hostsByName = new TreeMap<>();
        for (JsonNode endpoint : client.allEndpoints()) {
            hostsByName
                    .computeIfAbsent(
                            endpoint.path("endpoint_name").asString().toLowerCase(Locale.ROOT),
                            name -> new ArrayList<>())
                    .add(endpoint.path("endpoint_id").asString());
        }
        Map<String, Set<String>> cvesById = new TreeMap<>();
        List<JsonNode> rows = client.rows("dataset = va_endpoints | fields endpoint_id, cves | limit 50000");
        for (JsonNode row : rows) {
            Set<String> cves = new HashSet<>();
            row.path("cves").forEach(cve -> cves.add(cve.asString()));
            cves.remove("No CVEs Found");
            cvesById.put(row.path("endpoint_id").asString(), cves);
        }
        long findings = 0;
        for (JsonNode cve : client.rows("dataset = va_cves | sort asc cve_id | limit 50000")) {
            Set<String> listed = new HashSet<>();
            cve.path("affected_hosts")
                    .forEach(host -> listed.add(host.asString().toLowerCase(Locale.ROOT)));
            for (String name : listed) {
                for (String id : hostsByName.getOrDefault(name, List.of())) {
                    findings += cvesById.get(id).contains(cve.path("name").asString()) ? 1 : 0;
                }
            }
        }
        Truth truth = Truth.over(simulator.population(), List.of(2), Truth.Dismissed.COUNTED)
                .getFirst();
        assertThat(findings).isEqualTo(truth.openFindings());
        assertThat((long) cvesById.size()).isEqualTo(truth.assets());
    }

    @Test
    void aQueryIsPendingFirstAndInlineUpToAThousandRows() throws IOException {
        String id = client.start("dataset = va_endpoints | fields endpoint_id | limit 1000");
        assertThat(id).matches("[0-9a-f]{14}_\\d+_inv");
        String body = "{\"request_data\":{\"query_id\":\"" + id + "\"}}";
        assertThat(client.post(TenantClient.XQL + "get_query_results", body).text())
                .isEqualTo("{\"reply\":{\"status\":\"PENDING\"}}");
        JsonNode reply =
                client.post(TenantClient.XQL + "get_query_results", body).reply();
        assertThat(reply.path("status").asString()).isEqualTo("SUCCESS");
        assertThat(reply.path("results").path("data")).hasSize(1000);
    }

    @Test
    void moreThanAThousandRowsComeAsAStreamUnlessALimitCutsThem() throws IOException {
        String query = "dataset = va_endpoints | fields endpoint_id, cves | limit 50000";
        JsonNode reply = client.results(client.start(query), "");
        assertThat(reply.path("number_of_results").asInt()).isEqualTo(1_250);
        String stream = reply.path("results").path("stream_id").asString();
        assertThat(client.stream(stream).text().lines()).hasSize(1_250);
        JsonNode cut = client.results(client.start(query), ",\"limit\":1000");
        assertThat(cut.path("results").path("data")).hasSize(1000);
    }

    @Test
    void aQueryWithoutALimitGivesAHundredRows() throws IOException {
        assertThat(client.rows("dataset = va_endpoints")).hasSize(100);
    }

    @Test
    void datesAreNumbersInlineAndTextInStreams() throws IOException {
        String inline = "dataset = va_cves | fields name, publication_date | limit 5";
        assertThat(client.rows(inline).getFirst().path("publication_date").isIntegralNumber())
                .isTrue();
        String streamed = "dataset = va_cves | arrayexpand affected_hosts | fields name, affected_hosts,"
                + " publication_date | limit 100000";
        JsonNode row = client.rows(streamed).getFirst();
        assertThat(row.path("publication_date").asString())
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d{3})? UTC");
    }

    @Test
    void aStreamAskedForAsGzipIsPackedTwiceIfTheRequestAcceptsGzip() throws IOException {
        JsonNode reply = client.results(client.start("dataset = va_endpoints | limit 50000"), "");
        String body = "{\"request_data\":{\"stream_id\":\""
                + reply.path("results").path("stream_id").asString() + "\",\"is_gzip_compressed\":true}}";
        byte[] twice = client.post(TenantClient.XQL + "get_query_results_stream", body, "Accept-Encoding", "gzip")
                .body();
        byte[] once =
                client.post(TenantClient.XQL + "get_query_results_stream", body).body();
        assertThat(TenantClient.unpacked(twice)).isEqualTo(once);
        assertThat(new String(TenantClient.unpacked(once), StandardCharsets.UTF_8).lines())
                .hasSize(1_250);
    }

    @Test
    void unknownColumnsFailAndBadSyntaxIsPointedAt() throws IOException {
        JsonNode failed = client.results(client.start("dataset = va_cves | fields affected_endpoints"), "");
        assertThat(failed.path("status").asString()).isEqualTo("FAIL");
        assertThat(failed.path("error_details").asString()).isEqualTo("unknown field affected_endpoints");
        TenantClient.Reply bad = client.post(
                TenantClient.XQL + "start_xql_query", "{\"request_data\":{\"query\":\"dataset = va_cves | lmit 3\"}}");
        assertThat(bad.status()).isEqualTo(500);
        assertThat(bad.reply()
                        .path("err_extra")
                        .path("parse_err")
                        .path("column")
                        .asInt())
                .isEqualTo(21);
    }

    @Test
    void theFifthQueryAtATimeIsRefused() throws IOException {
        for (int i = 0; i < 4; i++) {
            client.start("dataset = va_cves | limit 1");
        }
        TenantClient.Reply fifth = client.post(
                TenantClient.XQL + "start_xql_query", "{\"request_data\":{\"query\":\"dataset = va_cves | limit 1\"}}");
        assertThat(fifth.status()).isEqualTo(500);
        assertThat(fifth.text()).contains("parallel running queries");
    }

    @Test
    void aSpentQuotaIsSaid() throws IOException {
        restart(SETTINGS.withDailyQuota(0.003));
        client.rows("dataset = va_cves | limit 1");
        TenantClient.Reply reply = client.post(
                TenantClient.XQL + "start_xql_query", "{\"request_data\":{\"query\":\"dataset = va_cves | limit 1\"}}");
        assertThat(reply.text()).contains("QUOTA_EXCEEDED");
        assertThat(client.post(TenantClient.XQL + "get_quota", "{\"request_data\":{}}")
                        .reply()
                        .path("used_quota")
                        .asDouble())
                .isGreaterThan(0.003);
    }

    @Test
    void keysWorkOnlyAtTheirOwnLevel() throws IOException {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        restart(SETTINGS.withKeys(List.of(
                        ApiKey.standard("1", "plain"),
                        ApiKey.advanced("2", "KEY"),
                        ApiKey.standard("3", "powerless").withoutRole()))
                .withClock(InstantSource.fixed(now)));
        String body = "{\"request_data\":{\"search_from\":0,\"search_to\":1}}";
        assertThat(client.postAs(TenantClient.ENDPOINT, body, "1", "plain").status())
                .isEqualTo(200);
        TenantClient.Reply wrong = client.postAs(TenantClient.ENDPOINT, body, "1", "other");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text())
                .isEqualTo(
                        "{\"reply\":{\"err_code\":401,\"err_msg\":\"Public API request unauthorized\",\"err_extra\":null}}");
        assertThat(client.postAs(TenantClient.ENDPOINT, body, "2", "plain").status())
                .isEqualTo(401);
        assertThat(client.postAs(TenantClient.ENDPOINT, body, "3", "powerless").status())
                .isEqualTo(403);
        assertThat(signed("KEY", now).status()).isEqualTo(200);
        assertThat(signed("KEY", now.minus(Duration.ofMinutes(14))).status()).isEqualTo(200);
        assertThat(signed("KEY", now.minus(Duration.ofMinutes(16))).status()).isEqualTo(401);
        assertThat(signed("OTHER", now).status()).isEqualTo(401);
        assertThat(client.postAs(TenantClient.ENDPOINT, body, "2", "KEY").status())
                .isEqualTo(401);
        String at = Long.toString(now.toEpochMilli());
        assertThat(client.postAs(
                                TenantClient.ENDPOINT,
                                body,
                                "1",
                                Gatekeeper.sign("plain", "N", at),
                                "x-xdr-nonce",
                                "N",
                                "x-xdr-timestamp",
                                at)
                        .status())
                .isEqualTo(401);
    }

    private TenantClient.Reply signed(String key, Instant when) throws IOException {
        String at = Long.toString(when.toEpochMilli());
        return client.postAs(
                TenantClient.ENDPOINT,
                "{\"request_data\":{}}",
                "2",
                Gatekeeper.sign(key, "abc", at),
                "x-xdr-nonce",
                "abc",
                "x-xdr-timestamp",
                at);
    }

    @Test
    void theSignatureIsThePlainHashOfKeyNonceAndTime() {
        assertThat(Gatekeeper.sign("KEY", "N", "1"))
                .isEqualTo("a0a72bd1f9484624edded71fee3d5ab653f58d4add1e888366c2249a151abb94");
    }

    @Test
    void aTenantWithoutHostInsightsHasEmptyDatasetsOrSaysSo() throws IOException {
        restart(SETTINGS.withHostInsights(HostInsights.NOT_ENABLED));
        assertThat(client.rows("dataset = va_cves | limit 10")).isEmpty();
        restart(SETTINGS.withHostInsights(HostInsights.NOT_LICENSED));
        assertThat(client.post(
                                TenantClient.XQL + "start_xql_query",
                                "{\"request_data\":{\"query\":\"dataset = va_cves\"}}")
                        .status())
                .isEqualTo(402);
        assertThat(client.post("/public_api/v1/system/get_tenant_info/", "{\"request_data\":{}}")
                        .reply()
                        .path("purchased_host_insights")
                        .asInt())
                .isZero();
    }

    @Test
    void theSmallCallsAnswer() throws IOException {
        assertThat(client.get("/public_api/v1/healthcheck").text()).isEqualTo("{\"status\":\"available\"}");
        assertThat(client.post("/api_keys/validate/", "{}").text()).isEqualTo("true");
        assertThat(client.post("/public_api/v1/endpoints/get_endpoints/", "{}").reply())
                .hasSize(1_250);
        assertThat(client.post("/public_api/v1/nothing", "{}").status()).isEqualTo(404);
    }

    @Test
    void moreRequestsThanAllowedInASecondAreRefused() throws IOException {
        restart(SETTINGS.withRequestsPerSecond(10));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(client.page(0, 1, "").status());
        }
        assertThat(statuses).contains(429);
        assertThat(simulator.requests().mostInOneSecond()).isLessThanOrEqualTo(10);
    }

    @Test
    void theTenantIsSteeredOverHttp() throws IOException {
        assertThat(client.post("/simulator/day", "{\"day\":1}")
                        .json()
                        .path("day")
                        .asInt())
                .isEqualTo(1);
        Truth truth = Truth.over(simulator.population(), List.of(0, 1), Truth.Dismissed.COUNTED)
                .getLast();
        JsonNode told = client.get("/simulator/truth?day=1").json();
        assertThat(told.path("openFindings").asLong()).isEqualTo(truth.openFindings());
        assertThat(told.path("newFindings").asLong()).isEqualTo(truth.newFindings());
        assertThat(told.path("openBySeverity").path("HIGH").asLong()).isPositive();
        client.post("/simulator/faults", "{\"faults\":[\"get_endpoint@1:503\"]}");
        assertThat(client.page(0, 1, "").status()).isEqualTo(503);
        assertThat(client.page(0, 1, "").status()).isEqualTo(200);
        JsonNode requests = client.get("/simulator/requests").json();
        assertThat(requests.path("byCall").path("get_endpoint").asInt()).isEqualTo(2);
        assertThat(requests.path("byStatus").path("503").asInt()).isEqualTo(1);
        assertThat(client.post("/simulator/day", "{\"day\":-4}").status()).isEqualTo(400);
    }

    @Test
    void aRequestCountsFromWhenItsAnswerBegins() throws IOException {
        restart(SimulatorSettings.of(new PopulationSettings(1, 5_000, 50)));
        String stream = client.results(
                        client.start(
                                "dataset = va_cves | arrayexpand affected_hosts | fields name, affected_hosts | limit 1000000"),
                        "")
                .path("results")
                .path("stream_id")
                .asString();
        try (InputStream begun = client.beginStream(stream)) {
            JsonNode requests = client.get("/simulator/requests").json();
            assertThat(requests.path("byCall").path("get_query_results_stream").asInt())
                    .isEqualTo(1);
            assertThat(begun.readAllBytes()).hasSizeGreaterThan(10_000_000);
            assertThat(client.get("/simulator/requests").json()).isEqualTo(requests);
        }
    }
}
