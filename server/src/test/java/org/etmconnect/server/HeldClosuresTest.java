// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.Optional;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A tenant that suddenly has a tenth of its hosts, as after a change of the key's scope. */
class HeldClosuresTest {

    private static CortexXdrSimulator whole;
    private static CortexXdrSimulator part;

    @BeforeAll
    static void tenants() {
        whole = tenant(200);
        part = tenant(20);
    }

    @AfterAll
    static void stop() {
        whole.close();
        part.close();
    }

    private static CortexXdrSimulator tenant(int hosts) {
        return CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(5, hosts, 10, LocalDate.of(2026, 1, 5)))
                        .withPort(0));
    }

    private static String input(CortexXdrSimulator tenant, String name) {
        return """
                {"name": "%s", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200},
                 "secrets": {"apiKey": "%s"}}""".formatted(name, tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY);
    }

    private static JsonNode run(JsonNode connection) {
        return HeadOffice.await(TestServer.post(
                "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", ""));
    }

    private static JsonNode connection(String name) {
        JsonNode connection = TestServer.json(TestServer.post("/api/v1/connections", input(whole, name)));
        assertThat(run(connection).path("state").asString()).isEqualTo("PROCESSED");
        put("/api/v1/connections/" + connection.path("id").asInt(), input(part, name));
        return connection;
    }

    private static HttpResponse<String> put(String path, String body) {
        return TestServer.send("PUT", path, Optional.of(TestServer.token()), Optional.of(body));
    }

    private static long sum(JsonNode list, String field) {
        return list.valueStream().mapToLong(each -> each.path(field).asLong()).sum();
    }

    @Test
    void mostOfATenantGoneIsHeldListedAndClosedAtAManagersWord() {
        JsonNode connection = connection("Shrunk");

        JsonNode run = run(connection);

        assertThat(run.path("state").asString()).isEqualTo("PROCESSED_INCOMPLETE");
        assertThat(run.at("/counts/findingsFixed").asLong()).isZero();
        assertThat(run.at("/held/state").asString()).isEqualTo("HELD");
        assertThat(run.at("/held/hosts").asLong()).isGreaterThanOrEqualTo(180);
        assertThat(run.path("missing").toString()).contains("They are held", "./etm runs confirm");
        String path = "/api/v1/runs/" + run.path("id").asInt() + "/held-closures";
        JsonNode held = TestServer.json(TestServer.get(path + "?limit=1000"));
        assertThat(held.path("byHost")
                        .valueStream()
                        .filter(host -> host.path("retired").asBoolean()))
                .hasSize(run.at("/held/hosts").asInt());
        long findings = run.at("/held/findings").asLong();
        assertThat(sum(held.path("byHost"), "findings")).isEqualTo(findings);
        assertThat(sum(held.path("byVulnerability"), "hosts")).isEqualTo(findings);

        HttpResponse<String> confirmed = TestServer.post(path + "/confirm", "");

        assertThat(confirmed.statusCode()).as(confirmed.body()).isEqualTo(200);
        JsonNode after =
                TestServer.json(TestServer.get("/api/v1/runs/" + run.path("id").asInt()));
        assertThat(after.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(after.at("/counts/findingsFixed").asLong()).isEqualTo(findings);
        assertThat(TestServer.post(path + "/reject", "").statusCode()).isEqualTo(409);
        JsonNode next = run(connection);
        assertThat(next.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(next.at("/counts/findingsFixed").asLong()).isZero();
    }

    @Test
    void aConnectionCanBeToldToHoldNothing() {
        JsonNode connection = connection("Trusted");
        String guard = "/api/v1/connections/" + connection.path("id").asInt() + "/closing-guard";
        assertThat(TestServer.json(TestServer.get(guard)).toString()).isEqualTo("{\"percent\":20,\"atLeast\":100}");

        assertThat(put(guard, "{\"percent\": 100, \"atLeast\": 100}").statusCode())
                .isEqualTo(200);

        JsonNode run = run(connection);
        assertThat(run.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(run.at("/counts/assetsRetired").asLong()).isGreaterThanOrEqualTo(180);
    }
}
