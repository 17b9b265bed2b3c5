// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.inventory.configuration.DestinationSettings;

/**
 * The settings of a Kafka topic, read.
 *
 * @param bootstrap brokers to ask first, host and port
 * @param tls whether connections are encrypted
 * @param signIn how to sign in; empty: not at all
 */
record KafkaSettings(
        List<String> bootstrap,
        String topic,
        boolean tls,
        Optional<SignIn> signIn,
        String source,
        NetworkOptions network)
        implements EventDestination.Settings {

    static final String BOOTSTRAP = "bootstrapServers";
    static final String TOPIC = "topic";
    static final String SECURITY = "security";
    static final String AUTHENTICATION = "authentication";
    static final String USERNAME = "username";
    static final String PASSWORD = "password";

    static final String CLIENT_KEY = "clientKey";
    static final String CLIENT_CERTIFICATES = "clientCertificates";

    private static final String CERTIFICATE = "certificate";
    private static final String NONE = "none";
    private static final int LONGEST_TOPIC = 249;

    /** How to sign in. */
    sealed interface SignIn {

        /** Puts it into the Kafka client's settings. */
        void into(Map<String, Object> client);
    }

    /** As a user, by SASL. */
    record User(String mechanism, String name, Secret password) implements SignIn {

        @Override
        public void into(Map<String, Object> client) {
            client.put(SaslConfigs.SASL_MECHANISM, mechanism);
            client.put(SaslConfigs.SASL_JAAS_CONFIG, jaas());
        }

        /** For the login module. It is secret. */
        private String jaas() {
            return "org.apache.kafka.common.security."
                    + (mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule")
                    + " required username=\"" + quoted(name) + "\" password=\"" + quoted(password.reveal()) + "\";";
        }

        private static String quoted(String text) {
            return text.replace("\\", "\\\\").replace("\"", "\\\"");
        }
    }

    /** By a client certificate. */
    record Certificate(ClientCertificate certificate) implements SignIn {

        @Override
        public void into(Map<String, Object> client) {
            client.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            client.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, certificate.key().reveal());
            client.put(
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    certificate.chain().reveal());
        }
    }

    static List<AuthField> fields() {
        List<AuthField> fields = new ArrayList<>(List.of(
                new AuthField(
                        "Bootstrap servers",
                        BOOTSTRAP,
                        AuthField.Type.STRING,
                        true,
                        "Brokers to ask first, e.g. kafka-1.example.com:9093, kafka-2.example.com:9093.",
                        List.of()),
                new AuthField("Topic", TOPIC, AuthField.Type.STRING, true, "It has to be there already.", List.of()),
                new AuthField(
                        "Security",
                        SECURITY,
                        AuthField.Type.ENUM,
                        true,
                        "Whether connections are encrypted. The network options may name a CA of your own.",
                        List.of("tls", "plaintext")),
                new AuthField(
                        "Authentication",
                        AUTHENTICATION,
                        AuthField.Type.ENUM,
                        true,
                        "How to sign in: as a user (SASL), or by a client certificate.",
                        List.of(NONE, "plain", "scram-sha-256", "scram-sha-512", CERTIFICATE)),
                new AuthField(
                        "User name",
                        USERNAME,
                        AuthField.Type.STRING,
                        false,
                        "May write to the topic, and do so idempotently.",
                        List.of()),
                new AuthField(
                        "Password",
                        PASSWORD,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "That user's password.",
                        List.of()),
                new AuthField(
                        "Client key",
                        CLIENT_KEY,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "The private key of the client certificate: PEM, PKCS #8, without a passphrase.",
                        List.of()),
                new AuthField(
                        "Client certificates",
                        CLIENT_CERTIFICATES,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "The client certificate and those that lead to the brokers' CA, as PEM, in this order.",
                        List.of())));
        fields.addAll(EventSettings.fields());
        return List.copyOf(fields);
    }

    static SettingsRead<KafkaSettings> read(DestinationSettings given) {
        List<Problem> problems = new ArrayList<>();
        List<String> bootstrap = bootstrap(given, problems);
        String topic = given.value(TOPIC).orElse("");
        if (!topic.matches("[a-zA-Z0-9._-]{1," + LONGEST_TOPIC + "}") || topic.matches("\\.{1,2}")) {
            problems.add(new Problem(TOPIC, "Give the topic's name: letters, digits, dot, underscore, hyphen."));
        }
        boolean tls = given.value(SECURITY).orElse("tls").equals("tls");
        if (!tls && !given.network().allowPlainHttp()) {
            problems.add(new Problem(
                    SECURITY,
                    "Without TLS the events could be read on the way. Choose tls, or start the server with"
                            + " --allow-plain-http."));
        }
        if (given.network().proxy().isPresent()) {
            problems.add(new Problem("network.proxy", "Kafka is not reached through an HTTP proxy. Leave it out."));
        }
        Optional<SignIn> signIn = signIn(given, problems);
        EventSettings.check(given, problems);
        return SettingsRead.of(
                problems,
                () -> new KafkaSettings(bootstrap, topic, tls, signIn, EventSettings.source(given), given.network()));
    }

    private static List<String> bootstrap(DestinationSettings given, List<Problem> problems) {
        List<String> brokers = new ArrayList<>();
        for (String broker : given.value(BOOTSTRAP).orElse("").split("[,\\s]+", -1)) {
            if (!broker.matches("([\\w.-]+|\\[[0-9a-fA-F:.]+]):\\d{1,5}")) {
                problems.add(new Problem(
                        BOOTSTRAP,
                        "Give brokers as host:port, apart by commas, e.g. kafka-1.example.com:9093; \"" + broker
                                + "\" is none."));
                return brokers;
            }
            String host = broker.substring(0, broker.lastIndexOf(':'));
            GuardedNames.refusal(given.network().targets(), host)
                    .ifPresent(refusal -> problems.add(new Problem(BOOTSTRAP, refusal + " " + GuardedNames.fix(host))));
            brokers.add(broker);
        }
        return brokers;
    }

    private static Optional<SignIn> signIn(DestinationSettings given, List<Problem> problems) {
        String mechanism = given.value(AUTHENTICATION).orElse(NONE);
        if (mechanism.equals(NONE)) {
            return Optional.empty();
        }
        if (mechanism.equals(CERTIFICATE)) {
            if (!given.value(SECURITY).orElse("tls").equals("tls")) {
                problems.add(new Problem(AUTHENTICATION, "A client certificate needs TLS. Choose tls under Security."));
            }
            return ClientCertificate.read(
                            given.secret(CLIENT_KEY).orElse(Secret.of("")),
                            given.secret(CLIENT_CERTIFICATES).orElse(Secret.of("")),
                            problems)
                    .map(Certificate::new);
        }
        if (!Set.of("plain", "scram-sha-256", "scram-sha-512").contains(mechanism)) {
            problems.add(new Problem(AUTHENTICATION, "Give none, plain, scram-sha-256, scram-sha-512 or certificate."));
        }
        if (given.value(USERNAME).isEmpty()) {
            problems.add(new Problem(USERNAME, "Give the user's name."));
        }
        if (given.secret(PASSWORD).isEmpty()) {
            problems.add(new Problem(PASSWORD, "Give that user's password."));
        }
        return given.value(USERNAME)
                .flatMap(user -> given.secret(PASSWORD)
                        .map(password -> new User(mechanism.toUpperCase(Locale.ROOT), user, password)));
    }

    /** As the Kafka client wants it. There are secrets in it. */
    Map<String, Object> client() {
        Map<String, Object> client = new HashMap<>();
        client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        client.put(CommonClientConfigs.CLIENT_ID_CONFIG, "etm-connect");
        client.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                (signIn.filter(User.class::isInstance).isPresent() ? "SASL_" : "") + (tls ? "SSL" : "PLAINTEXT"));
        client.put(
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                network.connectTimeout().toMillis());
        signIn.ifPresent(as -> as.into(client));
        network.caCertificatesPem().ifPresent(pem -> {
            client.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            client.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
        });
        // else every client registers beans of the same name and says so
        client.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        client.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return client;
    }
}
