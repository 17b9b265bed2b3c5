// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.Targets;
import org.etmconnect.server.start.RestoreCommand;
import org.etmconnect.server.start.RunningServer;
import org.etmconnect.server.start.ServerOptions;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;

/** A backup that is taken during a run, and a server that is made of it. */
@Timeout(300)
class BackupTest {

    @TempDir
    Path directory;

    @Test
    void aServerRestoredFromABackupThatWasTakenDuringARunFinishesThatRun() throws Exception {
        Path file = directory.resolve("monday.backup");
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(5, 700, 6)).withPort(0))) {
            String ended;
            int unfinished;
            try (OwnServer server = OwnServer.start("backup-test")) {
                JsonNode connection = TestServer.json(server.post(
                        "/api/v1/connections", """
                        {"name": "Head office", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET", "VULNERABILITY"],
                         "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"},
                         "network": {"requestsPerSecond": 500}}
                        """.formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
                String runs =
                        "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs";
                int first = TestServer.json(server.post(runs, "")).path("id").asInt();
                server.get("/api/v1/runs/" + first + "/events");
                tenant.moveToDay(3);
                tenant.inject("get_endpoint@3+:slow=500");
                unfinished = TestServer.json(server.post(runs, "")).path("id").asInt();
                while (tenant.requests().byCall().getOrDefault("get_endpoint", 0L) < 12) {
                    Thread.sleep(20);
                }

                download(server, file);
                ended = server.get("/api/v1/runs/" + first).body();

                assertThat(TestServer.json(server.get("/api/v1/runs/" + unfinished))
                                .path("state")
                                .asString())
                        .as("it was taken during the run")
                        .isEqualTo("FETCHING");
            }
            tenant.clearFaults();
            Path restored = directory.resolve("restored");

            assertThat(RestoreCommand.execute(new String[] {file.toString(), "--data", restored.toString()}))
                    .isZero();

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(restored.resolve("keys.json"))))
                    .isEqualTo("rw-------");
            long asked = tenant.requests().byCall().getOrDefault("get_endpoint", 0L);
            try (RunningServer next = start(restored)) {
                get(next, "/api/v1/runs/" + unfinished + "/events");
                JsonNode run = TestServer.json(get(next, "/api/v1/runs/" + unfinished));
                assertThat(run.path("state").asString())
                        .as(get(next, "/api/v1/runs/" + unfinished + "/log").body())
                        .isEqualTo("PROCESSED");
                assertThat(tenant.requests().byCall().getOrDefault("get_endpoint", 0L) - asked)
                        .as("pages that were in the backup are not fetched again")
                        .isLessThan(8);
                Truth truth = Truth.over(tenant.population(), List.of(0, 3), Truth.Dismissed.LEFT_OUT)
                        .getLast();
                assertThat(run.at("/counts/findingsNew").asLong()).isEqualTo(truth.newFindings());
                assertThat(run.at("/counts/findingsFixed").asLong()).isEqualTo(truth.fixedFindings());
                assertThat(TestServer.json(get(
                                        next,
                                        "/api/v1/findings?limit=1&count=1000000&query="
                                                + TestServer.encode("not finding.status:FIXED")))
                                .at("/count/value")
                                .asLong())
                        .isEqualTo(truth.openFindings());
                assertThat(get(next, "/api/v1/runs/1").body()).isEqualTo(ended);
                assertThat(get(next, "/api/v1/users").body()).contains("admin");
            }

            assertThat(RestoreCommand.execute(new String[] {file.toString(), "--data", restored.toString()}))
                    .as("nothing is overwritten")
                    .isEqualTo(1);
        }
    }

    @Test
    void aBackupThatBrokeOffIsRefusedAndLeavesNothing() throws IOException {
        Path file = directory.resolve("half.backup");
        try (OwnServer server = OwnServer.start("backup-half-test")) {
            download(server, file);
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length * 2 / 3));
        Path restored = directory.resolve("half");

        assertThat(RestoreCommand.execute(new String[] {file.toString(), "--data", restored.toString()}))
                .isEqualTo(1);
        assertThat(restored).doesNotExist();
    }

    @Test
    void aManagerWhoCannotReadTheServersFilesGetsNoKeys() {
        String made = TestServer.json(TestServer.post(
                        "/api/v1/tokens", "{\"name\": \"backup-elsewhere\", \"role\": \"MANAGER\", \"days\": 1}"))
                .path("token")
                .asString();

        assertThat(TestServer.send("POST", "/api/v1/system/backup?keys=true", Optional.of(made), Optional.empty())
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> without =
                TestServer.send("POST", "/api/v1/system/backup", Optional.of(made), Optional.empty());
        assertThat(without.statusCode()).isEqualTo(200);
        assertThat(without.body()).contains("backup.json").doesNotContain("keys.json");
    }

    private static void download(OwnServer server, Path file) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/system/backup?keys=true"))
                            .header("Authorization", "Bearer " + server.token())
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            Files.copy(answer.body(), file);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static RunningServer start(Path data) {
        LoggingSystem.get(BackupTest.class.getClassLoader()).cleanUp();
        System.clearProperty("LOG_FILE");
        return RunningServer.start(new ServerOptions(
                InetAddress.getLoopbackAddress(),
                0,
                data,
                Optional.empty(),
                true,
                Targets.internetAnd(List.of("127.0.0.1", "localhost")),
                false));
    }

    private static HttpResponse<String> get(RunningServer server, String path) {
        return TestServer.send(server, "GET", path, Optional.of(TestServer.token(server)), Optional.empty(), Map.of());
    }
}
