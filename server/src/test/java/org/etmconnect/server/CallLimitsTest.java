// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.etmconnect.server.start.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How often one may call, over HTTP. */
class CallLimitsTest {

    /** 200 at once. */
    private static final int PER_SECOND = 20;

    private static RunningServer server;

    @BeforeAll
    static void start() {
        System.setProperty("etm.calls-per-second", Integer.toString(PER_SECOND));
        server = TestServer.start(Path.of("target", "call-limits-server"));
    }

    @AfterAll
    static void stop() {
        server.close();
        System.clearProperty("etm.calls-per-second");
    }

    private static HttpResponse<String> get(String path, Optional<String> token, String address) {
        return TestServer.send(server, "GET", path, token, Optional.empty(), Map.of("X-Forwarded-For", address));
    }

    private static String newToken(String name) {
        HttpResponse<String> made = TestServer.send(
                server,
                "POST",
                "/api/v1/tokens",
                Optional.of(TestServer.token(server)),
                Optional.of("{\"name\": \"" + name + "\", \"role\": \"VIEWER\", \"days\": 7}"),
                Map.of("X-Forwarded-For", "192.0.2.200"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return TestServer.json(made).path("token").asString();
    }

    private static HttpResponse<String> until429(Supplier<HttpResponse<String>> call, int otherwise) {
        for (int calls = 0; calls < 3_000; calls++) {
            HttpResponse<String> answer = call.get();
            if (answer.statusCode() == 429) {
                return answer;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(otherwise);
        }
        throw new AssertionError("3,000 calls were let through");
    }

    @Test
    void aTokenThatCallsTooOftenIsToldWhenToCallAgain() throws InterruptedException {
        String eager = newToken("eager");
        String calm = newToken("calm");

        HttpResponse<String> refused = until429(() -> get("/api/v1/me", Optional.of(eager), "192.0.2.1"), 200);

        JsonNode problem = TestServer.json(refused);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.path("type").asString()).isEqualTo("urn:etm-connect:problem:too-many-requests");
        assertThat(problem.path("status").asInt()).isEqualTo(429);
        assertThat(problem.path("detail").asString()).contains(PER_SECOND + " calls a second");
        assertThat(refused.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(get("/api/v1/me", Optional.of(calm), "192.0.2.1").statusCode())
                .as("another token from the same address")
                .isEqualTo(200);
        // What was let in again meanwhile is a few, and would be ten times as many from an address that counts anew.
        int[] more = new int[1];
        until429(
                () -> {
                    more[0]++;
                    return get("/api/v1/me", Optional.of(eager), "192.0.2.9");
                },
                200);
        assertThat(more[0]).as("the same token from another address").isLessThan(5 * PER_SECOND);

        Thread.sleep(1_000 * refused.headers().firstValueAsLong("Retry-After").orElseThrow());

        assertThat(get("/api/v1/me", Optional.of(eager), "192.0.2.1").statusCode())
                .isEqualTo(200);
    }

    @Test
    void anAddressThatTriesTokensIsRefusedButNotWhoIsKnownThere() {
        String known = newToken("known");
        assertThat(get("/api/v1/me", Optional.of(known), "192.0.2.2").statusCode())
                .isEqualTo(200);
        int[] tries = new int[1];

        HttpResponse<String> refused =
                until429(() -> get("/api/v1/me", Optional.of("etm_guess" + tries[0]++), "192.0.2.2"), 401);

        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isPositive();
        assertThat(get("/api/v1/me", Optional.of(known), "192.0.2.2").statusCode())
                .isEqualTo(200);
        assertThat(get("/api/v1/me", Optional.of("etm_guess"), "192.0.2.3").statusCode())
                .as("from another address")
                .isEqualTo(401);
    }

    @Test
    void anAddressWithoutCredentialsMayMakeFewCalls() {
        until429(() -> get("/health/live", Optional.empty(), "192.0.2.4"), 200);
        assertThat(get("/health/live", Optional.empty(), "192.0.2.5").statusCode())
                .isEqualTo(200);
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        int[] host = new int[1];

        until429(() -> get("/health/live", Optional.empty(), "2001:db8:0:1::" + Integer.toHexString(++host[0])), 200);

        assertThat(get("/health/live", Optional.empty(), "2001:db8:0:2::1").statusCode())
                .isEqualTo(200);
    }

    @Test
    void filesOfTheConsoleAreNotCalls() {
        for (int calls = 0; calls < 100; calls++) {
            assertThat(get("/", Optional.empty(), "192.0.2.6").statusCode()).isNotEqualTo(429);
        }
    }

    @Test
    void slowBodiesOfOneCallerAreBoundedInNumber() throws IOException, InterruptedException {
        String slow = newToken("slow");
        String other = newToken("other");
        List<Socket> held = new ArrayList<>();
        try {
            for (int number = 0; number < 110; number++) {
                Socket socket = new Socket("127.0.0.1", server.address().getPort());
                held.add(socket);
                socket.getOutputStream()
                        .write(("POST /api/v1/maps/check HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n"
                                        + "Authorization: Bearer " + slow
                                        + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            // Ten are one too many. A call before that would be counted with them, and leave a place when it ends.
            for (int tries = 0; tries < 100 && answered(held) < 10; tries++) {
                Thread.sleep(100);
            }
            HttpResponse<String> next = get("/api/v1/me", Optional.of(slow), "192.0.2.7");

            assertThat(next.statusCode()).isEqualTo(429);
            assertThat(TestServer.json(next).path("title").asString()).isEqualTo("Too many calls at the same time");
            assertThat(get("/api/v1/me", Optional.of(other), "192.0.2.7").statusCode())
                    .isEqualTo(200);
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
        int status = 429;
        for (int tries = 0; tries < 100 && status == 429; tries++) {
            Thread.sleep(100);
            status = get("/api/v1/me", Optional.of(slow), "192.0.2.7").statusCode();
        }
        assertThat(status).as("after they have gone").isEqualTo(200);
    }

    private static int answered(List<Socket> sockets) throws IOException {
        int answered = 0;
        for (Socket socket : sockets) {
            answered += socket.getInputStream().available() > 0 ? 1 : 0;
        }
        return answered;
    }

    @Test
    void theLogSaysThatSomebodyWasRefused() throws IOException {
        until429(() -> get("/api/v1/me", Optional.empty(), "192.0.2.8"), 401);

        assertThat(Files.readString(server.tokenFile().resolveSibling("logs").resolve("server.log")))
                .containsAnyOf("Refused calls beyond the limit", "Refused a token that is not valid");
    }
}
