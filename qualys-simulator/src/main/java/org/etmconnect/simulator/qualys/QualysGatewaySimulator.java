// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.etmconnect.simulator.qualys.GatewayFault.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A stand-in gateway of a Qualys subscription: a real HTTP server that signs in, takes assets and findings, and shows what
 * it holds. It runs from {@link #start} to {@link #close}. Safe for use by several threads.
 *
 * <p>It answers {@code POST /auth} (user and password, or client id and secret at {@code /auth/oauth}),
 * {@code POST /rest/2.0/am/connector/asset/data/sync}, and reports of findings under {@code /etm/api/rest/v1/reports}. Clients on the same machine look and steer under
 * {@code /simulator}: {@code GET assets}, {@code GET requests}, {@code POST faults} with
 * {@code {"faults":["sync@3:429"]}}, {@code DELETE faults}.
 */
public final class QualysGatewaySimulator implements AutoCloseable {

    private static final int LARGEST_BODY = 32 << 20;
    private static final String SYNC = "/rest/2.0/am/connector/asset/data/sync";
    private static final String REPORTS = "/etm/api/rest/v1/reports/";

    private final GatewaySettings settings;
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FaultList faults = new FaultList();
    private final Holdings holdings = new Holdings();
    private final FindingReports reports = new FindingReports();
    private final Map<String, Long> tokens = new ConcurrentHashMap<>();
    private final Deque<Long> calls = new ArrayDeque<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private final Map<String, Long> counts = new TreeMap<>();

    private QualysGatewaySimulator(GatewaySettings settings) throws IOException {
        this.settings = settings;
        settings.faults().forEach(faults::inject);
        // The JDK's server writes head and body apart; with Nagle's algorithm each answer would take 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()), 256);
        server.createContext("/", this::serve);
        server.setExecutor(threads);
    }

    /**
     * Starts a gateway.
     *
     * @throws UncheckedIOException if it cannot listen at that address and port
     */
    public static QualysGatewaySimulator start(GatewaySettings settings) {
        try {
            QualysGatewaySimulator simulator = new QualysGatewaySimulator(settings);
            simulator.server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The simulated gateway cannot listen at " + settings.host() + ":" + settings.port()
                            + ": another program may use the port; choose another one, or 0 for any free one",
                    e);
        }
    }

    /** Where it answers, without a path and without a slash at the end. */
    public URI baseUrl() {
        return URI.create(
                "http://" + settings.host() + ":" + server.getAddress().getPort());
    }

    /** What it was made from. */
    public GatewaySettings settings() {
        return settings;
    }

    /** All that was received, by source native key; a copy. */
    public SortedMap<String, ReceivedAsset> assets() {
        return holdings.all();
    }

    /** Adds a fault, e.g. {@code sync@3:429}; see {@link GatewayFault#SYNTAX}. */
    public void inject(String fault) {
        faults.inject(GatewayFault.parse(fault));
    }

    /** Takes all faults away. */
    public void clearFaults() {
        faults.clear();
    }

    /** How many requests have come for {@code auth}, {@code sync} or {@code report}. */
    public long requests(String call) {
        synchronized (counts) {
            return counts.getOrDefault(call, 0L);
        }
    }

    /** The most deliveries that were under way at once. */
    public int mostUnderWay() {
        return mostUnderWay.get();
    }

    /** Stops at once; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY);
        try {
            if (path.startsWith("/simulator/")) {
                control(exchange, path.substring("/simulator/".length()), body);
                return;
            }
            String call = path.startsWith("/auth")
                    ? "auth"
                    : path.equals(SYNC) ? "sync" : path.startsWith(REPORTS) ? "report" : "other";
            synchronized (counts) {
                counts.merge(call, 1L, Long::sum);
            }
            answer(exchange, path, call, body);
        } catch (CutOff cut) {
            // Closing the exchange would end the answer in good order; an exception makes the server cut the
            // connection.
            throw cut;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fault) {
            text(exchange, 500, "The simulator failed: " + fault);
        }
        exchange.close();
    }

    /** The client gets no answer. */
    private static final class CutOff extends IOException {
        private static final long serialVersionUID = 1L;

        CutOff() {
            super("Cut off, as a fault wants it");
        }
    }

    private void answer(HttpExchange exchange, String path, String call, byte[] body)
            throws IOException, InterruptedException {
        List<GatewayFault> struck = faults.strike(call);
        var slow = FaultList.find(struck, Kind.SLOW);
        if (slow.isPresent()) {
            Thread.sleep(slow.get().value());
        }
        if (settings.kind() == GatewaySettings.Kind.API_HOST) {
            html(exchange, 404, "<html><title>404 Not Found</title><h1>Not Found</h1></html>");
            return;
        }
        for (GatewayFault fault : struck) {
            switch (fault.kind()) {
                case TOO_MANY -> {
                    tooMany(exchange, fault.value());
                    return;
                }
                case SERVER_ERROR -> {
                    html(exchange, 500, "<html><h1>Internal Server Error</h1></html>");
                    return;
                }
                case UNAVAILABLE -> {
                    text(exchange, 503, "upstream connect error or disconnect before headers");
                    return;
                }
                case RESET -> throw new CutOff();
                case TOKENS_REVOKED -> tokens.clear();
                case ANSWER_LOST, SLOW, PARTLY, PARTLY_AS_LIST, PARTLY_IN_200, GARBAGE -> {}
            }
        }
        if (call.equals("report")) {
            report(exchange, path.substring(REPORTS.length()), body);
            return;
        }
        switch (exchange.getRequestMethod() + " " + path) {
            case "POST /auth", "POST /auth/oauth" -> signIn(exchange, path, body);
            case "POST " + SYNC -> sync(exchange, body, struck);
            default -> json(exchange, 404, Map.of("message", "No such resource"));
        }
    }

    private void signIn(HttpExchange exchange, String path, byte[] body) throws IOException {
        Map<String, String> form = form(body);
        boolean known = path.equals("/auth")
                ? settings.user().equals(form.get("username"))
                        && settings.password().equals(form.get("password"))
                        && "true".equals(form.get("token"))
                : settings.clientId().equals(form.get("client_id"))
                        && settings.clientSecret().equals(form.get("client_secret"));
        if (!known) {
            text(exchange, 401, "Invalid credentials");
            return;
        }
        String token = "eyJ." + UUID.randomUUID() + ".sig";
        tokens.put(token, System.nanoTime() + settings.tokenLife().toNanos());
        if (path.equals("/auth")) {
            text(exchange, 201, token);
        } else {
            json(exchange, 200, Map.of("access_token", token, "token_type", "Bearer"));
        }
    }

    private static Map<String, String> form(byte[] body) {
        Map<String, String> form = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    private void report(HttpExchange exchange, String name, byte[] body) throws IOException {
        if (!isSignedIn(exchange)) {
            return;
        }
        if (!settings.etm()) {
            json(exchange, 403, Map.of("message", "Subscription for module ETM is not active"));
            return;
        }
        if (name.equals("findings")) {
            var id = reports.ask(mapper.readTree(body).path("findingsQql").asString(""), holdings.all());
            if (id.isPresent()) {
                json(exchange, 201, Map.of("id", id.get()));
            } else {
                json(exchange, 400, Map.of("message", "Invalid QQL token"));
            }
        } else if (name.endsWith("/download")) {
            byte[] zip = reports.download(name.substring(0, name.indexOf('/'))).orElse(new byte[0]);
            exchange.getResponseHeaders().set("Content-Type", "application/zip");
            exchange.sendResponseHeaders(zip.length == 0 ? 404 : 200, zip.length == 0 ? -1 : zip.length);
            exchange.getResponseBody().write(zip);
        } else {
            var status = reports.status(name);
            json(exchange, status.isPresent() ? 200 : 404, Map.of("id", name, "status", status.orElse("")));
        }
    }

    private boolean isSignedIn(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        Long until = tokens.get(authorization == null ? "" : authorization.replaceFirst("^Bearer ", ""));
        if (until == null || System.nanoTime() > until) {
            json(exchange, 401, Map.of("message", "Unauthorized: the token is invalid or expired"));
            return false;
        }
        return true;
    }

    private void sync(HttpExchange exchange, byte[] body, List<GatewayFault> struck)
            throws IOException, InterruptedException {
        int now = underWay.incrementAndGet();
        try {
            mostUnderWay.accumulateAndGet(now, Math::max);
            if (now > settings.parallelCalls()) {
                exchange.getResponseHeaders().set("X-Concurrency-Limit-Limit", "" + settings.parallelCalls());
                exchange.getResponseHeaders().set("X-Concurrency-Limit-Running", "" + now);
                tooMany(exchange, 1);
                return;
            }
            if (!isSignedIn(exchange)) {
                return;
            }
            if (!withinRate(exchange)) {
                return;
            }
            if (!settings.permitted()) {
                json(exchange, 403, Map.of("message", "User is not authorized to access this API"));
                return;
            }
            if (!settings.csam()) {
                json(exchange, 403, Map.of("message", "Subscription for module CSAM is not active"));
                return;
            }
            take(exchange, body, struck);
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** Lets the call through and says how many are left, or says how long to wait. */
    private boolean withinRate(HttpExchange exchange) throws IOException {
        if (settings.callsPerWindow() == 0) {
            return true;
        }
        long now = System.nanoTime();
        long window = settings.window().toNanos();
        int remaining;
        long wait;
        synchronized (calls) {
            while (!calls.isEmpty() && now - calls.getFirst() >= window) {
                calls.removeFirst();
            }
            boolean within = calls.size() < settings.callsPerWindow();
            wait = within ? 0 : window - (now - calls.getFirst());
            if (within) {
                calls.addLast(now);
            }
            remaining = settings.callsPerWindow() - calls.size();
        }
        exchange.getResponseHeaders().set("X-RateLimit-Limit", "" + settings.callsPerWindow());
        exchange.getResponseHeaders()
                .set("X-RateLimit-Window-Sec", "" + settings.window().toSeconds());
        exchange.getResponseHeaders().set("X-RateLimit-Remaining", "" + remaining);
        if (wait > 0) {
            tooMany(exchange, (int) ((wait + 999_999_999L) / 1_000_000_000L));
        }
        return wait == 0;
    }

    private void tooMany(HttpExchange exchange, int seconds) throws IOException {
        exchange.getResponseHeaders().set("X-RateLimit-ToWait-Sec", "" + seconds);
        json(exchange, 429, Map.of("message", "Too many requests"));
    }

    private void take(HttpExchange exchange, byte[] body, List<GatewayFault> struck) throws IOException {
        JsonNode request;
        try {
            request = mapper.readTree(body);
        } catch (JacksonException e) {
            json(exchange, 400, Map.of("message", "Request body is not valid JSON"));
            return;
        }
        if (!settings.connectorUuid()
                .equals(request.path("connectorMetaData").path("connectorUuid").asString(""))) {
            json(exchange, 400, Map.of("message", "Invalid connectorUuid: no such connector"));
            return;
        }
        List<JsonNode> assets = new ArrayList<>(request.path("assetData").values());
        if (assets.isEmpty() || assets.size() > settings.mostAssets()) {
            json(
                    exchange,
                    assets.isEmpty() ? 400 : 413,
                    Map.of("message", "assetData must hold 1 to " + settings.mostAssets() + " assets"));
            return;
        }
        int spoiled = struck.stream()
                .filter(fault -> switch (fault.kind()) {
                    case PARTLY, PARTLY_AS_LIST, PARTLY_IN_200 -> true;
                    default -> false;
                })
                .mapToInt(GatewayFault::value)
                .sum();
        Map<String, String> errors = new LinkedHashMap<>();
        for (int index = 0; index < assets.size(); index++) {
            JsonNode asset = assets.get(index);
            String why = index >= assets.size() - spoiled
                    ? "Asset could not be processed"
                    : holdings.take(asset, settings.etm());
            if (!why.isEmpty()) {
                errors.put(
                        asset.path("identityAttributes").path("sourceNativeKey").asString("#" + index), why);
            }
        }
        if (FaultList.find(struck, Kind.ANSWER_LOST).isPresent()) {
            throw new CutOff();
        }
        if (FaultList.find(struck, Kind.GARBAGE).isPresent()) {
            html(exchange, 200, "<html>Service OK</html>");
            return;
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "message",
                errors.isEmpty()
                        ? "All assets are submitted for processing. They are displayed in the inventory after"
                                + " processing is completed successfully."
                        : "Some assets could not be submitted");
        answer.put("responseCode", errors.isEmpty() ? "SUCCESSFULLY_PUBLISHED" : "PARTIALLY_PUBLISHED");
        if (FaultList.find(struck, Kind.PARTLY_AS_LIST).isPresent()) {
            answer.put(
                    "assetsError",
                    Map.of(
                            "failed",
                            errors.entrySet().stream()
                                    .map(entry ->
                                            Map.of("sourceNativeKey", entry.getKey(), "errorMessage", entry.getValue()))
                                    .toList()));
        } else {
            answer.put("assetsError", errors);
        }
        boolean hidden = FaultList.find(struck, Kind.PARTLY_IN_200).isPresent();
        json(exchange, errors.isEmpty() || hidden ? 200 : 207, answer);
    }

    private void control(HttpExchange exchange, String call, byte[] body) throws IOException {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            json(exchange, 403, Map.of("error", "/simulator answers only to clients on the same machine"));
            return;
        }
        try {
            switch (exchange.getRequestMethod() + " " + call) {
                case "GET assets" -> json(exchange, 200, holdings.all());
                case "GET requests" -> {
                    synchronized (counts) {
                        json(exchange, 200, Map.copyOf(counts));
                    }
                }
                case "POST faults" -> {
                    List<GatewayFault> scripts = mapper.readTree(body)
                            .path("faults")
                            .valueStream()
                            .map(node -> GatewayFault.parse(node.asString("")))
                            .toList();
                    scripts.forEach(faults::inject);
                    json(exchange, 200, Map.of("injected", scripts.size()));
                }
                case "DELETE faults" -> {
                    faults.clear();
                    json(exchange, 200, Map.of("injected", 0));
                }
                default ->
                    json(exchange, 404, Map.of("error", "There is GET assets, GET requests, POST and DELETE faults"));
            }
        } catch (IllegalArgumentException | JacksonException e) {
            json(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private void json(HttpExchange exchange, int status, Object value) throws IOException {
        bytes(exchange, status, "application/json", mapper.writeValueAsBytes(value));
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        bytes(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void html(HttpExchange exchange, int status, String text) throws IOException {
        bytes(exchange, status, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
