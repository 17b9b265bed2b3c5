// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.function.Function;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import tools.jackson.databind.JsonNode;

/** The one tenant of the shared server, with its connection, synced once before any test looks at it. */
final class HeadOffice {

    private static final class Synced {
        static final CortexXdrSimulator TENANT = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(7, 400, 20, LocalDate.of(2026, 1, 5)))
                        .withPort(0));
        static final JsonNode CONNECTION = create(TENANT);
        static final JsonNode RUN = await(start(CONNECTION));
    }

    private HeadOffice() {}

    static CortexXdrSimulator tenant() {
        return Synced.TENANT;
    }

    static JsonNode connection() {
        return Synced.CONNECTION;
    }

    static int profileId() {
        return connection().at("/profiles/0/id").asInt();
    }

    /** The first run, ended. */
    static JsonNode run() {
        return Synced.RUN;
    }

    static JsonNode runOnce() {
        return await(start(connection()));
    }

    static String input(String name, boolean withKey) {
        return input(tenant(), name, withKey);
    }

    private static JsonNode create(CortexXdrSimulator tenant) {
        HttpResponse<String> created = TestServer.post("/api/v1/connections", input(tenant, "Head office", true));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return TestServer.json(created);
    }

    private static HttpResponse<String> start(JsonNode connection) {
        return TestServer.post(
                "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", "");
    }

    /** Waits until the run or dry run that {@code started} queued has ended. */
    static JsonNode await(HttpResponse<String> started) {
        return await(started, TestServer::get);
    }

    /** @param get asks the server that started it */
    static JsonNode await(HttpResponse<String> started, Function<String, HttpResponse<String>> get) {
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String location = started.headers().firstValue("Location").orElseThrow();
        try {
            for (int tries = 0; tries < 1_200; tries++) {
                JsonNode now = TestServer.json(get.apply(location));
                if (now.path("ended").asBoolean()) {
                    return now;
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
        throw new AssertionError("It did not end within a minute: " + location);
    }

    static String input(CortexXdrSimulator tenant, String name, boolean withKey) {
        return """
                {"name": "%s", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200}%s}
                """.formatted(
                        name,
                        tenant.baseUrl(),
                        withKey ? ", \"secrets\": {\"apiKey\": \"" + SimulatorSettings.DEFAULT_KEY + "\"}" : "");
    }
}
