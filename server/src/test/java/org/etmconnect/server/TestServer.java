// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
import org.etmconnect.inventory.embedded.MadeDatabase;
import org.etmconnect.server.people.OpenIdProvider;
import org.etmconnect.server.start.Monitoring;
import org.etmconnect.server.start.RunningServer;
import org.etmconnect.server.start.ServerOptions;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One real server with its real embedded database, started once for all tests of the JVM. */
final class TestServer {

    private static final class Started {
        static final RunningServer SERVER = start(Path.of("target", "test-server"));
    }

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TestServer() {}

    /** Starts a server over a data directory that holds nothing but an empty database. */
    static RunningServer start(Path data) {
        return start(data, Optional.empty());
    }

    /** The same, where people may also sign in at {@code openId}. */
    static RunningServer start(Path data, Optional<OpenIdProvider> openId) {
        try {
            if (Files.exists(data)) {
                try (Stream<Path> files = Files.walk(data)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        MadeDatabase.copyTo(data.resolve("database"));
        // Spring Boot would go on with the log file of the JVM's first server.
        LoggingSystem.get(TestServer.class.getClassLoader()).cleanUp();
        System.clearProperty("LOG_FILE");
        return RunningServer.start(
                new ServerOptions(
                        InetAddress.getLoopbackAddress(),
                        0,
                        data,
                        Optional.empty(),
                        true,
                        Targets.internetAnd(List.of("127.0.0.1", "localhost")),
                        false),
                Monitoring.defaults(),
                openId);
    }

    /** The database of the server that all tests share. */
    static Connection database() throws IOException, SQLException {
        return database(server());
    }

    static Connection database(RunningServer server) throws IOException, SQLException {
        return BuiltInDatabase.connect(server.tokenFile().resolveSibling("database"));
    }

    static RunningServer server() {
        return Started.SERVER;
    }

    static String token() {
        return token(server());
    }

    static String token(RunningServer server) {
        try {
            return Files.readString(server.tokenFile()).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static HttpResponse<String> send(String method, String path, Optional<String> token, Optional<String> body) {
        return send(server(), method, path, token, body, Map.of());
    }

    static HttpResponse<String> send(
            String method, String path, Optional<String> token, Optional<String> body, Map<String, String> headers) {
        return send(server(), method, path, token, body, headers);
    }

    static HttpResponse<String> send(
            RunningServer server,
            String method,
            String path,
            Optional<String> token,
            Optional<String> body,
            Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
        headers.forEach(request::header);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        body.ifPresent(text -> request.header("Content-Type", "application/json"));
        request.method(
                method, body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    static HttpResponse<String> get(String path) {
        return send("GET", path, Optional.of(token()), Optional.empty());
    }

    static HttpResponse<String> post(String path, String body) {
        return send("POST", path, Optional.of(token()), Optional.of(body));
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
