// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two server processes on one PostgreSQL, of which one is killed in the middle of a run. */
class KilledServerTest {

    private static final Pattern UP = Pattern.compile("is up on (http://[0-9.:]+)");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String KEYS = Base64.getEncoder().encodeToString(new byte[32]);

    @TempDir
    Path directory;

    /** One process with its address and token. */
    private record Server(Process process, String address, String token) implements AutoCloseable {

        JsonNode send(String method, String path, Optional<String> body) throws IOException, InterruptedException {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(address + path))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    body.map(HttpRequest.BodyPublishers::ofString)
                                            .orElseGet(HttpRequest.BodyPublishers::noBody))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
            return TestServer.json(answer);
        }

        JsonNode get(String path) throws IOException, InterruptedException {
            return send("GET", path, Optional.empty());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void aRunWhoseServerProcessIsKilledIsFinishedByTheOther() throws Exception {
        String database = newDatabase("killed_server");
        SimulatorSettings settings =
                SimulatorSettings.of(new PopulationSettings(7, 1_000, 5, LocalDate.of(2026, 1, 5)));
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(settings.withPort(0))) {
            Process one = launch("one", database);
            Process two = launch("two", database);
            try (Server doomed = up(one, "one");
                    Server other = up(two, "two")) {
                JsonNode connection = doomed.send("POST", "/api/v1/connections", Optional.of("""
                        {"name": "Head office", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                         "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"}}
                        """.formatted(
                                tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
                tenant.inject("get_endpoint@4+:slow=1500");
                String run = "/api/v1/runs/"
                        + doomed.send(
                                        "POST",
                                        "/api/v1/profiles/"
                                                + connection
                                                        .at("/profiles/0/id")
                                                        .asInt() + "/runs",
                                        Optional.empty())
                                .path("id")
                                .asInt();
                await(() -> doomed.get(run).at("/progress/done").asLong() > 0);
                assertThat(other.get(run).path("state").asString()).isEqualTo("FETCHING");

                one.destroyForcibly();
                assertThat(one.waitFor(10, TimeUnit.SECONDS)).isTrue();
                tenant.clearFaults();
                await(() -> other.get(run).path("ended").asBoolean());

                JsonNode ended = other.get(run);
                assertThat(ended.path("state").asString())
                        .as(other.get(run + "/log").toString())
                        .isEqualTo("PROCESSED");
                assertThat(other.get(run + "/log").toString()).contains("The server that executed the run has stopped");
                Truth truth = Truth.over(tenant.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                        .getLast();
                assertThat(other.get("/api/v1/findings?limit=1&count=1000000")
                                .at("/count/value")
                                .asLong())
                        .isEqualTo(truth.openFindings());
            } finally {
                one.destroyForcibly();
                two.destroyForcibly();
            }
        }
    }

    private Process launch(String name, String database) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EtmServer.class.getName(),
                "--data=" + directory.resolve(name),
                "--port=0",
                "--database=" + database,
                "--database-user=etmconnect",
                "--take-over-after=2",
                "--allow-plain-http",
                "--allow-private-targets",
                "127.0.0.1");
        builder.environment()
                .put(
                        "ETM_DATABASE_PASSWORD",
                        Files.readString(databaseFile("password")).strip());
        builder.environment().put("ETM_KEYS", KEYS);
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
    }

    private Server up(Process process, String name) throws Exception {
        Path log = directory.resolve(name + ".log");
        await(() -> UP.matcher(Files.readString(log)).find() || !process.isAlive());
        Matcher up = UP.matcher(Files.readString(log));
        assertThat(up.find()).as(Files.readString(log)).isTrue();
        String token =
                Files.readString(directory.resolve(name).resolve("api-token")).strip();
        return new Server(process, up.group(1), token);
    }

    /** In the PostgreSQL that the other tests' server runs. */
    private static String newDatabase(String name) throws IOException, SQLException {
        String address = "jdbc:postgresql://127.0.0.1:"
                + Files.readString(databaseFile("port")).strip() + "/";
        try (Connection connection = DriverManager.getConnection(
                        address + "postgres",
                        "etmconnect",
                        Files.readString(databaseFile("password")).strip());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return address + name;
    }

    private static Path databaseFile(String name) {
        return TestServer.server().tokenFile().resolveSibling("database").resolve(name);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        for (int tries = 0; tries < 1_200; tries++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("It did not happen within a minute");
    }
}
