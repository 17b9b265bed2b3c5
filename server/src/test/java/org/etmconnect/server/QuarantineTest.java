// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class QuarantineTest {

    private static CortexXdrSimulator tenant() {
        return CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(5, 200, 100, LocalDate.of(2026, 1, 5)))
                        .withPort(0));
    }

    private static String input(CortexXdrSimulator tenant) {
        return """
                {"name": "Unreadable", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200},
                 "secrets": {"apiKey": "%s"}}""".formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY);
    }

    @Test
    void whatARunCouldNotUseIsListedPageByPageDismissedTakenBackAndTriedAgain() {
        try (CortexXdrSimulator tenant = tenant()) {
            JsonNode connection = TestServer.json(TestServer.post("/api/v1/connections", input(tenant)));
            tenant.inject("get_query_results_stream:malformed=3");
            JsonNode run = HeadOffice.await(TestServer.post(
                    "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", ""));
            int id = run.path("id").asInt();
            String path = "/api/v1/runs/" + id + "/quarantine";
            long all = run.at("/counts/quarantined").asLong();
            assertThat(all).as(run.toString()).isPositive();

            JsonNode first = TestServer.json(TestServer.get(path + "?limit=1"));

            assertThat(first.path("open").asLong()).isEqualTo(all);
            JsonNode thing = first.at("/items/0");
            assertThat(thing.path("state").asString()).isEqualTo("OPEN");
            assertThat(thing.path("stage").asString()).isEqualTo("READ");
            String choice = "{\"ids\": [" + thing.path("id").asInt() + "], \"note\": \"seen\"}";

            JsonNode dismissed = TestServer.json(TestServer.post(path + "/dismiss", choice));

            assertThat(dismissed.path("changed").asInt()).isEqualTo(1);
            JsonNode after = TestServer.json(TestServer.get(path + "?state=DISMISSED"));
            assertThat(after.at("/items/0/note").asString()).isEqualTo("seen");
            assertThat(after.at("/items/0/dismissedBy").asString()).isNotEmpty();
            assertThat(TestServer.json(TestServer.post(path + "/restore", "{}"))
                            .path("changed")
                            .asInt())
                    .isEqualTo(1);

            JsonNode retry = HeadOffice.await(TestServer.post(path + "/retry", "{}"));

            assertThat(retry.path("kind").asString()).isEqualTo("RETRY");
            assertThat(retry.path("retryOf").asInt()).isEqualTo(id);
            assertThat(retry.at("/counts/quarantined").asLong())
                    .as("the snapshot still holds what cannot be read")
                    .isEqualTo(all);
            assertThat(TestServer.json(TestServer.get(path)).path("open").asLong())
                    .isEqualTo(all);
        }
    }

    @Test
    void thereIsNothingToTryAgainOfARunThatUsedEverything() {
        try (CortexXdrSimulator tenant = tenant()) {
            JsonNode connection = TestServer.json(
                    TestServer.post("/api/v1/connections", input(tenant).replace("Unreadable", "Readable")));
            JsonNode run = HeadOffice.await(TestServer.post(
                    "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", ""));

            String path = "/api/v1/runs/" + run.path("id").asInt() + "/quarantine/retry";

            assertThat(TestServer.post(path, "{}").statusCode()).isEqualTo(409);
            assertThat(TestServer.get("/api/v1/runs/999999/quarantine").statusCode())
                    .isEqualTo(404);
        }
    }
}
