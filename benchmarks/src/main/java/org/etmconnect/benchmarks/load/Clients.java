// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.etmconnect.benchmarks.MeasuredServer;

/** Many clients of one server, each a thread that calls again and again. */
final class Clients {

    /** What the well-behaved ask: a console's pages and a program's reads. */
    private static final List<String> QUESTIONS = List.of(
            "/api/v1/overview",
            "/api/v1/assets?limit=50",
            "/api/v1/assets?limit=50&query=asset.name%3Aweb",
            "/api/v1/findings?limit=50",
            "/api/v1/findings?limit=50&query=finding.severity%3ACritical",
            "/api/v1/findings/groups?by=CVE&limit=20",
            "/api/v1/runs?limit=20",
            "/api/v1/connections",
            "/api/v1/qql/check?subject=FINDING&query=finding.severity%20%3E%203",
            "/health/ready");

    private static final int CLIENTS_OF_A_TOKEN = 10;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(35);

    /** How a client behaves. */
    enum Kind {
        WELL_BEHAVED(0),
        WITHOUT_TOKEN(1),
        MALFORMED(2),
        OVERSIZED(3),
        SLOW_HEADERS(4),
        SLOW_BODY(5),
        SLOW_READER(6);

        private final int machine;

        Kind(int machine) {
            this.machine = machine;
        }
    }

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final Map<Kind, Map<String, LongAdder>> statuses = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Double> latencies = new ConcurrentLinkedQueue<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final MeasuredServer server;
    /** Of programs that behave well, several clients each. */
    private final List<String> tokens = new ArrayList<>();
    /** Of the hostile ones that got hold of one. */
    private final String stolen;

    private final int number;
    private final Duration think;
    private final Duration hostileThink;
    private volatile boolean ended;

    Clients(MeasuredServer server, int number, Duration think, Duration hostileThink)
            throws IOException, InterruptedException {
        this.server = server;
        for (int i = 0; i < Math.clamp(number / 2 / CLIENTS_OF_A_TOKEN, 1, 100); i++) {
            tokens.add(token(server, "program " + i, "VIEWER"));
        }
        this.stolen = token(server, "stolen", "MANAGER");
        this.number = number;
        this.think = think;
        this.hostileThink = hostileThink;
    }

    private static String token(MeasuredServer server, String name, String role)
            throws IOException, InterruptedException {
        return server.call(
                        "POST",
                        "/api/v1/tokens",
                        "{\"name\": \"%s\", \"role\": \"%s\", \"days\": 2}".formatted(name, role))
                .path("token")
                .asString();
    }

    void begin() {
        for (int i = 0; i < number; i++) {
            Kind kind = i % 2 == 0 ? Kind.WELL_BEHAVED : Kind.values()[1 + i / 2 % (Kind.values().length - 1)];
            Random random = new Random(i);
            int each = i;
            threads.add(Thread.ofVirtual().start(() -> live(kind, each, random)));
        }
    }

    void end() throws InterruptedException {
        ended = true;
        for (Thread thread : threads) {
            thread.join(PATIENCE);
            thread.interrupt();
        }
        http.close();
    }

    /** How often each kind of client got which answer. */
    SortedMap<String, Map<String, Long>> statuses() {
        SortedMap<String, Map<String, Long>> all = new TreeMap<>();
        statuses.forEach((kind, counts) -> {
            SortedMap<String, Long> sums = new TreeMap<>();
            counts.forEach((status, count) -> sums.put(status, count.sum()));
            all.put(kind.name(), sums);
        });
        return all;
    }

    /** In milliseconds, of well-behaved clients, ascending. */
    double[] latencies() {
        return latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    long faultsOfWellBehaved() {
        return statuses.getOrDefault(Kind.WELL_BEHAVED, Map.of()).entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("2"))
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    private void live(Kind kind, int client, Random random) {
        try {
            // not all at once
            Thread.sleep(random.nextLong(think.toMillis() + 1));
            while (!ended) {
                String status;
                try {
                    status = once(kind, client, random);
                } catch (IOException broken) {
                    status = kind == Kind.WELL_BEHAVED
                            ? "no answer: " + broken.getClass().getSimpleName()
                            : "cut off";
                }
                statuses.computeIfAbsent(kind, _ -> new ConcurrentHashMap<>())
                        .computeIfAbsent(status, _ -> new LongAdder())
                        .increment();
                Thread.sleep(
                        kind == Kind.WELL_BEHAVED
                                ? random.nextLong(think.toMillis() * 2 + 1)
                                : hostileThink.toMillis());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String once(Kind kind, int client, Random random) throws IOException, InterruptedException {
        return switch (kind) {
            case WELL_BEHAVED -> {
                long begun = System.nanoTime();
                String status = get(
                        QUESTIONS.get(random.nextInt(QUESTIONS.size())),
                        Optional.of(tokens.get(client / 2 % tokens.size())),
                        "192.0.2." + (1 + client / 2 % 250));
                latencies.add((System.nanoTime() - begun) / 1e6);
                yield status;
            }
            case WITHOUT_TOKEN ->
                get(QUESTIONS.get(random.nextInt(QUESTIONS.size() - 1)), Optional.empty(), address(kind));
            case MALFORMED -> malformed(random);
            case OVERSIZED -> oversized(random);
            case SLOW_HEADERS -> trickle("GET /health/live HTTP/1.1\r\nHost: server\r\nX-Slow: ");
            case SLOW_BODY ->
                trickle(head(kind, "POST", "/api/v1/maps/check") + "Content-Type: application/json\r\n"
                        + "Content-Length: 1000000\r\n\r\n{\"yaml\": \"");
            case SLOW_READER -> slowReader();
        };
    }

    /** All hostile clients of a kind call from one machine, each other from its own; a TLS proxy would say so. */
    private static String address(Kind kind) {
        return "198.51.100." + kind.machine;
    }

    private String get(String path, Optional<String> token, String from) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path))
                .timeout(PATIENCE)
                .header("X-Forwarded-For", from);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return Integer.toString(http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode());
    }

    private String head(Kind kind, String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: server\r\nX-Forwarded-For: " + address(kind)
                + "\r\nAuthorization: Bearer " + stolen + "\r\n";
    }

    private Socket connect() throws IOException {
        URI address = server.address();
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private String malformed(Random random) throws IOException {
        String request = switch (random.nextInt(5)) {
            case 0 -> "\u0016\u0003\u0001\u0000 this is no HTTP\r\n\r\n";
            case 1 -> "GET /api/v1/assets?query=%zz HTTP/1.1\r\nHost: server\r\n\r\n";
            case 2 -> head(Kind.MALFORMED, "GET", "/api/v1/findings?query=" + "%28".repeat(200)) + "\r\n";
            case 3 ->
                head(Kind.MALFORMED, "POST", "/api/v1/maps/check")
                        + "Content-Type: application/json\r\nContent-Length: 3000\r\n\r\n" + "[".repeat(3_000);
            default ->
                head(Kind.MALFORMED, "POST", "/api/v1/users")
                        + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}";
        };
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return status(socket.getInputStream());
        }
    }

    private String oversized(Random random) throws IOException {
        boolean told = random.nextBoolean();
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write((head(Kind.OVERSIZED, "POST", "/api/v1/configuration/comparison")
                            + "Content-Type: application/json\r\n"
                            + (told ? "Content-Length: 100000000\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"))
                    .getBytes(StandardCharsets.ISO_8859_1));
            byte[] megabyte = "{\"a\":[],".repeat(1 << 17).getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < 100 && socket.getInputStream().available() == 0; i++) {
                if (!told) {
                    out.write((Integer.toHexString(megabyte.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                out.write(megabyte);
                if (!told) {
                    out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            return status(socket.getInputStream());
        }
    }

    /** Sends a byte a second until the server has enough of it. */
    private String trickle(String beginning) throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.ISO_8859_1));
            while (!ended) {
                out.write('x');
                out.flush();
                if (socket.getInputStream().available() > 0) {
                    return status(socket.getInputStream());
                }
                Thread.sleep(TICK);
            }
            return "held to the end";
        }
    }

    /** Asks for everything and takes 100 bytes of it a second. */
    private String slowReader() throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            socket.setReceiveBufferSize(4_096);
            socket.getOutputStream()
                    .write((head(Kind.SLOW_READER, "GET", "/api/v1/findings/export?format=json") + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String status = status(socket.getInputStream());
            while (!ended && status.equals("200")) {
                if (socket.getInputStream().readNBytes(100).length < 100) {
                    return "cut off";
                }
                Thread.sleep(TICK);
            }
            return status;
        }
    }

    private static String status(InputStream in) throws IOException {
        String line = new String(in.readNBytes(12), StandardCharsets.ISO_8859_1);
        if (line.isEmpty()) {
            return "cut off";
        }
        return line.length() == 12 ? line.substring(9) : line;
    }
}
