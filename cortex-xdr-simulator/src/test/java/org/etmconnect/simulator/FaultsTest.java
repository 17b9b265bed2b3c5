// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsTest {

    private static final String MANY_ROWS = "dataset = va_endpoints | fields endpoint_id, cves | limit 50000";
    private static final String BY_ID = ",\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}";

    private final CortexXdrSimulator simulator = CortexXdrSimulator.start(
            SimulatorSettings.of(new PopulationSettings(4, 1_100, 10)).withPendingPolls(0));
    private final TenantClient client = new TenantClient(simulator);

    @BeforeAll
    void isUp() throws IOException {
        assertThat(client.page(0, 1, "").status()).isEqualTo(200);
    }

    @AfterEach
    void noFaults() {
        simulator.clearFaults();
    }

    @AfterAll
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void aBurstOf429EndsAfterItsLastRequest() throws IOException {
        simulator.inject("get_endpoint@2-3:429");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(client.page(0, 1, "").status());
        }
        assertThat(statuses).containsExactly(200, 429, 429, 200);
    }

    @Test
    void aFaultBefallsOnlyItsCall() throws IOException {
        simulator.inject("start_xql_query:503");
        assertThat(client.page(0, 1, "").status()).isEqualTo(200);
        simulator.inject("*:429-text");
        assertThat(client.page(0, 1, "").text()).isEqualTo("Too many requests.");
    }

    @Test
    void aShareOfTheRequestsFailsTheSameWayEachTime() throws IOException {
        List<Integer> first = statusesOf("get_endpoint@30%/7:500-text");
        List<Integer> second = statusesOf("get_endpoint@30%/7:500-text");
        assertThat(first).contains(200, 500).isEqualTo(second);
    }

    private List<Integer> statusesOf(String script) throws IOException {
        simulator.clearFaults();
        simulator.inject(script);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            statuses.add(client.page(0, 1, "").status());
        }
        return statuses;
    }

    @Test
    void aFailureCanHideInAGoodStatus() throws IOException {
        simulator.inject("get_endpoint@1:err-in-200=599");
        TenantClient.Reply reply = client.page(0, 1, "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.reply().path("err_code").asInt()).isEqualTo(599);
    }

    @Test
    void aConnectionCanBreakWithoutAnAnswer() {
        simulator.inject("get_endpoint:reset");
        assertThatThrownBy(() -> client.page(0, 1, "")).isInstanceOf(IOException.class);
    }

    @Test
    void aSlowPageIsSlow() throws IOException {
        simulator.inject("get_endpoint@1:slow=300");
        long start = System.nanoTime();
        assertThat(client.page(0, 1, "").status()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThan(290_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip", "ipv6", "mac_address", "tags", "group_name", "users"})
    void aListOfARecordCanBeNull(String field) throws IOException {
        simulator.inject("get_endpoint:null=" + field);
        for (JsonNode endpoint : client.page(0, 100, BY_ID).reply().path("endpoints")) {
            if (endpoint.has(field)) {
                assertThat(endpoint.path(field).isNull()).isTrue();
            }
        }
        simulator.clearFaults();
        assertThat(client.page(0, 100, BY_ID).reply().path("endpoints").valueStream())
                .anyMatch(endpoint ->
                        endpoint.path(field).isArray() || endpoint.path(field).isObject());
    }

    @Test
    void theListOfEndpointsCanBeNull() throws IOException {
        simulator.inject("get_endpoint:null=endpoints");
        JsonNode reply = client.page(0, 100, "").reply();
        assertThat(reply.has("endpoints")).isTrue();
        assertThat(reply.path("endpoints").isNull()).isTrue();
    }

    @Test
    void theTotalCountCanBeAbsentNullOrWrong() throws IOException {
        simulator.inject("get_endpoint@1:no-total");
        simulator.inject("get_endpoint@2:null-total");
        simulator.inject("get_endpoint@3:lying-total=-7");
        assertThat(client.page(0, 1, "").reply().has("total_count")).isFalse();
        assertThat(client.page(0, 1, "").reply().path("total_count").isNull()).isTrue();
        assertThat(client.page(0, 1, "").reply().path("total_count").asInt()).isEqualTo(1_093);
    }

    @Test
    void hostsCanLeaveBetweenTwoPages() throws IOException {
        String third = client.page(203, 204, BY_ID)
                .reply()
                .path("endpoints")
                .path(0)
                .path("endpoint_id")
                .asString();
        simulator.inject("get_endpoint@3:shift=-3");
        List<JsonNode> seen = client.allEndpoints();
        assertThat(seen).hasSize(1_097);
        assertThat(seen.get(200).path("endpoint_id").asString()).isEqualTo(third);
        assertThat(client.page(0, 1, "").reply().path("total_count").asInt()).isEqualTo(1_097);
    }

    @Test
    void hostsCanJoinBetweenTwoPages() throws IOException {
        simulator.inject("get_endpoint@3:shift=3");
        List<JsonNode> seen = client.allEndpoints();
        assertThat(seen.stream()
                        .map(endpoint -> endpoint.path("endpoint_id").asString())
                        .distinct())
                .as("three are read twice, three never")
                .hasSize(1_097);
        assertThat(seen).hasSize(1_100);
    }

    @Test
    void aStreamCanEndEarlyInGoodOrder() throws IOException {
        simulator.inject("get_query_results_stream:truncate=200");
        assertThat(client.rows(MANY_ROWS)).hasSize(200);
    }

    @Test
    void aStreamCanBreak() throws IOException {
        simulator.inject("get_query_results_stream:break=300");
        String stream = streamId();
        assertThatThrownBy(() -> client.stream(stream)).isInstanceOf(IOException.class);
    }

    @Test
    void aLineOfAStreamCanBeCut() throws IOException {
        simulator.inject("get_query_results_stream@1:malformed=2");
        simulator.inject("get_query_results_stream@2:malformed=1");
        String stream = streamId();
        for (int bad = 2; bad >= 1; bad--) {
            List<String> lines = client.stream(stream).text().lines().toList();
            assertThat(lines).hasSize(1_100);
            for (int line = 1; line <= 5; line++) {
                assertThat(lines.get(line - 1).endsWith("}"))
                        .as("line %d of 5 is whole; %d was cut", line, bad)
                        .isEqualTo(line != bad);
            }
        }
    }

    private String streamId() throws IOException {
        return client.results(client.start(MANY_ROWS), "")
                .path("results")
                .path("stream_id")
                .asString();
    }

    @Test
    void datasetsCanBeEmpty() throws IOException {
        simulator.inject("start_xql_query@1:empty");
        assertThat(client.rows("dataset = va_cves | limit 10")).isEmpty();
        assertThat(client.rows("dataset = va_cves | limit 10")).hasSize(10);
    }

    @Test
    void datesAndNumbersCanComeAsText() throws IOException {
        simulator.inject("get_query_results:text-dates");
        simulator.inject("get_query_results:text-numbers");
        JsonNode row = client.rows("dataset = va_cves | limit 1").getFirst();
        assertThat(row.path("publication_date").asString()).endsWith(" UTC");
        assertThat(row.path("severity_score").isString()).isTrue();
        simulator.inject("get_endpoint:text-numbers");
        assertThat(client.page(0, 1, "")
                        .reply()
                        .path("endpoints")
                        .path(0)
                        .path("first_seen")
                        .isString())
                .isTrue();
    }

    @Test
    void queriesCanFailOrBeRefused() throws IOException {
        simulator.inject("start_xql_query@1:fail");
        simulator.inject("start_xql_query@2:quota");
        simulator.inject("start_xql_query@3:parallel");
        assertThat(client.results(client.start("dataset = va_cves | limit 1"), "")
                        .path("status")
                        .asString())
                .isEqualTo("FAIL");
        assertThatThrownBy(() -> client.start("dataset = va_cves")).hasMessageContaining("QUOTA_EXCEEDED");
        assertThatThrownBy(() -> client.start("dataset = va_cves")).hasMessageContaining("parallel running queries");
        assertThat(client.start("dataset = va_cves")).endsWith("_inv");
    }

    @Test
    void aScriptThatCannotBeReadSaysHowToWriteIt() {
        assertThatThrownBy(() -> FaultScript.parse("get_endpoint@x:429"))
                .hasMessageContaining("write 3, 3-5, 3+ or 10%");
        assertThatThrownBy(() -> FaultScript.parse("get_endpoint:boom")).hasMessageContaining("no fault 'boom'");
        assertThatThrownBy(() -> FaultScript.parse("get_endpoint:slow=much")).hasMessageContaining("whole number");
        assertThatThrownBy(() -> FaultScript.parse("429")).hasMessageContaining("CALL[@WHEN]:FAULT");
    }
}
