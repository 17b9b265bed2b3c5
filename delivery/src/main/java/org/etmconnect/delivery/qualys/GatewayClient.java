// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.qualys.GatewaySettings.SignIn;
import org.etmconnect.http.Http;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls one gateway: signs in, sends batches, waits as it is told. Safe for use by several threads. */
final class GatewayClient implements AutoCloseable {

    /** The gateway lets a subscription make so many calls at once. */
    static final int PARALLEL = 2;

    private static final Logger LOG = LoggerFactory.getLogger(GatewayClient.class);
    private static final String SYNC = "/rest/2.0/am/connector/asset/data/sync";
    private static final int MOST_ANSWER = 4 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** A token is good for 4 hours; one that is about to end is not begun with. */
    private static final Duration TOKEN_LIFE = Duration.ofHours(3);

    private final GatewaySettings settings;
    private final Patience patience;
    private final CloseableHttpClient http;
    private final ReentrantLock signingIn = new ReentrantLock();
    private final AtomicLong notBefore = new AtomicLong(System.nanoTime());
    private @Nullable Token token;

    private record Token(String text, Instant until) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Answer(int status, byte[] body, Optional<Duration> toWait) {
        String text() {
            return new String(body, StandardCharsets.UTF_8).strip();
        }

        boolean isPage() {
            String text = text();
            return text.regionMatches(true, 0, "<html", 0, 5) || text.regionMatches(true, 0, "<!doctype", 0, 9);
        }
    }

    GatewayClient(GatewaySettings settings, Patience patience) {
        this.settings = settings;
        this.patience = patience;
        this.http = Http.client(settings.network().withBudget(settings.network().requestsPerSecond(), PARALLEL));
    }

    /** What the gateway made of a batch. */
    sealed interface Outcome {
        /** It was read; {@code rejected} of its assets were not taken, by key, with the reason. */
        record Taken(Map<String, String> rejected) implements Outcome {}

        /** It was refused whole, for something in it. */
        record Refused(String reason) implements Outcome {}
    }

    /** Signs in anew. @throws DeliveryFailure if that fails */
    void signIn() throws InterruptedException {
        signingIn.lockInterruptibly();
        try {
            token = freshToken();
        } finally {
            signingIn.unlock();
        }
    }

    /**
     * Sends a batch, again and again if that may help; a repeat does no harm, since assets go by their keys.
     *
     * @param keys the keys of the assets in it
     * @throws DeliveryFailure if nothing more is worth trying
     */
    Outcome send(byte[] body, List<String> keys) throws InterruptedException {
        int failures = 0;
        boolean signedInAgain = false;
        long throttled = 0;
        while (true) {
            pass();
            String bearer = bearer();
            Answer answer;
            try {
                answer = post(SYNC, body, ContentType.APPLICATION_JSON, Optional.of(bearer));
            } catch (IOException lost) {
                LOG.debug("A batch was not answered", lost);
                waitAfter(++failures, unreachable(lost));
                continue;
            }
            switch (answer.status()) {
                case 200, 201, 202, 207 -> {
                    Optional<Outcome> outcome = SyncAnswer.read(answer.status(), answer.body(), keys);
                    if (outcome.isPresent()) {
                        return outcome.get();
                    }
                    waitAfter(
                            ++failures,
                            new DeliveryFailure(
                                    FailureKind.BAD_DATA,
                                    "The gateway answered status " + answer.status()
                                            + " with something that is no JSON: " + beginning(answer)
                                            + " Check that the gateway URL names Qualys itself."));
                }
                case 401 -> {
                    if (signedInAgain) {
                        throw new DeliveryFailure(
                                FailureKind.AUTHENTICATION,
                                "The gateway refuses even a new token. Check that the user may use this subscription's API.");
                    }
                    signedInAgain = true;
                    forget(bearer);
                }
                case 403 -> throw forbidden(answer);
                case 404, 405 ->
                    throw new DeliveryFailure(
                            FailureKind.CONFIGURATION,
                            settings.gateway().getHost()
                                    + " has no import of third-party assets. Check that the gateway URL is the platform's"
                                    + " gateway (https://gateway.…), not its API server or console.");
                case 413 ->
                    throw new DeliveryFailure(
                            FailureKind.CONFIGURATION,
                            "The gateway takes fewer than " + keys.size() + " assets in a request: " + beginning(answer)
                                    + " Lower the batch size.");
                case 400, 409, 422 -> {
                    String text = message(answer);
                    if (text.toLowerCase(Locale.ROOT).contains("connector")) {
                        throw new DeliveryFailure(
                                FailureKind.CONFIGURATION,
                                "The gateway does not know the connector UUID " + settings.connectorUuid() + " («"
                                        + text
                                        + "»). Copy it from the Webhook connector in Qualys, in the same subscription as the user.");
                    }
                    return new Outcome.Refused(text);
                }
                case 429 -> {
                    Duration wait = answer.toWait().orElse(patience.waitAfter(Math.min(6, 1 + failures)));
                    throttled += wait.toMillis();
                    if (throttled > patience.mostThrottling().toMillis()) {
                        throw new DeliveryFailure(
                                FailureKind.RATE_LIMITED,
                                "The gateway lets no more calls through for now. Deliver less often, or raise the batch size;"
                                        + " what was accepted is not sent again.");
                    }
                    holdBack(wait);
                }
                default ->
                    waitAfter(
                            ++failures,
                            new DeliveryFailure(
                                    FailureKind.REMOTE_UNAVAILABLE,
                                    "The gateway answered status " + answer.status() + ": " + beginning(answer)
                                            + " Try again later; what was accepted is not sent again."));
            }
        }
    }

    /** Reads what was asked for, as it comes. */
    interface Reading<T> {
        T read(InputStream body) throws IOException;
    }

    private sealed interface Heard<T> {
        record Asked<T>(T value) implements Heard<T> {}

        record Refused<T>(Answer answer) implements Heard<T> {}
    }

    /**
     * Asks something of the gateway, again and again if that may help.
     *
     * @throws DeliveryFailure if nothing more is worth trying
     */
    <T> T ask(String method, String path, Optional<byte[]> body, Reading<T> reading) throws InterruptedException {
        int failures = 0;
        boolean signedInAgain = false;
        while (true) {
            pass();
            String bearer = bearer();
            HttpUriRequestBase request =
                    new HttpUriRequestBase(method, settings.gateway().resolve(path));
            request.setHeader("Authorization", "Bearer " + bearer);
            body.ifPresent(bytes -> request.setEntity(new ByteArrayEntity(bytes, ContentType.APPLICATION_JSON)));
            Heard<T> heard;
            try {
                heard = http.execute(request, HttpClientContext.create(), response -> {
                    try (InputStream in = response.getEntity() == null
                            ? InputStream.nullInputStream()
                            : response.getEntity().getContent()) {
                        return response.getCode() / 100 == 2
                                ? new Heard.Asked<>(reading.read(in))
                                : new Heard.Refused<>(
                                        new Answer(response.getCode(), in.readNBytes(MOST_ANSWER), toWait(response)));
                    }
                });
            } catch (IOException lost) {
                waitAfter(++failures, unreachable(lost));
                continue;
            } catch (JacksonException foreign) {
                throw new DeliveryFailure(FailureKind.BAD_DATA, "The gateway answered " + path + " with no JSON.");
            }
            switch (heard) {
                case Heard.Asked<T>(T value) -> {
                    return value;
                }
                case Heard.Refused<T>(Answer answer) -> {
                    switch (answer.status()) {
                        case 401 -> {
                            if (signedInAgain) {
                                throw forbidden(answer);
                            }
                            signedInAgain = true;
                            forget(bearer);
                        }
                        case 403 -> throw forbidden(answer);
                        case 429 -> {
                            if (++failures >= patience.tries()) {
                                throw new DeliveryFailure(
                                        FailureKind.RATE_LIMITED, "The gateway lets no more calls through for now.");
                            }
                            holdBack(answer.toWait().orElse(patience.waitAfter(failures)));
                        }
                        case 500, 502, 503, 504 ->
                            waitAfter(
                                    ++failures,
                                    new DeliveryFailure(
                                            FailureKind.REMOTE_UNAVAILABLE,
                                            "The gateway answered " + path + " with status " + answer.status() + ": "
                                                    + beginning(answer)));
                        default ->
                            throw new DeliveryFailure(
                                    FailureKind.CONFIGURATION,
                                    "The gateway answered " + path + " with status " + answer.status() + ": "
                                            + message(answer));
                    }
                }
            }
        }
    }

    private void waitAfter(int failures, DeliveryFailure failure) throws InterruptedException {
        if (failures >= patience.tries() || failure.kind() == FailureKind.CONFIGURATION) {
            throw failure;
        }
        Thread.sleep(patience.waitAfter(failures));
    }

    private DeliveryFailure forbidden(Answer answer) {
        String text = message(answer);
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("subscription") || lower.contains("module") || lower.contains("licen")
                ? new DeliveryFailure(
                        FailureKind.LICENCE,
                        "The subscription does not take third-party assets («" + text
                                + "»). It needs CSAM, and ETM for findings; ask your Qualys account manager.")
                : new DeliveryFailure(
                        FailureKind.PERMISSION,
                        "The user may not import assets («" + text
                                + "»). Give its role API access and the permissions of the Connectors application.");
    }

    /** Waits while the gateway said that it takes no calls, whichever thread it said it to. */
    private void pass() throws InterruptedException {
        while (true) {
            long wait = notBefore.get() - System.nanoTime();
            if (wait <= 0) {
                return;
            }
            Thread.sleep(Duration.ofNanos(wait));
        }
    }

    private void holdBack(Duration wait) {
        notBefore.accumulateAndGet(System.nanoTime() + wait.toNanos(), Math::max);
    }

    private String bearer() throws InterruptedException {
        signingIn.lockInterruptibly();
        try {
            Token now = token;
            if (now == null || Instant.now().isAfter(now.until())) {
                now = freshToken();
                token = now;
            }
            return now.text();
        } finally {
            signingIn.unlock();
        }
    }

    /** Unless another thread has signed in meanwhile. */
    private void forget(String refused) throws InterruptedException {
        signingIn.lockInterruptibly();
        try {
            if (token != null && token.text().equals(refused)) {
                token = null;
            }
        } finally {
            signingIn.unlock();
        }
    }

    private Token freshToken() throws InterruptedException {
        List<NameValuePair> form = switch (settings.signIn()) {
            case SignIn.Password(String user, var password) ->
                List.of(
                        new BasicNameValuePair("username", user),
                        new BasicNameValuePair("password", password.reveal()),
                        new BasicNameValuePair("token", "true"));
            case SignIn.Client(String id, var secret) ->
                List.of(
                        new BasicNameValuePair("grant_type", "client_credentials"),
                        new BasicNameValuePair("client_id", id),
                        new BasicNameValuePair("client_secret", secret.reveal()));
        };
        String path = settings.signIn() instanceof SignIn.Client ? "/auth/oauth" : "/auth";
        byte[] body = formBody(form);
        int failures = 0;
        while (true) {
            pass();
            Answer answer;
            try {
                answer = post(path, body, ContentType.APPLICATION_FORM_URLENCODED, Optional.empty());
            } catch (IOException lost) {
                waitAfter(++failures, unreachable(lost));
                continue;
            }
            switch (answer.status()) {
                case 200, 201 -> {
                    return new Token(tokenIn(answer), Instant.now().plus(TOKEN_LIFE));
                }
                case 400, 401, 403 ->
                    throw new DeliveryFailure(
                            FailureKind.AUTHENTICATION,
                            switch (settings.signIn()) {
                                case SignIn.Password(String user, var _) ->
                                    "The gateway does not let " + user
                                            + " in. Check user name and password, and that the user has API access and"
                                            + " belongs to this platform.";
                                case SignIn.Client(String id, var _) ->
                                    "The gateway does not let the client " + id + " in. Check its id and secret.";
                            });
                case 404, 405 -> throw notAGateway();
                case 429 -> {
                    if (++failures >= patience.tries()) {
                        throw new DeliveryFailure(
                                FailureKind.RATE_LIMITED, "The gateway takes no sign-in for now. Try again later.");
                    }
                    holdBack(answer.toWait().orElse(patience.waitAfter(failures)));
                }
                default ->
                    waitAfter(
                            ++failures,
                            new DeliveryFailure(
                                    FailureKind.REMOTE_UNAVAILABLE,
                                    "The gateway answered the sign-in with status " + answer.status() + ": "
                                            + beginning(answer) + " Try again later."));
            }
        }
    }

    private static byte[] formBody(List<NameValuePair> form) {
        StringBuilder text = new StringBuilder();
        for (NameValuePair pair : form) {
            text.append(text.isEmpty() ? "" : "&")
                    .append(pair.getName())
                    .append('=')
                    .append(java.net.URLEncoder.encode(String.valueOf(pair.getValue()), StandardCharsets.UTF_8));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String tokenIn(Answer answer) {
        String text = answer.text();
        if (text.startsWith("{")) {
            try {
                text = JSON.readTree(text).path("access_token").asString("");
            } catch (JacksonException noJson) {
                text = "";
            }
        }
        if (text.isEmpty() || answer.isPage() || text.chars().anyMatch(Character::isWhitespace)) {
            throw notAGateway();
        }
        return text;
    }

    private DeliveryFailure notAGateway() {
        return new DeliveryFailure(
                FailureKind.CONFIGURATION,
                settings.gateway().getHost()
                        + " gives out no tokens, so it is not the gateway. Qualys' API server (qualysapi.…) and console"
                        + " (qualysguard.…) are other hosts: write https://gateway.… of your platform.");
    }

    private DeliveryFailure unreachable(IOException lost) {
        String host = settings.gateway().getHost();
        if (lost instanceof UnknownHostException) {
            return new DeliveryFailure(
                    FailureKind.CONFIGURATION,
                    "There is no host " + host + ", or it may not be called: " + lost.getMessage()
                            + " Check the gateway URL against qualys.com/platform-identification.");
        }
        if (lost instanceof SSLException) {
            return new DeliveryFailure(
                    FailureKind.CONFIGURATION,
                    "No trusted TLS connection to " + host + ": " + lost.getMessage()
                            + " Check the gateway URL, and the CA certificates if a proxy opens TLS.");
        }
        return new DeliveryFailure(
                FailureKind.REMOTE_UNAVAILABLE,
                "The gateway " + host + " did not answer: " + lost.getMessage()
                        + ". Check that this machine may reach it; what was accepted is not sent again.");
    }

    private Answer post(String path, byte[] body, ContentType type, Optional<String> bearer) throws IOException {
        HttpPost post = new HttpPost(settings.gateway() + path);
        post.setEntity(new ByteArrayEntity(body, type));
        post.setHeader("Accept", "*/*");
        bearer.ifPresent(text -> post.setHeader("Authorization", "Bearer " + text));
        return http.execute(post, HttpClientContext.create(), response -> {
            byte[] answer;
            try (InputStream in = response.getEntity() == null
                    ? InputStream.nullInputStream()
                    : response.getEntity().getContent()) {
                answer = in.readNBytes(MOST_ANSWER);
            }
            return new Answer(response.getCode(), answer, toWait(response));
        });
    }

    private static Optional<Duration> toWait(ClassicHttpResponse response) {
        return seconds(response.getFirstHeader("X-RateLimit-ToWait-Sec"))
                .or(() -> seconds(response.getFirstHeader("Retry-After")));
    }

    private static Optional<Duration> seconds(@Nullable Header header) {
        return header == null ? Optional.empty() : Patience.asked(header.getValue());
    }

    private static String message(Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            for (String name : List.of("message", "errorMessage", "error", "reason")) {
                if (json.path(name).isString()) {
                    return json.path(name).asString();
                }
            }
        } catch (JacksonException noJson) {
            LOG.debug("An error of the gateway is no JSON", noJson);
        }
        return beginning(answer);
    }

    private static String beginning(Answer answer) {
        String text = answer.text();
        return text.isEmpty() ? "nothing." : "«" + text.substring(0, Math.min(200, text.length())) + "».";
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            LOG.debug("Closing the connections to {} failed", settings.gateway(), e);
        }
    }
}
