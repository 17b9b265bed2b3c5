// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.connector.Targets;
import org.etmconnect.server.start.RunningServer;
import org.etmconnect.server.start.ServerOptions;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A real process, asked to end as a supervisor asks. */
class ShutdownTest {

    private static final Pattern UP = Pattern.compile("ETM Connect is up on (http://[^ ]+)");

    @Test
    void aServerThatIsAskedToEndStopsItsRunAtAPageAndTheNextOneGoesOnWithIt(@TempDir Path directory) throws Exception {
        Path data = directory.resolve("data");
        Path log = directory.resolve("log");
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(3, 600, 5, LocalDate.of(2026, 1, 5)))
                        .withPort(0))) {
            tenant.inject("get_endpoint:slow=1000");
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            "org.etmconnect.server.EtmServer",
                            "--data",
                            data.toString(),
                            "--port",
                            "0",
                            "--allow-plain-http",
                            "--allow-private-targets",
                            "127.0.0.1",
                            "--open-metrics",
                            "--log-format",
                            "json"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            int run;
            try {
                URI server = address(process, log);
                assertThat(withoutToken(server, "/metrics")).isEqualTo(200);
                assertThat(withoutToken(server, "/api/v1/runs")).isEqualTo(401);
                JsonNode connection = post(server, data, "/api/v1/connections", """
                        {"name": "Slow", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET"],
                         "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"}}
                        """.formatted(
                                tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY));
                run = post(
                                server,
                                data,
                                "/api/v1/profiles/"
                                        + connection.at("/profiles/0/id").asInt() + "/runs",
                                "")
                        .path("id")
                        .asInt();
            } finally {
                process.destroy();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
            assertThat(Files.readString(log))
                    .contains("Run " + run + ": The server stops; the run goes on at its next start.")
                    .contains("\"run\":\"" + run + "\",\"connection\":\"1\"");

            tenant.clearFaults();
            try (RunningServer next = RunningServer.start(new ServerOptions(
                    InetAddress.getLoopbackAddress(),
                    0,
                    data,
                    Optional.empty(),
                    true,
                    Targets.internetAnd(List.of("127.0.0.1")),
                    false))) {
                String path = "/api/v1/runs/" + run;
                TestServer.send(
                        next,
                        "GET",
                        path + "/events",
                        Optional.of(TestServer.token(next)),
                        Optional.empty(),
                        java.util.Map.of());
                JsonNode ended = TestServer.json(TestServer.send(
                        next, "GET", path, Optional.of(TestServer.token(next)), Optional.empty(), java.util.Map.of()));
                assertThat(ended.path("state").asString()).isEqualTo("PROCESSED");
                assertThat(ended.at("/counts/assetsNew").asInt()).isEqualTo(600);
            }
        }
    }

    private static URI address(Process process, Path log) throws Exception {
        for (int tries = 0; tries < 1_200 && process.isAlive(); tries++) {
            Matcher up = UP.matcher(Files.readString(log));
            if (up.find()) {
                return URI.create(up.group(1));
            }
            Thread.sleep(100);
        }
        throw new AssertionError("The server did not start: " + Files.readString(log));
    }

    private static int withoutToken(URI server, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(server.resolve(path)).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static JsonNode post(URI server, Path data, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(data.resolve("api-token")).strip())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
            return TestServer.json(answer);
        }
    }
}
