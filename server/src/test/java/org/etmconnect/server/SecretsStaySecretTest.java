// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
import org.etmconnect.simulator.ApiKey;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** Plants keys, lets the server do its work and fail at it, and looks for the keys wherever something is kept or said. */
class SecretsStaySecretTest {

    private static final String RIGHT_KEY = "planted-right-key-5b1f0c9a7e";
    private static final String WRONG_KEY = "planted-wrong-key-d4a2e8f610";
    private static final String PROXY_PASSWORD = "planted-proxy-word-93c7ab02";
    private static final List<String> PLANTED = List.of(RIGHT_KEY, WRONG_KEY, PROXY_PASSWORD);

    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static final Map<String, String> IDS = new LinkedHashMap<>();
    private static final List<String> ANSWERS = new ArrayList<>();
    private static OwnServer server;
    private static CortexXdrSimulator tenant;
    private static Level levelBefore;

    @BeforeAll
    static void workAndFail() throws Exception {
        server = OwnServer.start("secrets-server");
        Logger ours = (Logger) LoggerFactory.getLogger("org.etmconnect");
        levelBefore = ours.getLevel();
        ours.setLevel(Level.TRACE);
        LOG.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
        tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(5, 40, 8, LocalDate.of(2026, 1, 5)))
                        .withPort(0)
                        .withKeys(List.of(ApiKey.standard("1", RIGHT_KEY))));

        JsonNode good = create("Planted right", RIGHT_KEY, "");
        IDS.put("connectionId", good.path("id").asString());
        IDS.put("profileId", good.at("/profiles/0/id").asString());
        JsonNode run = run(good);
        assertThat(run.path("state").asString()).isEqualTo("PROCESSED");
        IDS.put("runId", run.path("id").asString());
        JsonNode asset = TestServer.json(
                        post("GET", "/api/v1/assets?query=" + TestServer.encode("connector.name:`Planted right`"), ""))
                .at("/items/0");
        IDS.put("assetId", asset.path("id").asString());
        IDS.put(
                "recordId",
                TestServer.json(server.get("/api/v1/assets/" + asset.path("id").asString()))
                        .at("/records/0/id")
                        .asString());
        IDS.put(
                "findingId",
                TestServer.json(server.get("/api/v1/findings?limit=1"))
                        .at("/items/0/id")
                        .asString());
        IDS.put("connectorId", "cortex-xdr");

        JsonNode wrong = create("Planted wrong", WRONG_KEY, "");
        assertThat(run(wrong).path("state").asString()).isEqualTo("FAILED");
        JsonNode proxied = create(
                "Planted proxy",
                RIGHT_KEY,
                ", \"proxy\": {\"host\": \"127.0.0.1\", \"port\": 9, \"user\": \"me\", \"password\": \""
                        + PROXY_PASSWORD + "\"}");
        assertThat(run(proxied).path("state").asString()).isEqualTo("FAILED");
        for (JsonNode connection : List.of(good, wrong, proxied)) {
            post("POST", "/api/v1/connections/" + connection.path("id").asInt() + "/test", "");
        }
        // faults of the caller, with the key where it does not belong
        post("POST", "/api/v1/connections", input("Planted right", RIGHT_KEY, ""));
        post("POST", "/api/v1/connections", input("x", RIGHT_KEY, "").replace("cortex-xdr", "no-such-connector"));
        post("POST", "/api/v1/connections", input("x", RIGHT_KEY, "").replace("\"baseURL\"", "\"baseUrl\""));
        post("POST", "/api/v1/connections", input("x", RIGHT_KEY, "").replace("\"secrets\": {", "\"secrets\": [{"));
        post("POST", "/api/v1/connection-tests", input("x", WRONG_KEY, ""));
    }

    @AfterAll
    static void stop() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAppender(LOG);
        ((Logger) LoggerFactory.getLogger("org.etmconnect")).setLevel(levelBefore);
        server.close();
        tenant.close();
    }

    private static String input(String name, String key, String network) {
        return """
                {"name": "%s", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY", "HOST_ASSET"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"},
                 "network": {"requestsPerSecond": 200, "connectTimeoutSeconds": 1%s}, "secrets": {"apiKey": "%s"}}
                """.formatted(name, tenant.baseUrl(), network, key);
    }

    private static JsonNode create(String name, String key, String network) {
        HttpResponse<String> answer = post("POST", "/api/v1/connections", input(name, key, network));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return TestServer.json(answer);
    }

    private static JsonNode run(JsonNode connection) {
        JsonNode started = TestServer.json(post(
                "POST", "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt() + "/runs", ""));
        String run = "/api/v1/runs/" + started.path("id").asInt();
        // ends with the run
        post("GET", run + "/events", "");
        return TestServer.json(post("GET", run, ""));
    }

    private static HttpResponse<String> post(String method, String path, String body) {
        HttpResponse<String> answer =
                server.send(method, path, body.isEmpty() ? Optional.empty() : Optional.of(body), Map.of());
        ANSWERS.add(method + " " + path + "\n" + answer.headers().map() + "\n" + answer.body());
        return answer;
    }

    /** As it is, and as it would be found in JSON, in bytes shown as text, and in headers. */
    private static Stream<String> forms(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                secret,
                HexFormat.of().formatHex(bytes),
                Base64.getEncoder().encodeToString(bytes).replaceAll("=*$", ""));
    }

    private static void assertHoldsNone(String what, String text) {
        assertThat(PLANTED.stream()
                        .flatMap(SecretsStaySecretTest::forms)
                        .filter(text::contains)
                        .toList())
                .as("planted keys in " + what)
                .isEmpty();
    }

    @Test
    void noAnswerToAnyRequestHoldsAKey() throws IOException {
        for (String path : allReadingRoutes()) {
            post("GET", path, "");
        }
        assertThat(ANSWERS).hasSizeGreaterThan(30);
        ANSWERS.forEach(answer -> assertHoldsNone(answer.lines().findFirst().orElseThrow(), answer));
    }

    /** Every GET of the description, with ids that exist; a new one is looked at without being named here. */
    @SuppressWarnings("unchecked")
    private static List<String> allReadingRoutes() throws IOException {
        Map<String, Object> description;
        try (InputStream file =
                Objects.requireNonNull(SecretsStaySecretTest.class.getResourceAsStream("/openapi/etm-connect.yaml"))) {
            description = new Yaml().load(file);
        }
        return ((Map<String, Map<String, Object>>) description.get("paths"))
                .entrySet().stream()
                        .filter(path -> path.getValue().containsKey("get"))
                        .map(path -> {
                            String filled = path.getKey();
                            for (Map.Entry<String, String> id : IDS.entrySet()) {
                                filled = filled.replace("{" + id.getKey() + "}", id.getValue());
                            }
                            return filled.replaceAll("\\{[^}]*}", "1");
                        })
                        .toList();
    }

    @Test
    void noLogLineOrExceptionHoldsAKeyEvenInDetail() {
        assertThat(LOG.list).isNotEmpty();
        for (ILoggingEvent event : List.copyOf(LOG.list)) {
            IThrowableProxy thrown = event.getThrowableProxy();
            assertHoldsNone(
                    "a log line",
                    event.getFormattedMessage()
                            + event.getMDCPropertyMap()
                            + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
        }
    }

    @Test
    void noRunLogHoldsAKeyThoughOneFailedForItsKey() {
        String logs = TestServer.json(server.get("/api/v1/runs?limit=1000"))
                .path("items")
                .valueStream()
                .map(run -> server.get("/api/v1/runs/" + run.path("id").asString() + "/log.txt")
                        .body())
                .collect(Collectors.joining());

        assertThat(logs).contains("Check the API key");
        assertHoldsNone("the runs' logs", logs);
    }

    @Test
    void noColumnOfTheDatabaseHoldsAKeyOrTheServersToken() throws Exception {
        int searched = 0;
        StringBuilder all = new StringBuilder();
        try (Connection database = BuiltInDatabase.connect(server.data().resolve("database"));
                Statement statement = database.createStatement()) {
            List<String> columns = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("""
                    select format('select coalesce(string_agg(%1$I::text, e''\\n''), '''') from %2$I', column_name, table_name)
                    from information_schema.columns join information_schema.tables using (table_schema, table_name)
                    where table_schema = 'public' and table_type = 'BASE TABLE'""")) {
                while (row.next()) {
                    columns.add(row.getString(1));
                }
            }
            for (String column : columns) {
                try (ResultSet row = statement.executeQuery(column)) {
                    row.next();
                    assertHoldsNone(column, row.getString(1));
                    assertThat(row.getString(1)).as(column).doesNotContain(server.token());
                    all.append(row.getString(1));
                    searched += row.getString(1).isEmpty() ? 0 : 1;
                }
            }
        }
        assertThat(all).as("what is known to be there").contains("Planted right", "CVE-");
        assertThat(searched).as("columns with something in them").isGreaterThan(60);
    }

    @Test
    void noFileOfTheDataDirectoryHoldsAKey() throws IOException {
        Path data = server.data();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.toString().contains("/database/software/"))
                    .toList()) {
                assertHoldsNone(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(Files.readString(data.resolve("logs/server.log")))
                .contains("Check the API key")
                .doesNotContain(server.token());
    }
}
