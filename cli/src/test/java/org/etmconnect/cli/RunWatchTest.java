// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunWatchTest {

    private static final String FIRST = """
            event:log
            id:1
            data:{"line": 1, "at": "2026-03-01T08:00:00Z", "level": "INFO", "message": "Fetching."}

            event:run
            id:1
            data:{"id": 7, "state": "FETCHING", "ended": false, "progress": {"stage": "Fetching", "unit": "rows", "done": 5}}

            """;
    private static final String SECOND = """
            :

            event:log
            id:2
            data:{"line": 2, "at": "2026-03-01T08:00:09Z", "level": "WARNING", "message": "Slowly."}

            event:end
            id:2
            data:{"id": 7, "state": "PROCESSED", "ended": true}

            """;

    private final List<String> lastSeen = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private JsonNode watch() {
        Api api = new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), Optional.empty());
        return new RunWatch(api, new PrintWriter(out, true), new Terminal(false, 80)).follow(7, true);
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void whatOfTheAnswersIsNotAsItWasStandsAboveTheCounts() {
        RunWatch.summary(JsonMapper.shared().readTree("""
                {"id": 7, "state": "PROCESSED", "counts": {}, "warnings": [
                 {"kind": "FIELD_VANISHED", "level": "WARNING", "stream": "endpoints", "field": "domain", "message": "Gone."},
                 {"kind": "FIELD_NEW", "level": "INFO", "stream": "endpoints", "field": "risk", "message": "Come.\\u001b[2J"}]}
                """), new PrintWriter(out, true));

        assertThat(out.toString())
                .containsSubsequence("warning: Gone.", "new in the answers: Come.", "assets ")
                .doesNotContain("\u001b");
    }

    @Test
    void aStreamThatBreaksIsTakenUpAfterTheLastEventSeen() {
        server.createContext("/api/v1/runs/7/events", exchange -> {
            lastSeen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
            answer(exchange, 200, "text/event-stream", lastSeen.size() == 1 ? FIRST : SECOND);
        });

        JsonNode ended = watch();

        assertThat(ended.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(lastSeen).containsExactly("null", "1");
        assertThat(out.toString()).containsSubsequence("Fetching.", "Fetching", "WARNING Slowly.", "PROCESSED");
    }

    @Test
    void aServerThatGivesNoStreamIsAskedNowAndThen() {
        server.createContext(
                "/api/v1/runs/7/events",
                exchange -> answer(
                        exchange,
                        503,
                        "application/problem+json",
                        "{\"title\": \"Too many\", \"detail\": \"Later.\"}"));
        server.createContext(
                "/api/v1/runs/7",
                exchange -> answer(
                        exchange, 200, "application/json", "{\"id\": 7, \"state\": \"FAILED\", \"ended\": true}"));

        assertThat(watch().path("state").asString()).isEqualTo("FAILED");
    }
}
