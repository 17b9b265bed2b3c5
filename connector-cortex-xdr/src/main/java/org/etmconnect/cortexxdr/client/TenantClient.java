// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.http.Http;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls one tenant. Every call waits for its turn in the tenant's request budget, is signed anew, and is tried again as
 * its {@link FaultCause} deserves. Safe for use by several threads; meant for virtual ones.
 */
public final class TenantClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TenantClient.class);

    /** No reply that is read as a whole is near this; a page of 100 endpoints is about 200 KB. */
    private static final int MOST_JSON_BYTES = 64 << 20;

    private static final JsonMapper WHOLE = TenantJson.whole();

    private static final int MOST_ERROR_BYTES = 64 << 10;

    /** A reply that is read as a whole may trickle for at most this many response timeouts. */
    private static final int MOST_TIMEOUTS = 10;

    private static final Duration PAUSE_WHEN_TOO_FAST = Duration.ofMillis(500);

    private final URI baseUrl;
    private final NetworkOptions network;
    private final Credentials credentials;
    private final RequestSigner signer;
    private final RequestBudget budget;
    private final RetryRules rules;
    private final FetchObserver observer;
    private final Time time;
    private final FaultReader faults;
    private final CloseableHttpClient http;
    private final Semaphore underWay;
    private final AtomicReference<Optional<Duration>> skew = new AtomicReference<>(Optional.empty());

    /**
     * Opens nothing yet.
     *
     * @param baseUrl scheme, host and port, without a path
     * @param budget shared by all clients of the tenant
     */
    public TenantClient(
            URI baseUrl,
            Credentials credentials,
            NetworkOptions network,
            RequestBudget budget,
            RetryRules rules,
            FetchObserver observer,
            Time time,
            JsonMapper json) {
        this.baseUrl = baseUrl;
        this.network = network;
        this.credentials = credentials;
        this.signer = new RequestSigner(credentials);
        this.budget = budget;
        this.rules = rules;
        this.observer = observer;
        this.time = time;
        this.faults = new FaultReader(String.valueOf(baseUrl.getHost()), network.proxy(), json);
        // Not sooner: a connection that takes long to open would let calls arrive closer together than they may.
        this.http = Http.client(network, budget::take);
        this.underWay = new Semaphore(network.parallelRequests(), true);
    }

    /** How far this machine's clock is ahead of the tenant's, from the last answer that told its time. */
    public Optional<Duration> clockSkew() {
        return skew.get();
    }

    /** The level that calls are signed at. */
    public SecurityLevel level() {
        return credentials.level();
    }

    /** Calls and reads the answer as one JSON document. */
    public Result<JsonNode> json(ApiCall call, String body) throws InterruptedException {
        return call(call, body, answer -> parse(whole(answer)));
    }

    /** Calls and reads the answer as bytes that are known to be JSON and no error. */
    public Result<JsonBytes> jsonBytes(ApiCall call, String body) throws InterruptedException {
        return call(call, body, answer -> {
            byte[] bytes = whole(answer);
            return new JsonBytes(bytes, parse(bytes));
        });
    }

    /**
     * An answer as it came, and as it reads.
     *
     * @param bytes not copied; nobody changes them
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record JsonBytes(byte[] bytes, JsonNode tree) {}

    /**
     * Calls and has {@code reader} read the answer, until it succeeds or nothing more is worth trying.
     *
     * @throws InterruptedException if the thread was interrupted while waiting or reading
     */
    public <T> Result<T> call(ApiCall call, String body, BodyReader<T> reader) throws InterruptedException {
        Map<FaultCause, Integer> failures = new EnumMap<>(FaultCause.class);
        while (true) {
            Result<T> outcome = once(call, body, reader);
            switch (outcome) {
                case Result.Ok<T> ok -> {
                    budget.passed();
                    return ok;
                }
                case Result.Failed<T>(Fault fault) -> {
                    slowDown(call, fault);
                    int count = failures.merge(fault.cause(), 1, Integer::sum);
                    Optional<Duration> wait =
                            rules.waitAfter(fault.cause(), count, credentials.level(), ThreadLocalRandom.current());
                    if (wait.isEmpty()) {
                        return outcome;
                    }
                    LOG.debug("Try {} of {} failed ({}); again in {}", count, call.path(), fault.cause(), wait.get());
                    time.sleep(wait.get());
                }
            }
        }
    }

    private void slowDown(ApiCall call, Fault fault) {
        if (fault.cause() == FaultCause.TOO_MANY_REQUESTS) {
            budget.tooFast(PAUSE_WHEN_TOO_FAST);
            observer.throttled(call.path());
        } else if (fault.cause() == FaultCause.TOO_MANY_QUERIES) {
            observer.throttled(call.path());
        }
    }

    private <T> Result<T> once(ApiCall call, String body, BodyReader<T> reader) throws InterruptedException {
        underWay.acquire();
        try {
            HttpPost request = new HttpPost(baseUrl.resolve(call.path()));
            signer.headers(time.now()).forEach(request::setHeader);
            request.setHeader("Accept", "application/json");
            request.setHeader("Accept-Encoding", "gzip");
            request.setEntity(
                    new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), ContentType.create("application/json")));
            observer.apiCall(call.path());
            HttpClientContext context = HttpClientContext.create();
            return http.execute(
                    request,
                    context,
                    response -> isTheProxys(context)
                            ? new Result.Failed<>(redacted(faults.ofRefusedTunnel(response.getCode())))
                            : answer(call, response, reader));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("Interrupted while calling " + call.path());
            }
            return new Result.Failed<>(redacted(faults.ofException(call, e)));
        } finally {
            underWay.release();
        }
    }

    /** What comes without TLS although the tenant speaks it is the proxy's own answer to the request for a tunnel. */
    private boolean isTheProxys(HttpClientContext context) {
        return network.proxy().isPresent() && "https".equals(baseUrl.getScheme()) && context.getSSLSession() == null;
    }

    private <T> Result<T> answer(ApiCall call, ClassicHttpResponse response, BodyReader<T> reader)
            throws IOException, HttpException {
        noteClock(response);
        int status = response.getCode();
        try (InputStream raw = response.getEntity() == null
                        ? InputStream.nullInputStream()
                        : response.getEntity().getContent();
                InputStream body = GzipLayers.undo(raw)) {
            if (status < 200 || status >= 300) {
                return new Result.Failed<>(redacted(faults.ofStatus(call, status, body.readNBytes(MOST_ERROR_BYTES))));
            }
            return new Result.Ok<>(reader.read(body));
        } catch (GzipLayers.Refused refused) {
            return new Result.Failed<>(redacted(faults.unreadable(call, String.valueOf(refused.getMessage()))));
        } catch (BodyReader.NotAnAnswer notAnAnswer) {
            return new Result.Failed<>(redacted(
                    switch (notAnAnswer.content()) {
                        case BodyReader.Content.Envelope(JsonNode envelope) -> faults.ofEnvelope(call, envelope);
                        case BodyReader.Content.Unreadable(String why) -> faults.unreadable(call, why);
                        case BodyReader.Content.Known(Fault fault) -> fault;
                    }));
        }
    }

    /** A server, or a proxy on the way, may repeat in its error what it was sent. */
    private Fault redacted(Fault fault) {
        String key = credentials.key().reveal();
        return new Fault(
                fault.cause(), fault.message().replace(key, "***"), fault.fix().replace(key, "***"));
    }

    private byte[] whole(InputStream body) throws IOException, BodyReader.NotAnAnswer {
        long deadline = time.nanos() + network.responseTimeout().toNanos() * MOST_TIMEOUTS;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        byte[] buffer = new byte[1 << 16];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            bytes.write(buffer, 0, read);
            if (bytes.size() > MOST_JSON_BYTES) {
                throw BodyReader.NotAnAnswer.unreadable("It is longer than " + (MOST_JSON_BYTES >> 20) + " MiB.");
            }
            if (time.nanos() > deadline) {
                throw new SocketTimeoutException("The answer trickles");
            }
        }
        return bytes.toByteArray();
    }

    private JsonNode parse(byte[] bytes) throws BodyReader.NotAnAnswer {
        JsonNode tree;
        try {
            tree = WHOLE.readTree(bytes);
        } catch (StreamConstraintsException e) {
            throw BodyReader.NotAnAnswer.unreadable("It is larger than an answer is: " + e.getOriginalMessage() + ".");
        } catch (JacksonException e) {
            throw BodyReader.NotAnAnswer.unreadable("It is not JSON: " + beginning(bytes));
        }
        if (ErrorEnvelope.in(tree).isPresent()) {
            throw BodyReader.NotAnAnswer.errorEnvelope(tree);
        }
        if (!tree.isObject()) {
            throw BodyReader.NotAnAnswer.unreadable("It is no JSON object: " + beginning(bytes));
        }
        return tree;
    }

    private static String beginning(byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "it is empty." : "«" + text + "».";
    }

    private void noteClock(ClassicHttpResponse response) {
        Header date = response.getFirstHeader("Date");
        if (date == null) {
            return;
        }
        try {
            Instant theirs = DateTimeFormatter.RFC_1123_DATE_TIME
                    .withZone(ZoneOffset.UTC)
                    .parse(date.getValue(), Instant::from);
            skew.set(Optional.of(Duration.between(theirs, time.now())));
        } catch (DateTimeParseException noDate) {
            LOG.debug("{} answers with a date that does not read: {}", baseUrl, date.getValue());
        }
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            LOG.debug("Closing the connections to {} failed", baseUrl, e);
        }
    }
}
