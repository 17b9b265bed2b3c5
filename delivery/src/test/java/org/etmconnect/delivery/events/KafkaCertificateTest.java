// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker in this JVM, which lets in whoever has a certificate that it knows. */
class KafkaCertificateTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    static Path directory;

    private static KafkaClusterTestKit cluster;

    private final KafkaTopic kafka = new KafkaTopic(Duration.ofSeconds(10), Duration.ZERO);

    /** A key with its own certificate, as PEM. */
    private record Party(Path store, String key, String certificate) {}

    private static Party server;
    private static Party client;
    private static Party stranger;

    @BeforeAll
    static void start() throws Exception {
        server = party("localhost", "-ext", "san=dns:localhost,ip:127.0.0.1");
        client = party("etm-connect");
        stranger = party("stranger");
        Path trusted = directory.resolve("trusted.p12");
        for (Party each : List.of(server, client)) {
            Path certificate = directory.resolve("one.pem");
            Files.writeString(certificate, each.certificate());
            keytool(List.of(
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    each.store().getFileName().toString(),
                    "-file",
                    certificate.toString(),
                    "-keystore",
                    trusted.toString()));
        }
        cluster = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .build())
                .setConfigProp("listener.security.protocol.map", "EXTERNAL:SSL,CONTROLLER:PLAINTEXT")
                .setConfigProp("ssl.client.auth", "required")
                .setConfigProp("ssl.keystore.type", "PKCS12")
                .setConfigProp("ssl.keystore.location", server.store().toString())
                .setConfigProp("ssl.keystore.password", PASSWORD)
                .setConfigProp("ssl.key.password", PASSWORD)
                .setConfigProp("ssl.truststore.type", "PKCS12")
                .setConfigProp("ssl.truststore.location", trusted.toString())
                .setConfigProp("ssl.truststore.password", PASSWORD)
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .build();
        cluster.format();
        cluster.startup();
        cluster.waitForReadyBrokers();
        try (Admin admin = Admin.create(KafkaSettings.read(settings(client.key(), client.certificate()))
                .orFail()
                .client())) {
            admin.createTopics(List.of(new NewTopic("etm", 1, (short) 1))).all().get();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static Party party(String name, String... more) throws Exception {
        Path store = directory.resolve(name + ".p12");
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-keystore",
                store.toString()));
        arguments.addAll(List.of(more));
        keytool(arguments);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return new Party(
                store,
                pem("PRIVATE KEY", keys.getKey("own", PASSWORD.toCharArray()).getEncoded()),
                pem("CERTIFICATE", keys.getCertificate("own").getEncoded()));
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(arguments);
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    private static DestinationSettings settings(String key, String chain) {
        return new DestinationSettings(
                Map.of(
                        "bootstrapServers",
                        cluster.bootstrapServers(),
                        "topic",
                        "etm",
                        "security",
                        "tls",
                        "authentication",
                        "certificate"),
                Map.of("clientKey", Secret.of(key), "clientCertificates", Secret.of(chain)),
                trusting(server.certificate()));
    }

    private static NetworkOptions trusting(String certificate) {
        NetworkOptions defaults = NetworkOptions.defaults();
        return new NetworkOptions(
                Optional.empty(),
                Optional.of(certificate),
                defaults.connectTimeout(),
                defaults.responseTimeout(),
                defaults.requestsPerSecond(),
                defaults.parallelRequests(),
                false,
                Targets.everywhere());
    }

    @Test
    void whoHasAKnownCertificateIsLetInAndEventsArrive() throws InterruptedException {
        // as a form without lines sends them
        DestinationSettings settings = settings(
                client.key().replaceAll("\\R", ""), client.certificate().replaceAll("\\R", " "));

        ConnectionTest test = kafka.test(settings);

        assertThat(test.passed()).as(test.toString()).isTrue();
        try (InventoryUnderTest inventory = new InventoryUnderTest()) {
            inventory.empty();
            inventory.execute("""
                    insert into destination (name, kind, field_values, network, active, after_runs, seen_run, created_at, events)
                    values ('Events', 'kafka', '{}', '{}', true, false, now(), now(), '{INVENTORY}')""");
            inventory.hosts().put("ep-1", new Host("host-1", Set.of("CVE-1", "CVE-2")));
            inventory.sync();
            Map<String, DeliveryCounts> counts = new HashMap<>();
            kafka.deliver(new DeliveryWork(inventory.database(), 1, settings, new DeliveryWork.Report() {
                @Override
                public synchronized void count(DeliveryCounts more) {
                    counts.merge("all", more, DeliveryCounts::plus);
                }

                @Override
                public void rejected(List<Rejection> rejections) {
                    assertThat(rejections).isEmpty();
                }
            }));

            assertThat(counts.get("all").accepted()).isEqualTo(3);
        }
    }

    @Test
    void whoHasAnotherCertificateIsNotAndIsToldSoWithoutTheKey() throws InterruptedException {
        ConnectionTest test = kafka.test(settings(stranger.key(), stranger.certificate()));

        assertThat(test.passed()).isFalse();
        assertThat(test.checks().getFirst().kind()).as(test.toString()).contains(FailureKind.CONFIGURATION);
        assertThat(test.toString())
                .doesNotContain("PRIVATE KEY")
                .doesNotContain(stranger.key().substring(40, 80));
    }

    @Test
    void whatIsNoKeyOrNotThatOfTheCertificateIsRefused() {
        assertThat(problems("", "")).containsExactly("clientKey", "clientCertificates");
        assertThat(problems(client.key().replace("PRIVATE", "EC PRIVATE"), client.certificate()))
                .containsExactly("clientKey");
        assertThat(problems(client.key(), stranger.certificate())).containsExactly("clientKey");
        assertThat(problems(client.key(), pem("CERTIFICATE", new byte[] {1, 2, 3})))
                .containsExactly("clientCertificates");
        DestinationSettings good = settings(client.key(), client.certificate());
        Map<String, String> values = new HashMap<>(good.values());
        values.put("security", "plaintext");
        assertThat(kafka.check(new DestinationSettings(
                        values, good.secrets(), good.network().withPlainHttp(true))))
                .extracting(Problem::field)
                .containsExactly("authentication");
    }

    private List<String> problems(String key, String chain) {
        return kafka.check(settings(key, chain)).stream().map(Problem::field).toList();
    }
}
