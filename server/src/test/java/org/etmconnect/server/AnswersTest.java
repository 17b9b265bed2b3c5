// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AnswersTest {

    @Test
    void whatOfATenantsAnswersIsNotAsItWasIsToldWithTheRunAndWhatIsNotDocumentedIsInTheDataModel() {
        try (OwnServer server = OwnServer.start("answers-server");
                CortexXdrSimulator tenant = CortexXdrSimulator.start(
                        SimulatorSettings.of(new PopulationSettings(6, 60, 5, LocalDate.of(2026, 1, 5)))
                                .withPort(0))) {
            JsonNode connection = TestServer.json(
                    server.post("/api/v1/connections", """
                    {"name": "Changes its answers", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                     "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200},
                     "secrets": {"apiKey": "%s"}}""".formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
            String runs = "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs";
            assertThat(HeadOffice.await(server.post(runs, ""), server::get).path("warnings"))
                    .isEmpty();
            tenant.inject("get_endpoint:drop=domain");
            tenant.inject("get_endpoint:set=agent_risk:low");

            JsonNode run = HeadOffice.await(server.post(runs, ""), server::get);

            assertThat(run.path("warnings")).hasSize(2);
            JsonNode vanished = run.at("/warnings/0");
            assertThat(vanished.path("kind").asString()).isEqualTo("FIELD_VANISHED");
            assertThat(vanished.path("level").asString()).isEqualTo("WARNING");
            assertThat(vanished.path("stream").asString()).isEqualTo("endpoints");
            assertThat(vanished.path("field").asString()).isEqualTo("domain");
            assertThat(vanished.path("message").asString()).contains("Row 5 of the transform map");
            assertThat(run.at("/warnings/1/level").asString()).isEqualTo("INFO");

            JsonNode model = TestServer.json(server.get("/api/v1/data-models/cortex-xdr-endpoint?connectionId="
                    + connection.path("id").asInt()));

            JsonNode seen = field(model, "agent_risk");
            assertThat(seen.path("documented").asBoolean()).isFalse();
            assertThat(seen.path("type").asString()).isEqualTo("TEXT");
            assertThat(seen.at("/examples/0").asString()).isEqualTo("low");
            assertThat(field(model, "domain").path("documented").asBoolean()).isTrue();
            assertThat(field(model, "endpoint_status").path("values").toString())
                    .contains("VDI_PENDING_LOG_ON");
            String metrics = server.get("/metrics").body();
            assertThat(metrics).contains("etm_answers_changed_total");
        }
    }

    private static JsonNode field(JsonNode model, String name) {
        return model.path("fields")
                .valueStream()
                .filter(field -> field.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
