// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etmconnect.simulator.qualys.GatewaySettings;
import org.etmconnect.simulator.qualys.QualysGatewaySimulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DestinationsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final QualysGatewaySimulator GATEWAY = QualysGatewaySimulator.start(GatewaySettings.defaults());

    @AfterAll
    static void stop() {
        GATEWAY.close();
    }

    private static String qualys(String name, String more, String secrets) {
        return """
                {"name": "%s", "kind": "qualys-etm-api", %s
                 "values": {"gatewayURL": "%s", "username": "etm-user", "findings": "community", "batchSize": "100",
                            "connectorUUID": "%s"}, "secrets": {%s}}
                """.formatted(name, more, GATEWAY.baseUrl(), GATEWAY.settings().connectorUuid(), secrets);
    }

    private static final String PASSWORD = "\"password\": \"etm-password\"";

    private static JsonNode create(String body) {
        HttpResponse<String> created = TestServer.post("/api/v1/destinations", body);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return TestServer.json(created);
    }

    private static JsonNode delivered(int destination, String body) throws InterruptedException {
        HttpResponse<String> started = TestServer.post("/api/v1/destinations/" + destination + "/deliveries", body);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        String location = started.headers().firstValue("Location").orElseThrow();
        for (int tries = 0; tries < 600; tries++) {
            JsonNode delivery = TestServer.json(TestServer.get(location));
            if (!delivery.path("state").asString().matches("QUEUED|SENDING")) {
                return delivery;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("It did not end: " + location);
    }

    @Test
    void theInventoryArrivesInQualysAndThereItStaysAsLongAsNothingChanges() throws Exception {
        HeadOffice.run();
        HttpResponse<String> tested = TestServer.post("/api/v1/destination-tests", qualys("Q", "", PASSWORD));
        assertThat(TestServer.json(tested).path("passed").asBoolean())
                .as(tested.body())
                .isTrue();
        JsonNode destination = create(qualys("Qualys", "\"description\": \"Head office\",", PASSWORD));
        int id = destination.path("id").asInt();

        JsonNode first = delivered(id, "{}");
        assertThat(first.path("state").asString()).as(first.toString()).isEqualTo("DELIVERED");
        assertThat(first.at("/counts/assets").asLong())
                .isEqualTo(GATEWAY.assets().size())
                .isPositive();
        JsonNode second = delivered(id, "");
        assertThat(second.at("/counts/sent").asLong()).isZero();
        JsonNode again = delivered(id, "{\"everything\": true}");
        assertThat(again.at("/counts/sent").asLong()).isEqualTo(GATEWAY.assets().size());

        JsonNode shown = TestServer.json(TestServer.get("/api/v1/destinations/" + id));
        assertThat(shown.at("/lastDelivery/id").asInt())
                .isEqualTo(again.path("id").asInt());
        assertThat(shown.toString()).doesNotContain("etm-password");
        assertThat(TestServer.json(TestServer.get("/api/v1/destinations/" + id + "/deliveries"))
                        .path("items"))
                .hasSize(3);
    }

    @Test
    void wrongSettingsAreRefusedFieldByField() {
        HttpResponse<String> refused = TestServer.post("/api/v1/destinations", """
                {"name": "Wrong", "kind": "qualys-etm-api",
                 "values": {"gatewayURL": "https://qualysapi.qualys.eu", "connectorUUID": "7", "batchSize": "0", "x": "y"}}
                """);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("\"x\"");
        refused = TestServer.post("/api/v1/destinations", """
                {"name": "Wrong", "kind": "qualys-etm-api",
                 "values": {"gatewayURL": "https://qualysapi.qualys.eu", "connectorUUID": "7", "batchSize": "0"}}
                """);
        assertThat(TestServer.json(refused)
                        .path("fields")
                        .valueStream()
                        .map(field -> field.path("field").asString()))
                .containsExactlyInAnyOrder("gatewayURL", "username", "password", "connectorUUID", "batchSize");
        assertThat(TestServer.post("/api/v1/destinations", "{\"name\": \"N\", \"kind\": \"fax\", \"values\": {}}")
                        .body())
                .contains("qualys-etm-api, qualys-etm-csv, ocsf-files");
    }

    @Test
    void aStoredCredentialIsNotSentToWhereChangedSettingsLead() {
        int id = create(qualys("Other", "", PASSWORD)).path("id").asInt();
        HttpResponse<String> same = TestServer.send(
                "PUT",
                "/api/v1/destinations/" + id,
                Optional.of(TestServer.token()),
                Optional.of(qualys("Renamed", "\"afterRuns\": true,", "")));
        assertThat(same.statusCode()).as(same.body()).isEqualTo(200);
        HttpResponse<String> elsewhere = TestServer.send(
                "PUT",
                "/api/v1/destinations/" + id,
                Optional.of(TestServer.token()),
                Optional.of(qualys("Renamed", "", "").replace(GATEWAY.baseUrl().toString(), "http://127.0.0.1:9")));
        assertThat(elsewhere.statusCode()).isEqualTo(422);
        assertThat(elsewhere.body()).contains("Enter it again");
        assertThat(TestServer.send(
                                "DELETE",
                                "/api/v1/destinations/" + id,
                                Optional.of(TestServer.token()),
                                Optional.empty())
                        .statusCode())
                .isEqualTo(204);
        JsonNode audit = TestServer.json(TestServer.get("/api/v1/audit?object=destinations/" + id));
        assertThat(audit.toString()).doesNotContain("etm-password");
    }

    @Test
    void whatIsThereAndWhatChangesIsPostedToAWebhookSigned() throws Exception {
        HeadOffice.run();
        List<JsonNode> events = new CopyOnWriteArrayList<>();
        Set<String> signatures = ConcurrentHashMap.newKeySet();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", exchange -> {
            JSON.readTree(exchange.getRequestBody().readAllBytes()).forEach(events::add);
            signatures.add(exchange.getRequestHeaders().getFirst("webhook-signature"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        try {
            String body = """
                    {"name": "Hook", "kind": "webhook", "afterRuns": true,
                     "values": {"url": "http://127.0.0.1:%d/hook"}, "secrets": {"signingSecret": "whsec_%s"}}
                    """.formatted(receiver.getAddress().getPort(), "abcd".repeat(10));
            assertThat(TestServer.json(TestServer.post("/api/v1/destination-tests", body))
                            .path("passed")
                            .asBoolean())
                    .isTrue();
            assertThat(events)
                    .extracting(event -> event.path("type").asString())
                    .containsExactly("org.etmconnect.test");
            JsonNode created = create(body);
            assertThat(created.path("afterRuns").asBoolean())
                    .as("it is told at once")
                    .isFalse();
            assertThat(created.at("/events/pending").asLong()).isZero();
            int id = created.path("id").asInt();
            JsonNode delivery = delivered(id, "{\"everything\": true}");
            assertThat(delivery.path("state").asString())
                    .as(delivery.toString())
                    .isEqualTo("DELIVERED");
            assertThat(events)
                    .extracting(event -> event.path("type").asString())
                    .contains("org.etmconnect.asset.present", "org.etmconnect.finding.present");
            assertThat(delivery.at("/counts/accepted").asLong()).isEqualTo(events.size() - 1L);
            assertThat(signatures).allMatch(signature -> signature.startsWith("v1,"));
            HttpResponse<String> shown = TestServer.get("/api/v1/destinations/" + id);
            assertThat(TestServer.json(shown).at("/events/pending").asLong()).isZero();
            assertThat(shown.body()).doesNotContain("abcdabcd");
            TestServer.send("DELETE", "/api/v1/destinations/" + id, Optional.of(TestServer.token()), Optional.empty());
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void csvFilesAreWrittenUnderTheDataDirectory() throws Exception {
        HeadOffice.run();
        int id = create("""
                {"name": "Files", "kind": "qualys-etm-csv", "values": {"directory": "etm"}}
                """).path("id").asInt();
        JsonNode delivery = delivered(id, "{}");
        assertThat(delivery.path("state").asString()).as(delivery.toString()).isEqualTo("DELIVERED");
        Path findings = Path.of("target", "test-server", "deliveries", "etm", "etm-findings.csv");
        assertThat(Files.readString(findings)).startsWith("externalAssetId,hostName,");
        assertThat(delivery.at("/counts/findings").asLong()).isPositive();
    }
}
