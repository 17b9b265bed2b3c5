// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.test.JaasUtils;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a real broker in this JVM, which asks for a user and a password. */
class KafkaTopicTest {

    private static final int PARTITIONS = 3;

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();
    private static KafkaClusterTestKit cluster;

    private final KafkaTopic kafka = new KafkaTopic(Duration.ofSeconds(5), Duration.ZERO);

    @BeforeAll
    static void start() throws Exception {
        cluster = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .setBrokerSecurityProtocol(SecurityProtocol.SASL_PLAINTEXT)
                        .build())
                .setConfigProp("super.users", "User:" + JaasUtils.KAFKA_PLAIN_ADMIN + ";User:ANONYMOUS")
                .setConfigProp("auto.create.topics.enable", "false")
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .build();
        cluster.format();
        cluster.startup();
        cluster.waitForReadyBrokers();
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(new NewTopic("etm", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
        INVENTORY.close();
    }

    private static DestinationSettings settings(Map<String, String> more, String password) {
        Map<String, String> values = new HashMap<>(Map.of(
                "bootstrapServers",
                cluster.bootstrapServers(),
                "topic",
                "etm",
                "security",
                "plaintext",
                "authentication",
                "plain",
                "username",
                JaasUtils.KAFKA_PLAIN_ADMIN));
        values.putAll(more);
        return new DestinationSettings(
                values,
                Map.of("password", Secret.of(password)),
                NetworkOptions.defaults().withPlainHttp(true));
    }

    private static DestinationSettings settings() {
        return settings(Map.of(), JaasUtils.KAFKA_PLAIN_ADMIN_PASSWORD);
    }

    private static Map<String, Object> client() {
        return KafkaSettings.read(settings()).orFail().client();
    }

    private static final class Counting implements DeliveryWork.Report {
        private DeliveryCounts counts = DeliveryCounts.NONE;

        @Override
        public synchronized void count(DeliveryCounts more) {
            counts = counts.plus(more);
        }

        @Override
        public void rejected(List<Rejection> rejections) {
            assertThat(rejections).isEmpty();
        }
    }

    private DeliveryCounts deliver() {
        Counting report = new Counting();
        kafka.deliver(new DeliveryWork(INVENTORY.database(), 1, settings(), report));
        return report.counts;
    }

    private static List<ConsumerRecord<String, byte[]>> read(int count) {
        Map<String, Object> properties = client();
        properties.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<String, byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition("etm", partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            for (int tries = 0; read.size() < count && tries < 100; tries++) {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
            }
        }
        return read;
    }

    @Test
    void everyChangeArrivesKeyedByItsAssetAndInItsOrder() throws ExecutionException, InterruptedException {
        INVENTORY.empty();
        INVENTORY.execute("""
                insert into destination (name, kind, field_values, network, active, after_runs, seen_run, created_at, events)
                values ('Events', 'kafka', '{}', '{}', true, false, now(), now(), '{INVENTORY,RUNS}')""");
        for (int round = 0; round < 4; round++) {
            for (int host = 0; host < 12; host++) {
                Set<String> cves = new HashSet<>();
                for (int cve = 0; cve < 5; cve++) {
                    if ((round * 7 + host * 3 + cve) % 4 < 2) {
                        cves.add("CVE-" + cve);
                    }
                }
                if ((host + round) % 5 == 0) {
                    INVENTORY.hosts().remove("ep-" + host);
                } else {
                    INVENTORY.hosts().put("ep-" + host, new Host("host-" + host, cves));
                }
            }
            INVENTORY.sync();
        }
        INVENTORY.fail("The key was refused.");
        DeliveryCounts counts = deliver();
        assertThat(INVENTORY.text("select count(*) from change_event")).isEqualTo("0");
        assertThat(counts.accepted()).isGreaterThan(100);

        List<ConsumerRecord<String, byte[]>> records = read((int) counts.accepted());
        assertThat(records).hasSize((int) counts.accepted());
        Follower follower = new Follower();
        Map<String, Integer> partitions = new HashMap<>();
        Map<String, String> sequences = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            CloudEvent event = follower.take(record.value());
            assertThat(record.key()).isEqualTo(event.getExtension("partitionkey"));
            assertThat(partitions.putIfAbsent(record.key(), record.partition())).isIn(null, record.partition());
            String sequence = String.valueOf(event.getExtension("sequence"));
            assertThat(sequence).isGreaterThan(sequences.getOrDefault(record.key(), ""));
            sequences.put(record.key(), sequence);
            assertThat(new String(
                            record.headers().lastHeader("content-type").value(),
                            java.nio.charset.StandardCharsets.US_ASCII))
                    .startsWith("application/cloudevents+json");
        }
        assertThat(new HashSet<>(partitions.values())).as("spread").hasSizeGreaterThan(1);
        assertThat(follower.state()).isEqualTo(Follower.state(INVENTORY));
        assertThat(follower.types()).contains("run.failed", "asset.returned", "finding.reopened");
        assertThat(deliver().sent()).isZero();
    }

    @Test
    void aTestWritesNothingAndSaysWhatIsWrong() throws InterruptedException {
        ConnectionTest passed = kafka.test(settings());
        assertThat(passed.passed()).as(passed.toString()).isTrue();
        assertThat(passed.checks().getFirst().message()).contains("3 partitions");
        ConnectionTest noTopic = kafka.test(settings(Map.of("topic", "nowhere"), JaasUtils.KAFKA_PLAIN_ADMIN_PASSWORD));
        assertThat(noTopic.checks().getFirst().message()).contains("There is no topic nowhere");
        ConnectionTest denied = kafka.test(
                settings(Map.of("username", JaasUtils.KAFKA_PLAIN_USER1), JaasUtils.KAFKA_PLAIN_USER1_PASSWORD));
        assertThat(denied.checks().getFirst().kind()).contains(FailureKind.PERMISSION);
        ConnectionTest wrong = kafka.test(settings(Map.of(), "wr\"ong\\"));
        assertThat(wrong.checks().getFirst().kind()).contains(FailureKind.AUTHENTICATION);
        assertThat(wrong.toString()).doesNotContain("wr\"ong");
    }

    @Test
    void brokersThatCannotBeReachedAreSaid() {
        KafkaTopic impatient = new KafkaTopic(Duration.ofSeconds(1), Duration.ZERO);
        DeliveryFailure failure = org.assertj.core.api.Assertions.catchThrowableOfType(
                DeliveryFailure.class,
                () -> impatient.deliver(new DeliveryWork(
                        INVENTORY.database(),
                        1,
                        settings(Map.of("bootstrapServers", "127.0.0.1:9"), "x"),
                        new Counting())));
        assertThat(failure.kind()).isEqualTo(FailureKind.REMOTE_UNAVAILABLE);
        assertThat(failure.reason()).contains("127.0.0.1:9").contains("nothing is lost");
    }

    @Test
    void forbiddenAddressesProxiesAndHalfAUserAreRefused() {
        DestinationSettings settings = settings(Map.of("authentication", "scram-sha-512", "username", ""), " ");
        assertThat(kafka.check(new DestinationSettings(
                        settings.values(),
                        settings.secrets(),
                        settings.network().withPlainHttp(false).withTargets(Targets.internet()))))
                .extracting(Problem::field)
                .contains("bootstrapServers", "security", "username", "password");
        assertThat(kafka.check(settings(Map.of("bootstrapServers", "kafka"), "x")))
                .extracting(Problem::field)
                .containsExactly("bootstrapServers");
    }
}
