// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ProfileRoutesTest {

    private static final String MAP = "Cortex XDR Transformation Map (Vulnerabilities)";
    private static final String NIGHTLY = """
            {"kind": "RECURRING", "start": "2031-03-29T02:30", "every": 1, "unit": "DAYS", "zone": "Europe/Berlin"}""";

    private static int connection;

    @BeforeAll
    static void createConnection() {
        HttpResponse<String> created = TestServer.post("/api/v1/connections", """
                {"name": "Plant", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET"],
                 "values": {"baseURL": "http://127.0.0.1:9", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "k"}}
                """);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        connection = TestServer.json(created).path("id").asInt();
    }

    @AfterAll
    static void deleteConnection() {
        send("DELETE", "/api/v1/connections/" + connection, "");
    }

    private static HttpResponse<String> send(String method, String path, String body) {
        return TestServer.send(
                method, path, Optional.of(TestServer.token()), Optional.of(body).filter(text -> !text.isEmpty()));
    }

    private static HttpResponse<String> create(String name, String more) {
        return TestServer.post(
                "/api/v1/connections/" + connection + "/profiles",
                "{\"name\": \"" + name + "\", \"transformMap\": \"" + MAP + "\"" + more + "}");
    }

    private static String field(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        return TestServer.json(refused).at("/fields/0/field").asString();
    }

    @Test
    void aProfileIsCreatedShownReplacedAndDeleted() {
        HttpResponse<String> created = create("Nightly", ", \"description\": \"all\", \"schedule\": " + NIGHTLY);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String path = created.headers().firstValue("Location").orElseThrow();
        JsonNode profile = TestServer.json(TestServer.get(path));

        assertThat(profile.path("active").asBoolean()).isTrue();
        assertThat(profile.path("schedule").path("zone").asString()).isEqualTo("Europe/Berlin");
        assertThat(profile.path("scheduleText").asString()).isEqualTo("every day from 2031-03-29 02:30 Europe/Berlin");
        // The clocks go forward over 02:30 on the second day.
        assertThat(profile.path("nextRuns").valueStream().map(JsonNode::asString))
                .startsWith("2031-03-29T01:30:00Z", "2031-03-30T01:00:00Z", "2031-03-31T00:30:00Z")
                .hasSize(5);

        JsonNode connectionNow = TestServer.json(TestServer.get("/api/v1/connections/" + connection));
        assertThat(connectionNow.path("state").asString()).isEqualTo("SCHEDULED");

        JsonNode replaced = TestServer.json(send("PUT", path, """
                {"name": "By hand", "transformMap": "%s", "active": false}""".formatted(MAP)));
        assertThat(replaced.path("schedule").path("kind").asString()).isEqualTo("NONE");
        assertThat(replaced.path("nextRuns")).isEmpty();
        assertThat(replaced.path("active").asBoolean()).isFalse();

        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(TestServer.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void twoProfilesOfOneNameAreRefused() {
        HttpResponse<String> first = create("Twin", "");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(create("Twin", "").statusCode()).isEqualTo(409);
        send("DELETE", first.headers().firstValue("Location").orElseThrow(), "");
    }

    @Test
    void whatCannotBeAScheduleIsNamedFieldByField() {
        JsonNode problem = TestServer.json(create("x", """
                , "schedule": {"kind": "RECURRING", "at": "2031-01-01T00:00", "cron": "61 * * * *", "zone": "Mars/Base"}"""));

        assertThat(problem.path("fields")
                        .valueStream()
                        .map(field -> field.path("field").asString()))
                .containsExactlyInAnyOrder("schedule.at", "schedule.start", "schedule.cron", "schedule.zone");
    }

    @Test
    void aMapThatIsNotThereAndAVersionOfAShippedOneAreRefused() {
        assertThat(field(TestServer.post(
                        "/api/v1/connections/" + connection + "/profiles",
                        "{\"name\": \"x\", \"transformMap\": \"No\"}")))
                .isEqualTo("transformMap");
        assertThat(field(create("x", ", \"transformMapVersion\": 1"))).isEqualTo("transformMapVersion");
    }

    @Test
    void aProfileOfNoConnectionIsRefused() {
        assertThat(TestServer.post("/api/v1/connections/99999/profiles", "{\"name\": \"x\", \"transformMap\": \"y\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aConnectionIsSavedAsItIsShownWithItsCredentialsKeptAndItsRetentionChanged() {
        String path = "/api/v1/connections/" + connection;
        JsonNode shown = TestServer.json(TestServer.get(path));
        String body = """
                {"name": "Plant", "connector": "cortex-xdr", "findingTypes": %s, "values": %s, "network": %s,
                 "retentionDays": 30}""".formatted(shown.path("findingTypes"), shown.path("values"), shown.path("network"));

        HttpResponse<String> saved = send("PUT", path, body);

        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        JsonNode now = TestServer.json(saved);
        assertThat(now.path("network")).isEqualTo(shown.path("network"));
        assertThat(now.path("secretsSetAt")).isEqualTo(shown.path("secretsSetAt"));
        assertThat(now.path("retentionDays").asInt()).isEqualTo(30);
    }

    @Test
    void aPreviewSaysTheNextFiveTimesAndThatATimeHasPassed() {
        JsonNode preview = TestServer.json(TestServer.post("/api/v1/schedules/preview", """
                {"kind": "RECURRING", "start": "2031-10-25T02:30", "cron": "30 2 * * *", "zone": "Europe/Berlin"}"""));
        JsonNode past = TestServer.json(TestServer.post(
                "/api/v1/schedules/preview",
                "{\"kind\": \"SINGLE_OCCURRENCE\", \"at\": \"2020-01-01T00:00\", \"zone\": \"UTC\"}"));

        assertThat(preview.path("nextRuns").valueStream().map(JsonNode::asString))
                .startsWith("2031-10-25T00:30:00Z", "2031-10-26T00:30:00Z", "2031-10-27T01:30:00Z")
                .hasSize(5);
        assertThat(past.path("nextRuns")).isEmpty();
        assertThat(past.at("/notices/0").asString()).contains("passed");
    }
}
