// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ApiTest {

    /** A route that answers nothing but problems refuses callers that do not take them. */
    @Test
    void problemsAreAcceptedBesideJson() throws Exception {
        AtomicReference<String> accepted = new AtomicReference<>("");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            accepted.set(exchange.getRequestHeaders().getFirst("Accept"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            new Api(address, Optional.empty()).delete("/api/v1/maps/" + Api.encoded("My map (1)"));
        } finally {
            server.stop(0);
        }

        assertThat(accepted.get()).contains("application/json").contains("application/problem+json");
        assertThat(Api.encoded("My map (1)")).isEqualTo("My%20map%20%281%29");
    }

    @Test
    void aServerThatSaysToWaitSomeSecondsIsAskedAgainAfterThem() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean first = calls.incrementAndGet() == 1;
            byte[] body =
                    (first ? "{\"title\": \"Too many calls\"}" : "{\"name\": \"x\"}").getBytes(StandardCharsets.UTF_8);
            if (first) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            exchange.sendResponseHeaders(first ? 429 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Api api =
                    new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), Optional.empty());

            assertThat(api.get("/api/v1/me").path("name").asString()).isEqualTo("x");
            assertThat(calls).hasValue(2);

            calls.set(0);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            api.download("/api/v1/assets/export", Map.of("format", "csv"), file);
            assertThat(file.toString(StandardCharsets.UTF_8)).isEqualTo("{\"name\": \"x\"}");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aBlockOfMinutesIsSaidAtOnce() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "{\"title\": \"A backup is under way\", \"detail\": \"Try again when it is done.\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Retry-After", "60");
            exchange.sendResponseHeaders(429, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Api api =
                    new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), Optional.empty());

            assertThatThrownBy(() -> api.get("/api/v1/me"))
                    .isInstanceOf(CliFailure.class)
                    .hasMessage("A backup is under way. Try again when it is done.");
        } finally {
            server.stop(0);
        }
    }
}
