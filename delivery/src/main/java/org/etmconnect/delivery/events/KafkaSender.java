// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.http.GuardedNames;

/** Writes events to one topic; the key is the asset, so those of one asset stay in order. */
final class KafkaSender implements EventSender {

    private static final int MOST = 1_000;
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final KafkaProducer<String, byte[]> producer;

    private KafkaSender(KafkaSettings settings, KafkaProducer<String, byte[]> producer) {
        this.settings = settings;
        this.producer = producer;
    }

    /**
     * Looks whether the topic is there, and takes up the work.
     *
     * @param patience how long the brokers are tried
     * @throws DeliveryFailure if it cannot be written to
     */
    static KafkaSender open(KafkaSettings settings, Duration patience) throws InterruptedException {
        look(settings, patience);
        Map<String, Object> config = settings.client();
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // so that nothing is written behind a record that was given up
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.toMillis());
        int request = (int) Math.min(30_000, patience.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, request);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) patience.toMillis() + request);
        return on(
                settings,
                () -> new KafkaSender(
                        settings, new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())));
    }

    /**
     * Whether the topic can be written to; nothing is written. Brokers are named by the first one asked, so each is checked
     * against the addresses that may be called.
     *
     * @return what there is
     */
    static String look(KafkaSettings settings, Duration patience) throws InterruptedException {
        Map<String, Object> config = settings.client();
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        return on(settings, () -> {
            Admin admin = Admin.create(config);
            try {
                long wait = patience.toMillis() + 1_000;
                for (Node node : admin.describeCluster().nodes().get(wait, TimeUnit.MILLISECONDS)) {
                    Optional<String> refusal =
                            GuardedNames.refusal(settings.network().targets(), node.host());
                    if (refusal.isPresent()) {
                        throw new DeliveryFailure(
                                FailureKind.CONFIGURATION,
                                "The cluster names a broker that may not be called: " + refusal.get() + " "
                                        + GuardedNames.fix(node.host()));
                    }
                }
                TopicDescription topic = admin.describeTopics(
                                List.of(settings.topic()),
                                new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .allTopicNames()
                        .get(wait, TimeUnit.MILLISECONDS)
                        .get(settings.topic());
                if (topic == null) {
                    throw new UnknownTopicOrPartitionException(settings.topic());
                }
                if (topic.authorizedOperations() != null
                        && !topic.authorizedOperations().contains(AclOperation.WRITE)) {
                    throw new AuthorizationException("The operation WRITE is not allowed.");
                }
                return "The topic " + settings.topic() + " is there, with "
                        + topic.partitions().size() + " partitions, and may be written to.";
            } finally {
                admin.close(Duration.ZERO);
            }
        });
    }

    @Override
    public int most() {
        return MOST;
    }

    @Override
    public Outcome send(List<ChangeEvent> events) throws InterruptedException {
        return on(settings, () -> {
            List<Future<?>> sent = new ArrayList<>(events.size());
            for (ChangeEvent event : events) {
                ProducerRecord<String, byte[]> message =
                        new ProducerRecord<>(settings.topic(), event.key(), event.json());
                message.headers()
                        .add(
                                "content-type",
                                "application/cloudevents+json; charset=UTF-8".getBytes(StandardCharsets.US_ASCII));
                sent.add(producer.send(message));
            }
            producer.flush();
            for (Future<?> each : sent) {
                each.get();
            }
            return new Outcome.Taken();
        });
    }

    private interface Work<T> {
        T run() throws ExecutionException, InterruptedException, TimeoutException;
    }

    private static <T> T on(KafkaSettings settings, Work<T> work) throws InterruptedException {
        try {
            return work.run();
        } catch (InterruptException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedException();
        } catch (ExecutionException failed) {
            throw failure(settings, failed.getCause() == null ? failed : failed.getCause());
        } catch (TimeoutException | KafkaException failed) {
            throw failure(settings, failed);
        }
    }

    private static DeliveryFailure failure(KafkaSettings settings, Throwable failed) {
        String brokers = String.join(", ", settings.bootstrap());
        return switch (failed) {
            case SslAuthenticationException tls ->
                new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        "No trusted TLS connection to " + brokers + ": " + tls.getMessage()
                                + " Check the CA certificates of the network options, and the client certificate if the brokers ask"
                                + " for one. Nothing is lost.");
            case AuthenticationException _ ->
                new DeliveryFailure(
                        FailureKind.AUTHENTICATION,
                        "The brokers do not let the user in. Check authentication, user name and password. Nothing is"
                                + " lost.");
            case AuthorizationException denied ->
                new DeliveryFailure(
                        FailureKind.PERMISSION,
                        "The user may not write to the topic " + settings.topic() + " (" + denied.getMessage()
                                + "). It needs Write and Describe on it. Nothing is lost.");
            case UnknownTopicOrPartitionException _ ->
                new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        "There is no topic " + settings.topic()
                                + ", or the user may not see it. Make it, with as many partitions as you want readers."
                                + " Nothing is lost.");
            case RecordTooLargeException large ->
                new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        "An event is larger than the topic takes: " + large.getMessage()
                                + " Raise max.message.bytes of the topic. Nothing is lost.");
            default ->
                new DeliveryFailure(
                        FailureKind.REMOTE_UNAVAILABLE,
                        "The brokers " + brokers + " did not answer as they should: " + failed.getMessage()
                                + " Check that this machine may reach all brokers of the cluster; it is tried again later,"
                                + " and nothing is lost.");
        };
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        producer.close(CLOSING);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
