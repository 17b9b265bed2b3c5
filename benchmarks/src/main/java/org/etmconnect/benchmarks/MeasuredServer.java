// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real server with its built-in PostgreSQL, in a process of its own, watched from outside. Safe for use by several threads. */
public final class MeasuredServer implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("ETM Connect is up on (http://[0-9.:]+)");
    private static final Pattern USED = Pattern.compile("\\bused (\\d+)K");
    private static final Duration LONGEST_START = Duration.ofMinutes(3);

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Process process;
    private final Path directory;
    private final URI address;
    private final String token;
    private final long begun = System.nanoTime();

    private MeasuredServer(Process process, Path directory, URI address, String token) {
        this.process = process;
        this.directory = directory;
        this.address = address;
        this.token = token;
    }

    /**
     * What a server holds at one moment.
     *
     * @param seconds since the server was up
     * @param heapBytes after a full garbage collection
     * @param threads of the operating system, so without virtual ones that wait
     * @param openFiles file descriptors, sockets among them
     * @param databaseConnections of this server
     * @param temporaryFiles below its folder for temporary files, and files for spilling
     */
    public record Health(
            double seconds,
            long heapBytes,
            long threads,
            long openFiles,
            long databaseConnections,
            long temporaryFiles,
            long databaseBytes,
            long snapshotBytes) {}

    /**
     * Starts a server over an empty folder; what lies in it is deleted.
     *
     * @param heap the most heap it may take, as java's -Xmx has it
     * @throws IOException if it does not come up
     */
    public static MeasuredServer start(Path directory, String heap) throws IOException, InterruptedException {
        Leftovers.delete(directory);
        Path temporary = Files.createDirectories(directory.resolve("tmp").toAbsolutePath());
        Path log = directory.resolve("console.log");
        Path jar = Path.of(System.getProperty("etm.home", "."), "server", "target", "server.jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar.toAbsolutePath() + " is not there. Run this by ./etm bench, which builds it.");
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.io.tmpdir=" + temporary,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        jar.toString(),
                        "--data=" + directory.resolve("data"),
                        "--port=0",
                        "--log-format=plain",
                        "--allow-plain-http",
                        "--allow-private-targets=127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            Matcher up = UP.matcher(Files.readString(log));
            if (up.find()) {
                String token =
                        Files.readString(directory.resolve("data/api-token")).strip();
                return new MeasuredServer(process, directory, URI.create(up.group(1)), token);
            }
            Thread.sleep(50);
        }
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
        throw new IOException("The server did not start. It said: " + Files.readString(log));
    }

    /** Where it answers. */
    public URI address() {
        return address;
    }

    /** The token of a Manager. */
    public String token() {
        return token;
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Calls an operation.
     *
     * @param body empty for none
     * @throws IOException if it refuses
     */
    public JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(Duration.ofMinutes(1))
                .header("Authorization", "Bearer " + token)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body().isEmpty() ? json.missingNode() : json.readTree(answer.body());
    }

    /** Makes a connection to a simulated tenant, which holds no closures back, and gives its profile's id. */
    public int connect(CortexXdrSimulator tenant) throws IOException, InterruptedException {
        JsonNode connection =
                call("POST", "/api/v1/connections", """
                {"name": "Tenant", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET", "VULNERABILITY"],
                 "values": {"baseURL": "%s", "x-xdr-auth-id": "1"}, "secrets": {"apiKey": "%s"},
                 "network": {"requestsPerSecond": 1000, "parallelRequests": 8}}
                """.formatted(tenant.baseUrl(), SimulatorSettings.DEFAULT_KEY));
        call(
                "PUT",
                "/api/v1/connections/" + connection.path("id").asInt() + "/closing-guard",
                "{\"percent\": 100, \"atLeast\": 1}");
        return connection.at("/profiles/0/id").asInt();
    }

    /**
     * Makes a run of a profile and waits for its end.
     *
     * @return seconds from the call to the end
     * @throws IOException if it did not process everything
     */
    public double sync(int profile) throws IOException, InterruptedException {
        long start = System.nanoTime();
        int id = call("POST", "/api/v1/profiles/" + profile + "/runs", "")
                .path("id")
                .asInt();
        while (true) {
            JsonNode run = call("GET", "/api/v1/runs/" + id, "");
            if (run.path("ended").asBoolean()) {
                if (!run.path("state").asString().equals("PROCESSED")) {
                    throw new IOException(
                            "Run " + id + " ended as " + run.path("state").asString() + ": " + run);
                }
                return (System.nanoTime() - start) / 1e9;
            }
            Thread.sleep(100);
        }
    }

    /** What the server holds now; collects its garbage first. */
    public Health health() throws IOException, InterruptedException, SQLException {
        diagnose("GC.run");
        String heap = diagnose("GC.heap_info");
        long used = USED.matcher(heap.replaceFirst("Metaspace.*", ""))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)) << 10)
                .sum();
        if (used == 0) {
            throw new IOException("jcmd does not tell how much heap is used: " + heap);
        }
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        String threads = Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .findFirst()
                .orElse("Threads: -1");
        long connections;
        long databaseBytes;
        Path database = directory.resolve("data/database");
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:"
                                + Files.readString(database.resolve("port")).strip() + "/postgres",
                        "etmconnect",
                        Files.readString(database.resolve("password")).strip());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select (select count(*) from pg_stat_activity where backend_type = 'client backend'"
                                + " and pid <> pg_backend_pid()), pg_database_size(current_database())")) {
            row.next();
            connections = row.getLong(1);
            databaseBytes = row.getLong(2);
        }
        return new Health(
                (System.nanoTime() - begun) / 1e9,
                used,
                Long.parseLong(threads.replaceAll("\\D", "")),
                files(proc.resolve("fd"), 1, ""),
                connections,
                files(directory.resolve("tmp"), 9, "") + files(directory.resolve("data"), 9, ".spill"),
                databaseBytes,
                call("GET", "/api/v1/system", "").path("snapshotBytes").asLong());
    }

    private static long files(Path folder, int depth, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(folder, depth)) {
            return all.filter(file -> !file.equals(folder) && file.toString().endsWith(ending))
                    .filter(file -> depth == 1 || Files.isRegularFile(file))
                    .count();
        } catch (java.io.UncheckedIOException gone) {
            // a file that went away while it was looked at
            return -1;
        }
    }

    private String diagnose(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said.replace('\n', ' ');
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
