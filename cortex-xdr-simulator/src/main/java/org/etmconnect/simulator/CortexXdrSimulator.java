// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import org.etmconnect.simulator.population.Population;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A stand-in Cortex XDR tenant: a real HTTP server with a made-up fleet behind it. It runs from {@link #start} to
 * {@link #close}. Safe for use by several threads.
 *
 * <p>It answers as the Cortex XDR API reference says: {@code /public_api/v1/endpoints/get_endpoint} and {@code get_endpoints},
 * {@code /public_api/v1/xql/start_xql_query}, {@code get_query_results}, {@code get_query_results_stream} and
 * {@code get_quota}, {@code /public_api/v1/system/get_tenant_info}, {@code /public_api/v1/healthcheck}, and
 * {@code /api_keys/validate}.
 *
 * <p>Clients on the same machine steer it under {@code /simulator}, without a key: {@code GET truth?day=N} (the truth for somebody who
 * looked on the days 0 to N), {@code GET truth?days=0,2,2} (or on these), {@code &dismissed=left-out} (without CVEs that the tenant
 * dismissed), {@code GET day}, {@code POST day} with {@code {"day":1}}, {@code POST faults} with {@code {"faults":["get_endpoint@3:429"]}},
 * {@code DELETE faults}, {@code GET requests}.
 */
public final class CortexXdrSimulator implements AutoCloseable {

    private static final Logger LOG = System.getLogger(CortexXdrSimulator.class.getName());
    private static final int LARGEST_BODY = 1 << 20;

    private final SimulatorSettings settings;
    private final Population population;
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Gatekeeper gatekeeper;
    private final Throttle throttle;
    private final FaultBook faultBook = new FaultBook();
    private final EndpointCalls endpointCalls = new EndpointCalls(mapper);
    private final XqlCalls xqlCalls;
    private final ControlCalls controlCalls = new ControlCalls(this);
    private final Map<String, Long> byCall = new TreeMap<>();
    private final Map<Integer, Long> byStatus = new HashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile TenantDay today;

    private CortexXdrSimulator(SimulatorSettings settings) throws IOException {
        this.settings = settings;
        this.population = Population.of(settings.population());
        this.today = new TenantDay(population.day(settings.day()));
        this.gatekeeper = new Gatekeeper(settings.keys(), settings.clock());
        this.throttle = new Throttle(settings.requestsPerSecond());
        this.xqlCalls = new XqlCalls(settings, mapper);
        settings.faults().forEach(faultBook::inject);
        // The JDK's server writes head and body apart; with Nagle's algorithm each answer would take 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
        if (settings.tls().isPresent()) {
            HttpsServer https = HttpsServer.create(address, 256);
            https.setHttpsConfigurator(new HttpsConfigurator(settings.tls().get()));
            this.server = https;
        } else {
            this.server = HttpServer.create(address, 256);
        }
        server.createContext("/", this::serve);
        server.setExecutor(threads);
    }

    /**
     * Starts a tenant.
     *
     * @throws UncheckedIOException if it cannot listen at that address and port
     */
    public static CortexXdrSimulator start(SimulatorSettings settings) {
        try {
            CortexXdrSimulator simulator = new CortexXdrSimulator(settings);
            simulator.server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The simulated tenant cannot listen at " + settings.host() + ":" + settings.port()
                            + ": another program may use the port; choose another one, or 0 for any free one",
                    e);
        }
    }

    /** Where the tenant answers, without a path and without a slash at the end. */
    public URI baseUrl() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create((settings.tls().isPresent() ? "https" : "http") + "://" + host + ":"
                + server.getAddress().getPort());
    }

    /** The fleet behind the tenant. */
    public Population population() {
        return population;
    }

    /** The day the tenant is on. */
    public int day() {
        return today.day().number();
    }

    /**
     * Moves to another day, later or earlier. Queries that were started before go on showing the day they started on.
     *
     * @param day 0 to {@link Population#LAST_DAY}, else {@link IllegalArgumentException}
     */
    public void moveToDay(int day) {
        today = new TenantDay(population.day(day));
    }

    /** Adds a fault script; its count of requests starts now. */
    public void inject(FaultScript script) {
        faultBook.inject(script);
    }

    /** Adds a fault script written as text, e.g. {@code get_endpoint@3:429}; see {@link FaultScript#SYNTAX}. */
    public void inject(String script) {
        inject(FaultScript.parse(script));
    }

    /** Takes all fault scripts away. */
    public void clearFaults() {
        faultBook.clear();
    }

    /** What has been asked so far. */
    public RequestCounts requests() {
        synchronized (byCall) {
            return new RequestCounts(
                    byCall.values().stream().mapToLong(Long::longValue).sum(), byCall, byStatus, throttle.peak());
        }
    }

    /** Stops at once; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        while (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        String call = path.substring(path.lastIndexOf('/') + 1);
        boolean ofControl = path.startsWith("/simulator/");
        IntConsumer count = ofControl ? _ -> {} : status -> count(call, status);
        Answer answer = new Answer(exchange, mapper, count);
        try {
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY);
            if (ofControl) {
                control(exchange, call, body, answer);
            } else {
                answer(exchange, path, call, body, answer);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, () -> "The answer to " + call + " was cut off", e);
            if (answer.status() == 0) {
                tryToSay(answer, e);
            }
        } finally {
            if (answer.status() == 0) {
                count.accept(0);
            }
            if (!answer.isDropped()) {
                exchange.close();
            }
        }
        if (answer.isDropped()) {
            // Closing the exchange would end the body in good order; an exception makes the server cut the connection.
            throw new IOException("Cut off, as a fault script wants it");
        }
    }

    private void count(String call, int status) {
        synchronized (byCall) {
            byCall.merge(call, 1L, Long::sum);
            byStatus.merge(status, 1L, Long::sum);
        }
    }

    private static void tryToSay(Answer answer, Exception fault) {
        try {
            answer.text(500, "The simulator failed: " + fault);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The client is gone", e);
        }
    }

    private void control(HttpExchange exchange, String call, byte[] body, Answer answer) throws IOException {
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            answer.json(403, Map.of("error", "/simulator answers only to clients on the same machine"));
            return;
        }
        JsonNode json;
        try {
            json = mapper.readTree(body);
        } catch (JacksonException e) {
            answer.json(400, Map.of("error", "The body is no JSON"));
            return;
        }
        String query = exchange.getRequestURI().getQuery();
        controlCalls.handle(exchange.getRequestMethod(), call, query == null ? "" : query, json, answer);
    }

    private void answer(HttpExchange exchange, String path, String call, byte[] body, Answer answer)
            throws IOException, InterruptedException {
        FaultBook.Struck faults = faultBook.strike(call);
        Fault.Slow slow = faults.first(Fault.Slow.class).orElse(null);
        if (slow != null) {
            Thread.sleep(slow.delay());
        }
        if (!settings.latency().isZero()) {
            Thread.sleep(settings.latency());
        }
        if (misbehaved(faults, answer)) {
            return;
        }
        if (!throttle.admits(System.nanoTime())) {
            answer.error(429, "Too many requests.", null);
            return;
        }
        switch (gatekeeper.judge(exchange.getRequestHeaders())) {
            case UNKNOWN -> answer.error(401, "Public API request unauthorized", null);
            case NOT_PERMITTED -> answer.error(403, "Insufficient permissions for api key", null);
            case PASSES -> dispatch(exchange.getRequestMethod(), path, body, faults, answer);
        }
    }

    private static boolean misbehaved(FaultBook.Struck faults, Answer answer) throws IOException {
        for (Fault fault : faults.faults()) {
            switch (fault) {
                case Fault.TooManyRequests f when f.plainText() -> answer.text(429, "Too many requests.");
                case Fault.TooManyRequests _ -> answer.error(429, "Too many requests.", null);
                case Fault.ServerErrorText _ -> answer.text(500, "Internal Server Error");
                case Fault.Unavailable _ -> answer.text(503, "upstream connect error or disconnect before headers");
                case Fault.ErrorInSuccess f ->
                    answer.json(
                            200, Answer.envelope(f.code(), "An error occurred while processing XDR public API", null));
                case Fault.ConnectionReset _ -> answer.drop();
                case Fault.Slow _,
                        Fault.TruncatedStream _,
                        Fault.BrokenStream _,
                        Fault.MalformedLine _,
                        Fault.NullList _,
                        Fault.Reshaped _,
                        Fault.NoTotalCount _,
                        Fault.NullTotalCount _,
                        Fault.LyingTotalCount _,
                        Fault.ShiftingPages _,
                        Fault.EmptyDatasets _,
                        Fault.DatesAsText _,
                        Fault.NumbersAsText _,
                        Fault.QueryFails _,
                        Fault.QuotaExceeded _,
                        Fault.ParallelLimit _ -> {
                    continue;
                }
            }
            return true;
        }
        return false;
    }

    private void dispatch(String method, String path, byte[] body, FaultBook.Struck faults, Answer answer)
            throws IOException {
        if (path.equals("/public_api/v1/healthcheck") && method.equals("GET")) {
            answer.json(200, Map.of("status", "available"));
            return;
        }
        JsonNode json;
        try {
            json = mapper.readTree(body);
        } catch (JacksonException e) {
            answer.error(400, "Bad Request. Got an invalid JSON.", null);
            return;
        }
        if (!json.isObject()) {
            answer.error(400, "Bad Request. Got an invalid JSON.", null);
            return;
        }
        TenantDay tenant = today;
        switch (method + " " + path) {
            case "POST /public_api/v1/endpoints/get_endpoint" ->
                endpointCalls.getEndpoint(tenant, faultBook.hiddenHosts(), json, faults, answer);
            case "POST /public_api/v1/endpoints/get_endpoints" ->
                endpointCalls.getEndpoints(tenant, faultBook.hiddenHosts(), faults, answer);
            case "POST /public_api/v1/system/get_tenant_info" -> answer.reply(tenantInfo());
            case "POST /api_keys/validate" -> answer.json(200, true);
            case "POST /public_api/v1/xql/start_xql_query" -> {
                if (isLicensed(answer)) {
                    xqlCalls.start(tenant, json, faults, answer);
                }
            }
            case "POST /public_api/v1/xql/get_query_results" -> {
                if (isLicensed(answer)) {
                    xqlCalls.results(json, faults, answer);
                }
            }
            case "POST /public_api/v1/xql/get_query_results_stream" -> {
                if (isLicensed(answer)) {
                    xqlCalls.stream(json, faults, answer);
                }
            }
            case "POST /public_api/v1/xql/get_quota" -> {
                if (isLicensed(answer)) {
                    xqlCalls.quota(answer);
                }
            }
            default -> answer.error(404, "The requested URL was not found on the server", null);
        }
    }

    private boolean isLicensed(Answer answer) throws IOException {
        boolean licensed = settings.hostInsights() != HostInsights.NOT_LICENSED;
        if (!licensed) {
            answer.error(402, "No license for this operation", null);
        }
        return licensed;
    }

    private Map<String, Object> tenantInfo() {
        boolean purchased = settings.hostInsights() != HostInsights.NOT_LICENSED;
        Map<String, Object> info = new LinkedHashMap<>();
        info.put(
                "purchased_pro_per_endpoint",
                Map.of("agents", population.settings().endpoints()));
        info.put("purchased_host_insights", purchased ? population.settings().endpoints() : 0);
        info.put(
                "enabled_host_insights",
                settings.hostInsights() == HostInsights.ENABLED ? today.day().endpointCount() : 0);
        info.put("host_insights_expiration", purchased ? "Nov 8th 2027 07:59:59" : (Object) 0);
        return info;
    }
}
