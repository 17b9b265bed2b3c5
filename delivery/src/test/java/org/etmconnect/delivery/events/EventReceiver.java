// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A receiver on a real socket, which takes events only if they are signed, and misbehaves as it is told. */
final class EventReceiver implements AutoCloseable {

    static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final byte[] key;
    private final Follower follower = new Follower();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private volatile String poison = "";

    /** A request that arrived, whatever was answered. */
    record Request(Instant at, String id, String contentType, String authorization, List<String> events) {}

    /** What happens to a request instead of a plain success. */
    sealed interface Fault {
        /** It is answered so, and not taken. */
        record Status(int status, String headers) implements Fault {}

        /** It is taken, and answered late. */
        record Slow(Duration delay) implements Fault {}

        /** It is taken, and the connection cut without an answer. */
        record TakenAndCut() implements Fault {}

        /** The connection is cut before anything was taken. */
        record Cut() implements Fault {}
    }

    EventReceiver() {
        this(SECRET);
    }

    EventReceiver(String secret) {
        key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/hook", this::answer);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    Follower follower() {
        return follower;
    }

    synchronized void then(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** Requests with this text in them are refused with status 422. */
    void refuse(String text) {
        poison = text;
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        List<byte[]> events = events(type, body);
        Optional<Fault> fault;
        synchronized (this) {
            requests.add(new Request(
                    Instant.now(),
                    exchange.getRequestHeaders().getFirst("webhook-id"),
                    type,
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    events.stream()
                            .map(event -> JSON.readTree(event).path("id").asString())
                            .toList()));
            fault = Optional.ofNullable(faults.poll());
        }
        if (!isSigned(exchange, body)) {
            reply(exchange, 401, "wrong signature");
            return;
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (!poison.isEmpty() && text.contains(poison)) {
            reply(exchange, 422, "I do not like " + poison);
            return;
        }
        switch (fault.orElse(new Fault.Slow(Duration.ZERO))) {
            case Fault.Status(int status, String headers) -> {
                for (String header : headers.isEmpty() ? new String[0] : headers.split(";", -1)) {
                    exchange.getResponseHeaders().add(header.split("=", 2)[0], header.split("=", 2)[1]);
                }
                reply(exchange, status, "as told");
            }
            case Fault.Slow(Duration delay) -> {
                events.forEach(follower::take);
                try {
                    Thread.sleep(delay);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                reply(exchange, 204, "");
            }
            case Fault.TakenAndCut() -> {
                events.forEach(follower::take);
                throw new IOException("cut");
            }
            case Fault.Cut() -> throw new IOException("cut");
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static List<byte[]> events(String type, byte[] body) {
        if (!type.startsWith("application/cloudevents-batch+json")) {
            assertThat(type).startsWith("application/cloudevents+json");
            return List.of(body);
        }
        List<byte[]> events = new ArrayList<>();
        for (JsonNode event : JSON.readTree(body)) {
            events.add(JSON.writeValueAsBytes(event));
        }
        return events;
    }

    /** As a receiver does it that knows nothing of the sender but standardwebhooks.com. */
    private boolean isSigned(HttpExchange exchange, byte[] body) {
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        String timestamp = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        long age = Instant.now().getEpochSecond() - Long.parseLong(timestamp);
        byte[] wanted;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            wanted = mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        for (String signature :
                exchange.getRequestHeaders().getFirst("webhook-signature").split(" ", -1)) {
            if (signature.startsWith("v1,")
                    && MessageDigest.isEqual(wanted, Base64.getDecoder().decode(signature.substring(3)))) {
                return Math.abs(age) < 300;
            }
        }
        return false;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
