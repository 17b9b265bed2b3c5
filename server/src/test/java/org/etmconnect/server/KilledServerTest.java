// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Server processes that are killed in the middle of a run, or of what they tell others. */
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

    @Test
    void whatAWebhookIsToldSurvivesTheServersDeathInOrder() throws Exception {
        String database = newDatabase("killed_events");
        SimulatorSettings settings = SimulatorSettings.of(new PopulationSettings(8, 200, 10, LocalDate.of(2026, 1, 5)));
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(settings.withPort(0));
                SlowReceiver receiver = new SlowReceiver()) {
            Process first = launch("first", database);
            Process second = first;
            try {
                Server doomed = up(first, "first");
                JsonNode connection = doomed.send("POST", "/api/v1/connections", Optional.of("""
                        {"name": "Head office", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                         "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"}}
                        """.formatted(
                                tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
                String hook = "/api/v1/destinations/"
                        + doomed.send("POST", "/api/v1/destinations", Optional.of("""
                                {"name": "Hook", "kind": "webhook", "values": {"url": "%s", "batchSize": "10"},
                                 "secrets": {"signingSecret": "whsec_%s"}}
                                """.formatted(
                                                receiver.url(), "abcd".repeat(10))))
                                .path("id")
                                .asInt();
                String runs =
                        "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs";
                long expected = changes(doomed, runs);
                tenant.moveToDay(1);
                expected += changes(doomed, runs);
                await(() -> receiver.events() > 200);

                first.destroyForcibly();
                assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
                long before = receiver.events();
                assertThat(before).as("it was killed in the middle").isLessThan(expected);
                second = launch("second", database);
                Server other = up(second, "second");
                receiver.hurry();
                await(() -> other.get(hook).at("/events/pending").asLong(-1) == 0);

                assertThat(receiver.ids()).as("each at least once").isEqualTo(expected);
                assertThat(receiver.events()).isGreaterThan(before);
                receiver.sequences()
                        .forEach((asset, sequence) -> assertThat(sequence)
                                .as("what asset %s was told first, in order", asset)
                                .isSorted());
            } finally {
                first.destroyForcibly();
                second.destroyForcibly();
            }
        }
    }

    /** Makes a run; how many events it is told by. */
    private static long changes(Server server, String runs) throws Exception {
        String run = "/api/v1/runs/"
                + server.send("POST", runs, Optional.empty()).path("id").asInt();
        await(() -> server.get(run).path("ended").asBoolean());
        JsonNode counts = server.get(run).path("counts");
        assertThat(server.get(run).path("state").asString()).isEqualTo("PROCESSED");
        return Stream.of(
                        "assetsNew",
                        "assetsRetired",
                        "assetsReturned",
                        "findingsNew",
                        "findingsFixed",
                        "findingsReopened")
                .mapToLong(name -> counts.path(name).asLong())
                .sum();
    }

    /** Takes events, slowly until it is told to hurry. */
    private static final class SlowReceiver implements AutoCloseable {

        private final HttpServer server;
        private final Map<String, Set<String>> firstSeen = new LinkedHashMap<>();
        private final Set<String> ids = new HashSet<>();
        private long events;
        private volatile boolean hurried;

        SlowReceiver() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/hook", exchange -> {
                take(TestServer.json(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
                if (!hurried) {
                    LockSupport.parkNanos(40_000_000);
                }
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            server.start();
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
        }

        private synchronized void take(JsonNode batch) {
            for (JsonNode event : batch) {
                events++;
                if (ids.add(event.path("id").asString())) {
                    firstSeen
                            .computeIfAbsent(event.path("partitionkey").asString(), key -> new LinkedHashSet<>())
                            .add(event.path("sequence").asString());
                }
            }
        }

        void hurry() {
            hurried = true;
        }

        synchronized long events() {
            return events;
        }

        synchronized int ids() {
            return ids.size();
        }

        /** What each asset was told, by its place in the sequence, as it came first. */
        synchronized Map<String, List<String>> sequences() {
            Map<String, List<String>> sequences = new LinkedHashMap<>();
            firstSeen.forEach((key, seen) -> sequences.put(key, List.copyOf(seen)));
            return sequences;
        }

        @Override
        public void close() {
            server.stop(0);
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
