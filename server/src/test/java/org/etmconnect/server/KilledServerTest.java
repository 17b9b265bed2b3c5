// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

    @TempDir
    Path directory;

    @Test
    void aRunWhoseServerProcessIsKilledIsFinishedByTheOther() throws Exception {
        String database = ServerProcess.newDatabase("killed_server");
        SimulatorSettings settings =
                SimulatorSettings.of(new PopulationSettings(7, 1_000, 5, LocalDate.of(2026, 1, 5)));
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(settings.withPort(0))) {
            Process one = ServerProcess.launch(directory, "one", database);
            Process two = ServerProcess.launch(directory, "two", database);
            try (ServerProcess doomed = ServerProcess.up(one, directory, "one");
                    ServerProcess other = ServerProcess.up(two, directory, "two")) {
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
                ServerProcess.await(() -> doomed.get(run).at("/progress/done").asLong() > 0);
                assertThat(other.get(run).path("state").asString()).isEqualTo("FETCHING");

                one.destroyForcibly();
                assertThat(one.waitFor(10, TimeUnit.SECONDS)).isTrue();
                tenant.clearFaults();
                ServerProcess.await(() -> other.get(run).path("ended").asBoolean());

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
        String database = ServerProcess.newDatabase("killed_events");
        SimulatorSettings settings = SimulatorSettings.of(new PopulationSettings(8, 200, 10, LocalDate.of(2026, 1, 5)));
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(settings.withPort(0));
                SlowReceiver receiver = new SlowReceiver()) {
            Process first = ServerProcess.launch(directory, "first", database);
            Process second = first;
            try {
                ServerProcess doomed = ServerProcess.up(first, directory, "first");
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
                ServerProcess.await(() -> receiver.events() > 200);

                first.destroyForcibly();
                assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
                long before = receiver.events();
                assertThat(before).as("it was killed in the middle").isLessThan(expected);
                second = ServerProcess.launch(directory, "second", database);
                ServerProcess other = ServerProcess.up(second, directory, "second");
                receiver.hurry();
                ServerProcess.await(() -> other.get(hook).at("/events/pending").asLong(-1) == 0);

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
    private static long changes(ServerProcess server, String runs) throws Exception {
        String run = "/api/v1/runs/"
                + server.send("POST", runs, Optional.empty()).path("id").asInt();
        ServerProcess.await(() -> server.get(run).path("ended").asBoolean());
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
}
