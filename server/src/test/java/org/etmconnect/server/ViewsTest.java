// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Groups, exports and the history of an asset, after two days of a tenant. */
class ViewsTest {

    private static OwnServer server;
    private static CortexXdrSimulator tenant;

    @BeforeAll
    static void twoDays() throws IOException {
        server = OwnServer.start("views-server");
        tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(11, 150, 12, LocalDate.of(2026, 1, 5)))
                        .withPort(0));
        JsonNode created = TestServer.json(
                server.post("/api/v1/connections", """
                {"name": "Two days", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "network": {"requestsPerSecond": 200},
                 "secrets": {"apiKey": "%s"}}
                """.formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY)));
        String runs = "/api/v1/profiles/" + created.at("/profiles/0/id").asInt() + "/runs";
        finish(TestServer.json(server.post(runs, "")).path("id").asInt());
        tenant.moveToDay(40);
        finish(TestServer.json(server.post(runs, "")).path("id").asInt());
    }

    @AfterAll
    static void stop() {
        server.close();
        tenant.close();
    }

    private static void finish(int run) {
        assertThat(server.get("/api/v1/runs/" + run + "/events").body()).contains("event:end");
    }

    private static JsonNode get(String path) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer);
    }

    private static long count(String list, String query) {
        return get("/api/v1/" + list + "?limit=1&count=1000000&query=" + TestServer.encode(query))
                .at("/count/value")
                .asLong();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CVE", "ASSET", "SEVERITY", "OPERATING_SYSTEM"})
    void aGroupsQueryListsItsFindings(String by) {
        JsonNode groups = get("/api/v1/findings/groups?limit=1000&by=" + by);

        assertThat(groups.path("openOnly").asBoolean()).isTrue();
        assertThat(groups.path("items").size())
                .isPositive()
                .isEqualTo(groups.path("total").asInt());
        assertThat(groups.path("items")
                        .valueStream()
                        .mapToLong(group -> group.path("findings").asLong())
                        .sum())
                .isEqualTo(count("findings", "not finding.status:FIXED"));
        JsonNode first = groups.at("/items/0");
        assertThat(count("findings", first.path("query").asString()))
                .isEqualTo(first.path("findings").asLong());
    }

    @Test
    void groupsOfAPastStateSayWhichTimeTheyShow() {
        JsonNode groups = get("/api/v1/findings/groups?by=SEVERITY&asOf=1");

        assertThat(groups.has("asOf")).isTrue();
        assertThat(groups.at("/items/0/query").asString()).startsWith("asOf:1 and ");
        assertThat(server.get("/api/v1/findings/groups?by=SEVERITY&asOf=99").statusCode())
                .isEqualTo(400);
        assertThat(server.get("/api/v1/findings/groups?by=COLOUR").statusCode()).isEqualTo(400);
    }

    @Test
    void aCsvFileHasALineForEachFindingOfTheQuery() {
        String query = "finding.severity:[4, 5]";

        HttpResponse<String> file = server.get("/api/v1/findings/export?query=" + TestServer.encode(query));

        assertThat(file.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(file.headers().firstValue("Content-Disposition").orElse(""))
                .matches("attachment; filename=\"findings-[0-9T-]+Z\\.csv\"");
        assertThat(file.body())
                .startsWith("id,assetId,assetName,externalFindingId,cveId,title,description,severity,")
                .contains("\r\n");
        assertThat(file.body().split("\r\n")).hasSize((int) count("findings", query) + 1);
    }

    @Test
    void jsonLinesAreTheDocumentsOfTheList() {
        HttpResponse<String> file = server.get("/api/v1/assets/export?format=json");

        List<JsonNode> documents = file.body().lines().map(TestServer::json).toList();
        assertThat(file.headers().firstValue("Content-Disposition").orElse("")).contains(".jsonl\"");
        assertThat(documents)
                .isEqualTo(get("/api/v1/assets?limit=1000&sort=id")
                        .path("items")
                        .valueStream()
                        .toList());
    }

    @Test
    void columnsAreChosenByName() {
        String lines = server.get("/api/v1/assets/export?columns=name,openFindings.critical,id")
                .body();

        assertThat(lines).startsWith("name,openFindings.critical,id\r\n");
        HttpResponse<String> wrong = server.get("/api/v1/assets/export?columns=colour");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("Content-Disposition")).isEmpty();
        assertThat(TestServer.json(wrong).path("detail").asString()).contains("openFindings.critical");
        assertThat(server.get("/api/v1/assets/export?format=json&columns=id").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aPastStateIsExportedAndNamedByItsTime() {
        HttpResponse<String> file = server.get("/api/v1/findings/export?asOf=1&format=json");

        assertThat(file.headers().firstValue("Content-Disposition").orElse("")).contains("findings-as-of-20");
        assertThat(file.body()
                        .lines()
                        .map(TestServer::json)
                        .map(one -> one.path("status").asString()))
                .containsOnly("NEW");
        HttpResponse<String> refused = server.get("/api/v1/findings/export?asOf=99");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
    }

    @Test
    void aQuerysFindingsAreExportedForOtherSystems() {
        String query = "?query=" + TestServer.encode("finding.severity:[4, 5]") + "&format=";
        long expected = count("findings", "finding.severity:[4, 5]");

        HttpResponse<String> events = server.get("/api/v1/findings/export" + query + "ocsf-json-lines");
        HttpResponse<String> vex = server.get("/api/v1/findings/export" + query + "cyclonedx-vex");

        assertThat(name(events)).matches("attachment; filename=\"ocsf-vulnerability-findings-[0-9T-]+Z\\.jsonl\"");
        assertThat(events.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(events.body().lines().map(TestServer::json))
                .hasSize((int) expected)
                .allSatisfy(event -> assertThat(event.path("class_uid").asInt()).isEqualTo(2002));
        assertThat(name(vex)).contains("findings-vex-").contains(".cdx.json");
        assertThat(vex.headers().firstValue("Content-Type").orElse("")).startsWith("application/vnd.cyclonedx+json");
        assertThat(TestServer.json(vex).path("vulnerabilities").size()).isEqualTo((int) expected);

        HttpResponse<String> assets = server.get("/api/v1/assets/export?format=ocsf-json-lines");
        assertThat(assets.body().lines()).hasSize((int) count("assets", ""));
        HttpResponse<String> wrong = server.get("/api/v1/assets/export?format=cyclonedx-vex");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("Content-Disposition")).isEmpty();

        for (String list : List.of("findings", "assets")) {
            HttpResponse<String> parquet = server.get("/api/v1/" + list + "/export?format=ocsf-parquet");
            assertThat(name(parquet)).contains(".parquet\"");
            assertThat(parquet.headers().firstValue("Content-Type")).contains("application/vnd.apache.parquet");
            assertThat(parquet.body()).startsWith("PAR1").endsWith("PAR1");
        }
    }

    private static String name(HttpResponse<String> file) {
        return file.headers().firstValue("Content-Disposition").orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json", "ocsf-json-lines", "ocsf-parquet", "cyclonedx-vex"})
    void aFileThatBreaksOffDoesNotLookWhole(String format) throws Exception {
        Optional<String> cut = cutOff(format);
        for (int tries = 0; tries < 20 && cut.isEmpty(); tries++) {
            // it was over before, or exports of earlier tests, whose clients are gone, still had the places
            Thread.sleep(Duration.ofMillis(250));
            cut = cutOff(format);
        }

        // a failure that says so, or an answer without its end
        assertThat(cut.orElseThrow())
                .satisfiesAnyOf(
                        text -> assertThat(text).startsWith("HTTP/1.1 5").contains("application/problem+json"),
                        text -> assertThat(text).startsWith("HTTP/1.1 200").doesNotEndWith("0\r\n\r\n"));
    }

    /** What comes of an export whose connection to the database is cut; empty if it could not be. */
    private static Optional<String> cutOff(String format) throws Exception {
        URI address = server.address();
        try (Socket socket = new Socket()) {
            // as long as the client does not read, the server waits with most of the file before it
            socket.setReceiveBufferSize(1_024);
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
            socket.getOutputStream()
                    .write(("GET /api/v1/findings/export?format=" + format
                                    + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token()
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            boolean cut = server.cutOffReaders();
            String answer = new String(readAll(socket.getInputStream()), StandardCharsets.ISO_8859_1);
            return cut ? Optional.of(answer) : Optional.empty();
        }
    }

    private static byte[] readAll(InputStream in) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            in.transferTo(read);
        } catch (IOException reset) {
            // the end that is looked for
        }
        return read.toByteArray();
    }

    @Test
    void clientsThatGoAwayGiveTheirPlacesBack() throws Exception {
        for (int i = 0; i < 10; i++) {
            URI address = server.address();
            try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                socket.setReceiveBufferSize(1_024);
                OutputStream out = socket.getOutputStream();
                out.write(("GET /api/v1/findings/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.token()
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isPositive();
                // with unread bytes, closing resets the connection
            }
        }
        for (int i = 0; i < 100; i++) {
            if (server.get("/api/v1/findings/export").statusCode() == 200) {
                return;
            }
            Thread.sleep(Duration.ofMillis(50));
        }
        throw new AssertionError("The places are not given back");
    }

    @Test
    void theHistoryOfAHostTellsWhatRunsDidToIt() {
        Set<String> kinds = new HashSet<>();
        long fixed = 0;
        long opened = 0;
        for (JsonNode asset : get("/api/v1/assets?limit=1000").path("items")) {
            List<JsonNode> events = get("/api/v1/assets/" + asset.path("id").asInt() + "/history?limit=1000")
                    .path("items")
                    .valueStream()
                    .toList();
            assertThat(events)
                    .isSortedAccordingTo((one, other) ->
                            other.path("at").asString().compareTo(one.path("at").asString()));
            assertThat(events.stream().map(event -> event.path("kind").asString()))
                    .contains("FOUND", "IDENTIFIED");
            events.forEach(event -> kinds.add(event.path("kind").asString()));
            fixed += sum(events, "fixed");
            opened += sum(events, "opened");
        }
        assertThat(kinds).contains("FINDINGS", "VANISHED", "CHANGED");
        JsonNode runs = get("/api/v1/runs").path("items");
        assertThat(fixed).isPositive().isEqualTo(ofRuns(runs, "findingsFixed"));
        assertThat(opened).isPositive().isEqualTo(ofRuns(runs, "findingsNew"));
        assertThat(server.get("/api/v1/assets/999999/history").statusCode()).isEqualTo(404);
    }

    @Test
    void theSystemTellsItsVersionsSizesAndServers() {
        JsonNode system = get("/api/v1/system");

        assertThat(system.path("javaVersion").asString())
                .startsWith(String.valueOf(Runtime.version().feature()));
        assertThat(system.at("/database/version").asString()).matches("\\d+\\.\\d+.*");
        assertThat(system.at("/database/embedded").asBoolean()).isTrue();
        assertThat(system.at("/database/sizes")
                        .valueStream()
                        .map(size -> size.path("kind").asString()))
                .containsExactly("FINDINGS", "ASSETS", "RUNS", "CONFIGURATION");
        assertThat(system.at("/database/sizes")
                        .valueStream()
                        .mapToLong(size -> size.path("bytes").asLong()))
                .allMatch(bytes -> bytes > 0);
        assertThat(system.path("snapshotBytes").asLong()).isPositive();
        assertThat(system.path("freeDiskBytes").asLong())
                .isPositive()
                .isLessThan(system.path("totalDiskBytes").asLong());
        assertThat(system.path("servers"))
                .singleElement()
                .satisfies(one -> assertThat(one.path("answering").asBoolean()).isTrue());
    }

    private static long sum(List<JsonNode> events, String what) {
        return events.stream().mapToLong(event -> event.path(what).asLong(0)).sum();
    }

    private static long ofRuns(JsonNode runs, String count) {
        return runs.valueStream()
                .mapToLong(run -> run.path("counts").path(count).asLong())
                .sum();
    }
}
