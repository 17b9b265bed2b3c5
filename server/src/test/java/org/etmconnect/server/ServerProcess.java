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
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A server in a process of its own, with its address and token; its database is one of the other tests' PostgreSQL. */
record ServerProcess(Process process, String address, String token) implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("is up on (http://[0-9.:]+)");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String KEYS = Base64.getEncoder().encodeToString(new byte[32]);

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

    /** @param more options of {@code serve} */
    static Process launch(Path directory, String name, String database, String... more) throws IOException {
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
        builder.command().addAll(List.of(more));
        builder.environment()
                .put(
                        "ETM_DATABASE_PASSWORD",
                        Files.readString(databaseFile("password")).strip());
        builder.environment().put("ETM_KEYS", KEYS);
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
    }

    static ServerProcess up(Process process, Path directory, String name) throws Exception {
        Path log = directory.resolve(name + ".log");
        await(() -> UP.matcher(Files.readString(log)).find() || !process.isAlive());
        Matcher up = UP.matcher(Files.readString(log));
        assertThat(up.find()).as(Files.readString(log)).isTrue();
        String token =
                Files.readString(directory.resolve(name).resolve("api-token")).strip();
        return new ServerProcess(process, up.group(1), token);
    }

    /** In the PostgreSQL that the other tests' server runs. */
    static String newDatabase(String name) throws IOException, SQLException {
        String address = "jdbc:postgresql://127.0.0.1:"
                + Files.readString(databaseFile("port")).strip() + "/";
        try (Connection connection = connect(address + "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return address + name;
    }

    static Connection connect(String database) throws IOException, SQLException {
        return DriverManager.getConnection(
                database,
                "etmconnect",
                Files.readString(databaseFile("password")).strip());
    }

    private static Path databaseFile(String name) {
        return TestServer.server().tokenFile().resolveSibling("database").resolve(name);
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(Condition condition) throws Exception {
        for (int tries = 0; tries < 1_200; tries++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("It did not happen within a minute");
    }
}
