// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.NetworkOptions.Proxy;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class TenantClientTest {

    private static final String KEY = "key-that-must-not-be-seen";
    private static final String STORE_PASSWORD = "changeit";
    private static final String GOOD = "{\"reply\":{\"endpoints\":[]}}";

    private final List<String> observed = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final FakeTime time = new FakeTime();
    private HttpServer server;
    private ExecutorService threads;
    private volatile Handler handler = (exchange, number) -> send(exchange, 200, GOOD);

    @FunctionalInterface
    private interface Handler {
        void handle(HttpExchange exchange, int number) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            handler.handle(exchange, requests.incrementAndGet());
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private TenantClient client(URI url, SecurityLevel level, NetworkOptions network, Time clock) {
        FetchObserver observer = new FetchObserver() {
            @Override
            public void apiCall(String call) {
                observed.add("call " + call);
            }

            @Override
            public void throttled(String call) {
                observed.add("throttled " + call);
            }

            @Override
            public void expectedRows(String stream, long rows) {}

            @Override
            public void warning(String message) {}
        };
        return new TenantClient(
                url,
                new Credentials(Secret.of(KEY), "7", level),
                network,
                new RequestBudget(1_000, clock),
                RetryRules.patient(),
                observer,
                clock,
                TenantJson.streamed());
    }

    private static NetworkOptions network(Duration timeout) {
        return new NetworkOptions(Optional.empty(), Optional.empty(), Duration.ofSeconds(2), timeout, 100, 4, true);
    }

    private Result<JsonNode> call(SecurityLevel level) throws InterruptedException {
        try (TenantClient client = client(url(), level, network(Duration.ofSeconds(5)), time)) {
            return client.json(ApiCall.GET_ENDPOINT, "{}");
        }
    }

    private Fault fault() throws InterruptedException {
        return ((Result.Failed<JsonNode>) call(SecurityLevel.STANDARD)).fault();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"reply\":{\"err_code\":400,\"err_msg\":\"Bad JSON\"}}|INTERNAL|1",
                "401|{\"reply\":{\"err_code\":401,\"err_msg\":\"Public API request"
                        + " unauthorized\",\"err_extra\":null}}|AUTHENTICATION|1",
                "402|{\"reply\":{\"err_code\":\"402\",\"err_msg\":\"No licence\"}}|LICENCE|1",
                "403|{\"reply\":{\"err_code\":403,\"err_msg\":\"Insufficient permissions for api key\"}}|PERMISSION|2",
                "404|<html>not here</html>|CONFIGURATION|1",
                "302|moved|CONFIGURATION|1",
                "429|Too many requests.|RATE_LIMITED|9",
                "500|Internal Server Error|REMOTE_UNAVAILABLE|6",
                "500|{\"err_code\":500,\"err_msg\":\"Connection reset by peer\"}|REMOTE_UNAVAILABLE|6",
                "500|{\"reply\":{\"err_code\":500,\"err_msg\":\"x\",\"err_extra\":\"No identity threat\"}}|LICENCE|1",
                "500|{\"reply\":{\"err_code\":500,\"err_extra\":{\"parse_err\":{\"line\":1,\"column\":9}},\"err_msg\":\"x\"}}|INTERNAL|1",
                "500|{\"reply\":{\"err_code\":500,\"err_msg\":\"x\",\"err_extra\":{\"err_msg\":\"query usage exceeded"
                        + " max daily quota\"}}}|QUOTA_EXCEEDED|1",
                "500|{\"reply\":{\"err_code\":500,\"err_msg\":\"maximum allowed number of parallel running queries has"
                        + " been reached\"}}|RATE_LIMITED|41",
                "503|busy|REMOTE_UNAVAILABLE|9",
                "200|{\"reply\":{\"err_code\":500,\"err_msg\":\"Internal server error\"}}|REMOTE_UNAVAILABLE|6",
                "200|{\"reply\":{\"err_code\":\"403\",\"err_msg\":\"no\"}}|PERMISSION|2",
                "200|{\"err_msg\":\"odd\",\"metadata\":{}}|REMOTE_UNAVAILABLE|6",
                "200|{\"errorCode\":401,\"message\":\"odd\"}|AUTHENTICATION|1",
                "200|{\"data\":{\"err_msg\":\"odd\"}}|REMOTE_UNAVAILABLE|6",
                "200|<html>log in</html>|BAD_DATA|3",
                "200||BAD_DATA|3",
                "200|[1]|BAD_DATA|3",
            })
    void everyFaultIsToldApartAndTriedAgainAsItDeserves(int status, String body, FailureKind kind, int tries)
            throws InterruptedException {
        handler = (exchange, number) -> send(exchange, status, body == null ? "" : body);
        Fault fault = fault();
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(requests).hasValue(tries);
        assertThat(observed.stream().filter(seen -> seen.startsWith("call"))).hasSize(tries);
        assertThat(fault.message()).isNotBlank();
        assertThat(fault.fix()).isNotBlank();
    }

    @Test
    void waitsGrowWithEachTryAndStayBelowAMinute() throws InterruptedException {
        handler = (exchange, number) -> send(exchange, 503, "busy");
        fault();
        List<Duration> waits =
                time.waits.stream().filter(wait -> wait.toMillis() > 100).toList();
        assertThat(waits).hasSize(8);
        assertThat(waits.getLast()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        assertThat(waits.get(1)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void anAdvancedKeyIsSignedAgainOnceWhenItIsRefused() throws InterruptedException {
        List<String> nonces = new CopyOnWriteArrayList<>();
        handler = (exchange, number) -> {
            nonces.add(exchange.getRequestHeaders().getFirst("x-xdr-nonce"));
            send(exchange, number == 1 ? 401 : 200, number == 1 ? "{}" : GOOD);
        };
        assertThat(call(SecurityLevel.ADVANCED)).isInstanceOf(Result.Ok.class);
        assertThat(nonces).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aRefusalForHasteIsReportedAndTheCallGoesOn() throws InterruptedException {
        handler =
                (exchange, number) -> send(exchange, number < 3 ? 429 : 200, number < 3 ? "Too many requests." : GOOD);
        assertThat(call(SecurityLevel.STANDARD)).isInstanceOf(Result.Ok.class);
        assertThat(observed.stream().filter(seen -> seen.startsWith("throttled")))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3", "4"})
    void gzipIsUndoneHoweverOftenItWasDone(int layers) throws InterruptedException {
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < layers; i++) {
            body = gzip(body);
        }
        byte[] packed = body;
        handler = (exchange, number) -> send(exchange, 200, packed);
        assertThat(call(SecurityLevel.STANDARD)).isInstanceOf(Result.Ok.class);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void anAnswerThatUnpacksToAMultipleOfWhatWasSentIsNotUnpacked(int layers) throws InterruptedException {
        byte[] body = ("{\"reply\":{\"endpoints\":[" + " ".repeat(40 << 20) + "]}}").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < layers; i++) {
            body = gzip(body);
        }
        byte[] packed = body;
        handler = (exchange, number) -> send(exchange, 200, packed);

        Fault fault = ((Result.Failed<JsonNode>) call(SecurityLevel.STANDARD)).fault();

        assertThat(fault.cause()).isEqualTo(FaultCause.UNREADABLE);
        assertThat(fault.message()).contains("unpacks to more than 250 times its size");
    }

    @ParameterizedTest
    @CsvSource({"[, 200", "'{},', 1000001"})
    void anAnswerThatWouldFillTheMemoryIsNotRead(String piece, int times) throws InterruptedException {
        handler = (exchange, number) -> send(exchange, 200, "{\"reply\":{\"endpoints\":[" + piece.repeat(times));

        Fault fault = ((Result.Failed<JsonNode>) call(SecurityLevel.STANDARD)).fault();

        assertThat(fault.cause()).isEqualTo(FaultCause.UNREADABLE);
        assertThat(fault.message()).contains("larger than an answer is");
    }

    @Test
    void anAnswerInTooManyLayersOfGzipIsNotRead() throws InterruptedException {
        byte[] body = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int layer = 0; layer < 5; layer++) {
            body = gzip(body);
        }
        byte[] packed = body;
        handler = (exchange, number) -> send(exchange, 200, packed);

        assertThat(call(SecurityLevel.STANDARD)).isInstanceOf(Result.Failed.class);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    @Test
    void aBodyThatStallsEndsWithTheResponseTimeout() throws InterruptedException {
        handler = (exchange, number) -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        long from = System.nanoTime();
        try (TenantClient client = client(url(), SecurityLevel.STANDARD, network(Duration.ofMillis(150)), time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.TIMED_OUT);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void anUnknownHostIsNamed() throws InterruptedException {
        try (TenantClient client = client(
                URI.create("https://api-nobody.xdr.eu.invalid"),
                SecurityLevel.STANDARD,
                network(Duration.ofSeconds(1)),
                time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.UNKNOWN_HOST);
            assertThat(fault.text()).contains("api-nobody.xdr.eu.invalid").contains("api-<fqdn>");
        }
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (TenantClient client = client(
                URI.create("http://127.0.0.1:" + port), SecurityLevel.STANDARD, network(Duration.ofSeconds(1)), time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.UNREACHABLE);
        }
    }

    @Test
    void plainHttpWhereTlsIsExpectedIsATlsFault() throws Exception {
        try (ServerSocket plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n");
                TenantClient client = client(
                        URI.create("https://127.0.0.1:" + plain.getLocalPort()),
                        SecurityLevel.STANDARD,
                        network(Duration.ofSeconds(1)),
                        time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.TLS);
        }
    }

    @Test
    void aTenantWhoseCertificateIsUnknownOrAnotherHostsIsAskedNothing(@TempDir Path directory) throws Exception {
        KeyStore its = certificate(directory.resolve("its"), "ip:127.0.0.1");
        KeyStore anothers = certificate(directory.resolve("anothers"), "dns:another.example");

        assertThat(causeOverTls(its, Optional.empty())).contains(FaultCause.TLS);
        assertThat(causeOverTls(anothers, Optional.of(pem(anothers)))).contains(FaultCause.TLS);
        assertThat(requests).hasValue(0);
        assertThat(causeOverTls(its, Optional.of(pem(its)))).isEmpty();
    }

    /** Calls a tenant with this certificate; why it failed, if it did. */
    private Optional<FaultCause> causeOverTls(KeyStore certificate, Optional<String> trusted) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(certificate, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer tenant = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        tenant.setHttpsConfigurator(new HttpsConfigurator(context));
        tenant.setExecutor(threads);
        tenant.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            send(exchange, 200, GOOD);
        });
        tenant.start();
        NetworkOptions network = new NetworkOptions(
                Optional.empty(), trusted, Duration.ofSeconds(2), Duration.ofSeconds(5), 100, 4, false);
        try (TenantClient client = client(
                URI.create("https://127.0.0.1:" + tenant.getAddress().getPort()),
                SecurityLevel.STANDARD,
                network,
                time)) {
            return switch (client.json(ApiCall.GET_ENDPOINT, "{}")) {
                case Result.Ok<JsonNode> _ -> Optional.empty();
                case Result.Failed<JsonNode>(Fault fault) -> Optional.of(fault.cause());
            };
        } finally {
            tenant.stop(0);
        }
    }

    private static KeyStore certificate(Path file, String host) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "tenant",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=tenant",
                        "-ext",
                        "san=" + host,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        STORE_PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        return KeyStore.getInstance(file.toFile(), STORE_PASSWORD.toCharArray());
    }

    private static String pem(KeyStore store) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(store.getCertificate("tenant").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /** A server that says {@code answer} to whatever comes. */
    private ServerSocket answering(String answer) throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (true) {
                try (Socket caller = listening.accept()) {
                    if (caller.getInputStream().read() >= 0) {
                        caller.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                        caller.shutdownOutput();
                        caller.getInputStream().transferTo(OutputStream.nullOutputStream());
                    }
                }
            }
        });
        return listening;
    }

    private NetworkOptions throughProxy(Optional<String> user) {
        Proxy proxy = new Proxy(
                "127.0.0.1", server.getAddress().getPort(), user, user.map(name -> Secret.of("proxy-password")));
        return new NetworkOptions(
                Optional.of(proxy), Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(2), 100, 4, true);
    }

    @Test
    void aProxyThatAsksForAUserIsNamedAndGetsThePasswordIfThereIsOne() throws InterruptedException {
        handler = (exchange, number) -> {
            String sent = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
            if (sent == null) {
                exchange.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"office\"");
                send(exchange, 407, "");
            } else {
                send(exchange, 200, GOOD);
            }
        };
        URI tenant = URI.create("http://tenant.invalid");
        try (TenantClient client = client(tenant, SecurityLevel.STANDARD, throughProxy(Optional.empty()), time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.PROXY);
            assertThat(fault.message()).contains("user and password");
        }
        try (TenantClient client = client(tenant, SecurityLevel.STANDARD, throughProxy(Optional.of("mira")), time)) {
            assertThat(client.json(ApiCall.GET_ENDPOINT, "{}")).isInstanceOf(Result.Ok.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"403 Forbidden", "407 Proxy Authentication Required", "503 Service Unavailable"})
    void aProxyThatRefusesTheTunnelIsNotTakenForTheTenant(String status) throws Exception {
        try (ServerSocket proxy = answering("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")) {
            Proxy refusing = new Proxy("127.0.0.1", proxy.getLocalPort(), Optional.empty(), Optional.empty());
            NetworkOptions network = new NetworkOptions(
                    Optional.of(refusing),
                    Optional.empty(),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    100,
                    4,
                    true);
            try (TenantClient client =
                    client(URI.create("https://tenant.invalid"), SecurityLevel.STANDARD, network, time)) {
                Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
                assertThat(fault.cause()).isEqualTo(FaultCause.PROXY);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"})
    void aTenantOutsideTheInternetIsNotCalled(String host) throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        handler = (exchange, number) -> {
            calls.incrementAndGet();
            send(exchange, 200, GOOD);
        };
        URI tenant = URI.create("http://" + host + ":" + server.getAddress().getPort());
        NetworkOptions network = network(Duration.ofSeconds(2)).withTargets(Targets.internet());
        try (TenantClient client = client(tenant, SecurityLevel.STANDARD, network, time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();

            assertThat(fault.cause()).isEqualTo(FaultCause.FORBIDDEN_TARGET);
            assertThat(fault.text()).contains("--allow-private-targets");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void aTenantOutsideTheInternetIsCalledIfItWasAllowed() throws InterruptedException {
        handler = (exchange, number) -> send(exchange, 200, GOOD);
        NetworkOptions network =
                network(Duration.ofSeconds(2)).withTargets(Targets.internetAnd(List.of("127.0.0.0/8")));
        try (TenantClient client = client(url(), SecurityLevel.STANDARD, network, time)) {
            assertThat(client.json(ApiCall.GET_ENDPOINT, "{}")).isInstanceOf(Result.Ok.class);
        }
    }

    @Test
    void aProxyIsNoWayRoundToTargetsOutsideTheInternet() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        handler = (exchange, number) -> {
            calls.incrementAndGet();
            send(exchange, 200, GOOD);
        };
        NetworkOptions proxyRefused = throughProxy(Optional.empty()).withTargets(Targets.internet());
        try (TenantClient client =
                client(URI.create("http://tenant.invalid"), SecurityLevel.STANDARD, proxyRefused, time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.FORBIDDEN_TARGET);
        }
        NetworkOptions proxyAllowed =
                throughProxy(Optional.empty()).withTargets(Targets.internetAnd(List.of("127.0.0.1")));
        try (TenantClient client =
                client(URI.create("http://169.254.169.254"), SecurityLevel.STANDARD, proxyAllowed, time)) {
            Fault fault = ((Result.Failed<JsonNode>) client.json(ApiCall.GET_ENDPOINT, "{}")).fault();
            assertThat(fault.cause()).isEqualTo(FaultCause.FORBIDDEN_TARGET);
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void theKeyIsTakenOutOfWhatAServerRepeats() throws InterruptedException {
        handler = (exchange, number) ->
                send(exchange, 400, "bad header " + exchange.getRequestHeaders().getFirst("Authorization"));
        assertThat(fault().text()).doesNotContain(KEY).contains("***");
    }
}
