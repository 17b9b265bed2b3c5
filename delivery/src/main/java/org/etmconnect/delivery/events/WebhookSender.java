// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.Patience;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.http.Http;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts events to one receiver, signed, one request at a time. */
final class WebhookSender implements EventSender {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final ContentType ONE = ContentType.create("application/cloudevents+json", StandardCharsets.UTF_8);
    private static final ContentType BATCH =
            ContentType.create("application/cloudevents-batch+json", StandardCharsets.UTF_8);
    private static final int MOST_ANSWER = 4_096;
    private static final int MOST_SHOWN = 300;

    private final WebhookSettings settings;
    private final Patience patience;
    private final CloseableHttpClient http;

    private record Answer(int status, String text, Optional<Duration> retryAfter, Optional<String> location) {}

    WebhookSender(WebhookSettings settings, Patience patience) {
        this.settings = settings;
        this.patience = patience;
        this.http = Http.client(settings.network());
    }

    @Override
    public int most() {
        return settings.batch();
    }

    @Override
    public Outcome send(List<ChangeEvent> events) throws InterruptedException {
        List<byte[]> bodies = events.stream().map(ChangeEvent::json).toList();
        String first = events.getFirst().id();
        return post(events.size() == 1 ? first : first + "_" + events.getLast().id(), bodies);
    }

    /** Posts events as one message, again and again if that may help. */
    Outcome post(String id, List<byte[]> events) throws InterruptedException {
        byte[] body = settings.batch() == 1 ? events.getFirst() : array(events);
        int failures = 0;
        int throttles = 0;
        long throttled = 0;
        while (true) {
            Answer answer;
            try {
                answer = post("evt_" + id, body);
            } catch (IOException lost) {
                LOG.debug("Events were not answered", lost);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
                waitAfter(++failures, unreachable(lost));
                continue;
            }
            int status = answer.status();
            if (status >= 200 && status < 300) {
                return new Outcome.Taken();
            }
            if (status == 429 || (status == 503 && answer.retryAfter().isPresent())) {
                Duration wait = answer.retryAfter().orElse(patience.waitAfter(Math.min(7, ++throttles)));
                throttled += wait.toMillis();
                if (throttled > patience.mostThrottling().toMillis()) {
                    throw new DeliveryFailure(
                            FailureKind.RATE_LIMITED,
                            host() + " lets no more events through for now. It is tried again later; nothing is lost.");
                }
                Thread.sleep(wait);
            } else if (status >= 500 || status == 408 || status == 425) {
                waitAfter(
                        ++failures,
                        new DeliveryFailure(
                                FailureKind.REMOTE_UNAVAILABLE,
                                host() + " answered status " + status + ": " + answer.text()
                                        + " It is tried again later; nothing is lost."));
            } else {
                return refused(answer);
            }
        }
    }

    private Outcome refused(Answer answer) {
        String said = "status " + answer.status() + ": " + answer.text();
        return switch (answer.status()) {
            case 401, 403 ->
                throw new DeliveryFailure(
                        FailureKind.AUTHENTICATION,
                        host() + " does not let events in (" + said
                                + ") Check the signing secret and the Authorization header. Nothing is lost.");
            case 404, 405, 410 ->
                throw new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        "No events are taken at " + settings.url() + " (" + said + ") Check the URL. Nothing is lost.");
            default -> {
                if (answer.status() < 400) {
                    throw new DeliveryFailure(
                            FailureKind.CONFIGURATION,
                            host() + " answered status " + answer.status() + ", "
                                    + answer.location()
                                            .map(where -> "a redirect to " + where)
                                            .orElse("no success")
                                    + ". Redirects are not followed: enter the final URL. Nothing is lost.");
                }
                yield new Outcome.Refused(said);
            }
        };
    }

    private void waitAfter(int failures, DeliveryFailure failure) throws InterruptedException {
        if (failures >= patience.tries() || failure.kind() == FailureKind.CONFIGURATION) {
            throw failure;
        }
        Thread.sleep(patience.waitAfter(failures));
    }

    private String host() {
        return settings.url().getHost();
    }

    private DeliveryFailure unreachable(IOException lost) {
        if (lost instanceof GuardedNames.ForbiddenTarget) {
            return new DeliveryFailure(FailureKind.CONFIGURATION, lost.getMessage() + " " + GuardedNames.fix(host()));
        }
        if (lost instanceof UnknownHostException) {
            return new DeliveryFailure(
                    FailureKind.REMOTE_UNAVAILABLE, "There is no host " + host() + " just now. Check the URL.");
        }
        if (lost instanceof SSLException) {
            return new DeliveryFailure(
                    FailureKind.CONFIGURATION,
                    "No trusted TLS connection to " + host() + ": " + lost.getMessage()
                            + " Check the URL, and the CA certificates of the network options.");
        }
        return new DeliveryFailure(
                FailureKind.REMOTE_UNAVAILABLE,
                host() + " did not answer: " + lost.getMessage()
                        + ". Check that this machine may reach it; it is tried again later, and nothing is lost.");
    }

    private static byte[] array(List<byte[]> events) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        byte separator = '[';
        for (byte[] event : events) {
            array.write(separator);
            array.writeBytes(event);
            separator = ',';
        }
        array.write(']');
        return array.toByteArray();
    }

    private Answer post(String id, byte[] body) throws IOException {
        Instant now = Instant.now();
        HttpPost post = new HttpPost(settings.url());
        post.setEntity(new ByteArrayEntity(body, settings.batch() == 1 ? ONE : BATCH));
        post.setHeader("webhook-id", id);
        post.setHeader("webhook-timestamp", now.getEpochSecond());
        post.setHeader("webhook-signature", settings.signature().sign(id, now, body));
        settings.authorization().ifPresent(secret -> post.setHeader("Authorization", secret.reveal()));
        return http.execute(post, HttpClientContext.create(), response -> {
            byte[] answer;
            try (InputStream in = response.getEntity() == null
                    ? InputStream.nullInputStream()
                    : response.getEntity().getContent()) {
                answer = in.readNBytes(MOST_ANSWER);
            }
            return new Answer(
                    response.getCode(),
                    shown(answer),
                    retryAfter(response.getFirstHeader("Retry-After"), now),
                    Optional.ofNullable(response.getFirstHeader("Location")).map(Header::getValue));
        });
    }

    private static String shown(byte[] answer) {
        String text = new String(answer, StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return text.isEmpty() ? "no text." : "«" + text.substring(0, Math.min(MOST_SHOWN, text.length())) + "».";
    }

    private static Optional<Duration> retryAfter(@Nullable Header header, Instant now) {
        if (header == null) {
            return Optional.empty();
        }
        Optional<Duration> seconds = Patience.asked(header.getValue());
        if (seconds.isPresent()) {
            return seconds;
        }
        try {
            Instant until = ZonedDateTime.parse(header.getValue().strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Patience.within(Duration.between(now, until)));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            LOG.debug("Closing the connections to {} failed", host(), e);
        }
    }
}
