// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server with its built-in PostgreSQL, in a process of its own. */
final class ServerProcess implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("ETM Connect is up on (http://[0-9.:]+)");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final Path data;
    private final URI address;

    private ServerProcess(Process process, Path data, URI address) {
        this.process = process;
        this.data = data;
        this.address = address;
    }

    static ServerProcess start(Path data, Path log) throws IOException, InterruptedException {
        Files.deleteIfExists(log);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "org.etmconnect.server.EtmServer",
                        "--data=" + data,
                        "--port=0",
                        "--take-over-after=2",
                        "--log-format=plain",
                        "--allow-plain-http",
                        "--allow-private-targets=127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // Whoever ends the suite ends what it started.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        for (int tries = 0; tries < 7_200 && process.isAlive(); tries++) {
            Matcher up = UP.matcher(Files.exists(log) ? Files.readString(log) : "");
            if (up.find()) {
                return new ServerProcess(process, data, URI.create(up.group(1)));
            }
            Thread.sleep(50);
        }
        // In good order, so that it takes its PostgreSQL along.
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        throw new IllegalStateException("The server did not start within 6 min: " + Files.readString(log));
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(data.resolve("api-token")).strip())
                .method(
                        "POST",
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** By SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** By SIGTERM. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            kill();
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
