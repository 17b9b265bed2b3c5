// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two days of a tenant, two runs, and what can be asked about them afterwards. */
class HistoryTest {

    private static final String OURS = TestServer.encode("finding.connectionName:`Two days`");

    private static OwnServer server;
    private static CortexXdrSimulator tenant;
    private static int connection;
    private static JsonNode first;
    private static JsonNode second;
    private static List<Event> events;

    private record Event(String name, String id, JsonNode data) {}

    @BeforeAll
    static void twoDays() throws Exception {
        server = OwnServer.start("history-server");
        tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(11, 150, 12, LocalDate.of(2026, 1, 5)))
                        .withPort(0));
        JsonNode created = TestServer.json(
                server.post("/api/v1/connections", """
                {"name": "Two days", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200},
                 "secrets": {"apiKey": "%s"}}
                """.formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
        connection = created.path("id").asInt();
        String runs = "/api/v1/profiles/" + created.at("/profiles/0/id").asInt() + "/runs";
        events = follow(TestServer.json(server.post(runs, "")).path("id").asInt(), Optional.empty());
        first = events.getLast().data();
        tenant.moveToDay(40);
        second = follow(TestServer.json(server.post(runs, "")).path("id").asInt(), Optional.empty())
                .getLast()
                .data();
    }

    @AfterAll
    static void stop() {
        server.close();
        tenant.close();
    }

    private static List<Event> follow(int run, Optional<String> lastEventId) {
        HttpResponse<String> answer = server.send(
                "GET",
                "/api/v1/runs/" + run + "/events",
                Optional.empty(),
                lastEventId.map(id -> Map.of("Last-Event-ID", id)).orElse(Map.of()));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        List<Event> all = new ArrayList<>();
        for (String block : answer.body().split("\n\n")) {
            Map<String, String> fields = new TreeMap<>();
            block.lines().forEach(line -> fields.put(line.split(":", 2)[0], line.split(":", 2)[1]));
            if (fields.containsKey("data")) {
                all.add(new Event(
                        fields.getOrDefault("event", ""),
                        fields.getOrDefault("id", ""),
                        TestServer.json(fields.getOrDefault("data", ""))));
            }
        }
        return all;
    }

    private static JsonNode get(String path) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer);
    }

    @Test
    void followingARunGivesItsLogInOrderAndEndsWithIt() {
        assertThat(first.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(events.getLast().name()).isEqualTo("end");
        assertThat(events.stream().filter(event -> event.name().equals("log")).map(Event::id))
                .containsExactlyElementsOf(
                        get("/api/v1/runs/" + first.path("id").asInt() + "/log")
                                .path("items")
                                .valueStream()
                                .map(line -> line.path("line").asString())
                                .toList());
    }

    @Test
    void aClientThatWasCutOffGoesOnAfterTheLastEventItSaw() {
        List<Event> again = follow(first.path("id").asInt(), Optional.of("2"));

        assertThat(again.stream().filter(event -> event.name().equals("log")).map(Event::id))
                .isNotEmpty()
                .doesNotContain("1", "2")
                .contains("3");
        assertThat(again.getLast().name()).isEqualTo("end");
    }

    @Test
    void aRunSaysWhatItsTimeAndQuotaWentInto() {
        assertThat(first.path("stages")
                        .valueStream()
                        .map(stage -> stage.path("stage").asString()))
                .containsExactly("FETCH", "SEAL", "JOIN", "TRANSFORM", "IDENTIFY", "APPLY", "CLOSE");
        assertThat(first.path("stages")
                        .valueStream()
                        .mapToLong(stage -> stage.path("milliseconds").asLong())
                        .sum())
                .isPositive();
        assertThat(first.at("/quota/spent").asDouble()).isPositive();
        assertThat(first.at("/quota/left").asDouble()).isPositive();
        assertThat(first.has("progress")).isFalse();
    }

    @Test
    void runsAreFilteredByConnectionStateAndTime() {
        String ours = "/api/v1/runs?connectionId=" + connection;
        assertThat(get(ours).path("items")).hasSize(2);
        assertThat(get(ours + "&state=PROCESSED&state=FAILED").path("items")).hasSize(2);
        assertThat(get(ours + "&state=FAILED").path("items")).isEmpty();
        assertThat(get(ours + "&from=" + second.path("queuedAt").asString())
                        .path("items")
                        .valueStream()
                        .map(run -> run.path("id").asInt()))
                .containsExactly(second.path("id").asInt());
        assertThat(get(ours + "&to=" + second.path("queuedAt").asString())
                        .path("items")
                        .valueStream()
                        .map(run -> run.path("id").asInt()))
                .containsExactly(first.path("id").asInt());
        assertThat(get("/api/v1/runs").path("items").size()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theLogIsToBeHadAsATextFile() {
        HttpResponse<String> file =
                server.get("/api/v1/runs/" + first.path("id").asInt() + "/log.txt");

        assertThat(file.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"run-" + first.path("id").asInt() + ".log\"");
        assertThat(file.body().lines())
                .hasSameSizeAs(
                        get("/api/v1/runs/" + first.path("id").asInt() + "/log").path("items"))
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z  (INFO|WARNING|ERROR) +\\S.*"));
    }

    @Test
    void theStateAsOfTheFirstRunIsWhatItFoundAndTheAnswerSaysSo() {
        String asOf = "&asOf=" + first.path("id").asInt();
        JsonNode findings = get("/api/v1/findings?limit=1000&count=1000000&query=" + OURS + asOf);
        JsonNode assets = get("/api/v1/assets?limit=1000&count=1000000&query="
                + TestServer.encode("connector.name:`Two days`") + asOf);

        assertThat(findings.at("/count/value").asLong())
                .isEqualTo(first.at("/counts/findingsNew").asLong());
        assertThat(findings.path("items")
                        .valueStream()
                        .map(finding -> finding.path("status").asString()))
                .containsOnly("NEW");
        assertThat(findings.at("/asOf/at").asString())
                .isEqualTo(first.path("finishedAt").asString());
        assertThat(findings.at("/asOf/note").asString()).contains("today's");
        assertThat(assets.at("/count/value").asLong())
                .isEqualTo(first.at("/counts/assetsNew").asLong());
    }

    @Test
    void theComparisonCountsWhatTheSecondRunDidAndListsIt() {
        JsonNode changes = get("/api/v1/findings/changes?from="
                + first.path("id").asInt() + "&to=" + second.path("id").asInt() + "&query=" + OURS);

        assertThat(changes.at("/opened/counts/total").asLong())
                .isPositive()
                .isEqualTo(second.at("/counts/findingsNew").asLong());
        assertThat(changes.at("/fixed/counts/total").asLong())
                .isPositive()
                .isEqualTo(second.at("/counts/findingsFixed").asLong());
        assertThat(changes.at("/reopened/counts/total").asLong())
                .isEqualTo(second.at("/counts/findingsReopened").asLong());
        JsonNode listed = get("/api/v1/findings?limit=1&count=1000000&query="
                + TestServer.encode(changes.at("/fixed/query").asString()));
        assertThat(listed.at("/count/value").asLong())
                .isEqualTo(changes.at("/fixed/counts/total").asLong());
    }

    @Test
    void oneAssetIsShownAsOfARunAndIsNotThereBeforeItWasFound() {
        String asOf = "asOf=" + first.path("id").asInt();
        JsonNode then = get("/api/v1/assets?limit=1&" + asOf).at("/items/0");
        String path = "/api/v1/assets/" + then.path("id").asInt();

        JsonNode detail = get(path + "?" + asOf);

        assertThat(detail.path("asset")).isEqualTo(then);
        assertThat(detail.at("/asOf/at").asString())
                .isEqualTo(first.path("finishedAt").asString());
        assertThat(server.get(path + "?asOf=2020-01-01").statusCode()).isEqualTo(404);
    }

    @Test
    void aTimeThatCannotBeAskedForIsRefusedInWords() {
        assertThat(TestServer.json(server.get("/api/v1/findings?asOf=yesterday"))
                        .path("title")
                        .asString())
                .isEqualTo("asOf is neither a run nor a date");
        assertThat(TestServer.json(server.get("/api/v1/findings?asOf=999999"))
                        .path("detail")
                        .asString())
                .contains("There is no run 999999");
        assertThat(TestServer.json(server.get("/api/v1/assets?asOf=2999-01-01"))
                        .path("detail")
                        .asString())
                .contains("lies in the future");
        assertThat(TestServer.json(server.get("/api/v1/assets?asOf=1&query=asOf:1"))
                        .path("title")
                        .asString())
                .isEqualTo("There are two times to ask for");
    }

    @Test
    void theMetricsTellOfRunsCallsQuotaAndTheDatabase() throws InterruptedException {
        HttpResponse<String> metrics = server.get("/metrics");
        // They are up to 5 s old.
        for (int tries = 0; tries < 20 && metrics.body().contains("\netm_api_calls_total 0.0"); tries++) {
            Thread.sleep(500);
            metrics = server.get("/metrics");
        }

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body())
                .containsPattern("(?m)^etm_runs\\{state=\"QUEUED\"} ")
                .containsPattern("(?m)^etm_runs_ended_total\\{state=\"PROCESSED\"} ")
                .containsPattern("(?m)^etm_api_calls_total [1-9]")
                .containsPattern("(?m)^etm_api_throttled_total ")
                .containsPattern("(?m)^etm_pages_total ")
                .containsPattern("(?m)^etm_records_total ")
                .containsPattern("(?m)^etm_quota_left\\{connection=\"" + connection + "\"} ")
                .containsPattern("(?m)^etm_database_size_bytes ")
                .containsPattern("(?m)^etm_searches_waiting ")
                .containsPattern("(?m)^hikaricp_connections\\{pool=\"inventory\"} ")
                .containsPattern("(?m)^jvm_memory_used_bytes")
                .containsPattern("(?m)^http_server_requests_seconds_count");
    }
}
