// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What bodies may be and hold, and that a refusal says which limit it was. */
class BodiesTest {

    private static OwnServer server;

    @BeforeAll
    static void start() {
        System.setProperty("etm.longest-body", "2s");
        System.setProperty("server.tomcat.connection-timeout", "1s");
        server = OwnServer.start("bodies-server");
    }

    @AfterAll
    static void stop() {
        server.close();
        System.clearProperty("etm.longest-body");
        System.clearProperty("server.tomcat.connection-timeout");
    }

    private static String refusal(String path, String body) {
        HttpResponse<String> answer = server.post(path, body);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422);
        return TestServer.json(answer).path("detail").asString();
    }

    @Test
    void aBodyThatIsNestedTooDeepIsRefused() {
        assertThat(refusal("/api/v1/maps/preview", "{\"record\":" + "{\"a\":".repeat(150) + "1" + "}".repeat(151)))
                .contains("nesting depth (101) exceeds the maximum allowed (100");
    }

    @Test
    void aBodyOfMoreValuesThanFitTheMemoryIsRefused() {
        assertThat(refusal("/api/v1/maps/preview", "{\"record\":{\"a\":[" + "{},".repeat(600_000) + "{}]}}"))
                .contains("Token count")
                .contains("1000000");
    }

    @Test
    void ofALongBodyFullOfMistakesOneIsTold() {
        JsonNode problem = unusable("{\"profiles\": [" + "{},".repeat(450_000) + "{}]}");

        assertThat(problem.path("fields").size()).isEqualTo(1);
        assertThat(problem.path("detail").asString()).isNotBlank();
    }

    @Test
    void ofAShortBodyAHundredMistakesAreToldAndHowManyMoreThereAre() {
        JsonNode problem = unusable("{\"profiles\": [" + "{},".repeat(300) + "{}]}");

        assertThat(problem.path("fields").size()).isEqualTo(100);
        assertThat(problem.path("detail").asString()).matches("Correct these fields: .* and \\d+ more\\.");
    }

    private JsonNode unusable(String configuration) {
        HttpResponse<String> answer = server.send(
                "POST", "/api/v1/configuration/comparison", java.util.Optional.of(configuration), java.util.Map.of());
        assertThat(answer.statusCode()).as(shortened(answer.body())).isEqualTo(422);
        return TestServer.json(answer);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(500, text.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"percent\": 1e99999999, \"atLeast\": 1}", "{\"percent\": 10, \"atLeast\": %s}"})
    void aNumberThatIsTooLongIsRefused(String body) {
        HttpResponse<String> answer = server.send(
                "PUT",
                "/api/v1/connections/1/closing-guard",
                java.util.Optional.of(body.replace("%s", "9".repeat(1_200))),
                java.util.Map.of());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(TestServer.json(answer).path("title").asString()).isEqualTo("The body cannot be read");
        assertThat(TestServer.json(answer).path("detail").asString()).contains("/openapi.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/v1/assets/1/splits {'recordIds': [null]}",
                "POST /api/v1/assets/1/splits {'recordIds': ['']}",
                "POST /api/v1/identification-rules/simulations {'rules': [null]}",
                "POST /api/v1/identification-rules {'name':'\\ud800','attributes':['MAC_ADDRESS']}",
                "POST /api/v1/session {'name':'admin','password':'half a character: \\ud83d'}",
            })
    void nullInAListAndHalfACharacterAreRefused(String call) {
        String[] parts = call.split(" ", 3);

        HttpResponse<String> answer =
                server.send(parts[0], parts[1], java.util.Optional.of(parts[2].replace('\'', '"')), java.util.Map.of());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(TestServer.json(answer).path("title").asString()).isEqualTo("The body cannot be read");
        assertThat(TestServer.json(answer).path("detail").asString()).contains("At line 1, column ");
    }

    @Test
    void aMistakeAtTheBeginningOfALongBodyIsTold() {
        String body = "{\"mistake\": 1, \"yaml\": \"" + "x".repeat(12 << 20) + "\"}";
        for (int tries = 0; tries < 5; tries++) {
            HttpResponse<String> answer =
                    server.send("POST", "/api/v1/maps", java.util.Optional.of(body), java.util.Map.of());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("mistake");
        }
    }

    @Test
    void theAuditLogShowsABodyThatHeldNull() {
        HttpResponse<String> refused = server.send(
                "POST",
                "/api/v1/tokens",
                java.util.Optional.of("{\"name\": \"night shift\", \"role\": null}"),
                java.util.Map.of());
        assertThat(refused.statusCode()).isBetween(400, 499);

        HttpResponse<String> log = server.get("/api/v1/audit");

        assertThat(log.statusCode()).as(log.body()).isEqualTo(200);
        assertThat(log.body()).contains("\"role\":null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/v1/session {'name':'a\\u0000b','password':'no matter which'}",
                "POST /api/v1/connections {'name':'a\\u0000b','connector':'cortex-xdr','settings':{'a\\u0000':'b'}}",
                "POST /api/v1/saved-queries {'name':'x','list':'assets','query':'asset.name:a\\u0000b'}",
                "POST /api/v1/users {'name':'a\\u0000b','role':'VIEWER'}",
                "POST /api/v1/tokens {'name':'x','role':'a\\u0000b'}",
                "GET /api/v1/audit?actor=a%00b",
                "GET /api/v1/assets?query=asset.name:a%00b",
                "GET /api/v1/findings?query=finding.title:%22a%00b%22",
                "GET /api/v1/qql/completions?query=asset.name:a%00b&list=assets",
                "GET /api/v1/maps/a%00b",
                "GET /api/v1/findings/a%00b",
            })
    void theCharacterThatNoTextCanHoldIsNoFault(String call) {
        String[] parts = call.split(" ", 3);

        HttpResponse<String> answer = server.send(
                parts[0],
                parts[1],
                parts.length == 3 ? java.util.Optional.of(parts[2].replace('\'', '"')) : java.util.Optional.empty(),
                java.util.Map.of());

        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 499);
        assertThat(answer.body()).doesNotContain("The server failed");
    }

    @Test
    void aConnectionWithAHundredSettingsTooManyIsRefused() {
        String values = IntStream.rangeClosed(0, 100)
                .mapToObj(number -> "\"k" + number + "\": \"v\"")
                .collect(Collectors.joining(",", "{", "}"));

        assertThat(refusal(
                        "/api/v1/connections",
                        "{\"name\": \"n\", \"connector\": \"cortex-xdr\", \"findingTypes\": [\"HOST_ASSET\"], \"values\": "
                                + values + "}"))
                .contains("100");
    }

    @Test
    void aBodyThatTricklesIsNotWaitedFor() throws IOException, InterruptedException {
        try (Socket socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/maps/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + server.token()
                            + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"yaml\": \"")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int tries = 0; tries < 200 && socket.getInputStream().available() == 0; tries++) {
                out.write('x');
                out.flush();
                Thread.sleep(100);
            }
            // the end of the connection may come later
            String answer = "";
            while (!answer.contains("}")) {
                byte[] more = new byte[1_000];
                int read = socket.getInputStream().read(more);
                assertThat(read).as(answer).isPositive();
                answer += new String(more, 0, read, StandardCharsets.UTF_8);
            }

            assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:etm-connect:problem:too-slow");
        }
    }

    @Test
    void aHeaderThatIsTooLongIsAProblem() throws IOException {
        try (Socket socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(70_000)
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(400), StandardCharsets.UTF_8))
                    .containsPattern("^HTTP/1.1 4\\d\\d")
                    .containsIgnoringCase("content-type: application/problem+json");
        }
    }

    @Test
    void aBodyThatStopsComingIsNotWaitedFor() throws IOException {
        try (Socket socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST /api/v1/maps/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + server.token()
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"yaml\": \"")
                            .getBytes(StandardCharsets.US_ASCII));

            // either it is told, or the connection is closed
            assertThat(socket.getInputStream().readNBytes(12))
                    .satisfiesAnyOf(
                            answer -> assertThat(answer).isEmpty(),
                            answer -> assertThat(new String(answer, StandardCharsets.US_ASCII))
                                    .startsWith("HTTP/1.1 4"));
        }
    }

    @Test
    void nobodySavesQueriesWithoutEnd() {
        for (int i = 0; i < 200; i++) {
            assertThat(save("query " + i).statusCode()).isEqualTo(200);
        }

        assertThat(save("one more").statusCode()).isEqualTo(409);
        assertThat(save("query 7").statusCode()).as("written over").isEqualTo(200);
    }

    private static HttpResponse<String> save(String name) {
        return server.post(
                "/api/v1/saved-queries",
                "{\"subject\": \"ASSET\", \"name\": \"%s\", \"query\": \"asset.name:a\", \"shared\": true}"
                        .formatted(name));
    }
}
