// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Network options as JSON: the form in which they are stored and sent. Absent fields take their defaults. A proxy's
 * password is never part of it. Whether plain http is accepted is not either: the server decides that, not a connection.
 *
 * <pre>{@code
 * {"proxy": {"host": "proxy.example.com", "port": 3128, "user": "etm"},
 *  "caCertificatesPem": "-----BEGIN CERTIFICATE-----...",
 *  "connectTimeoutSeconds": 10, "responseTimeoutSeconds": 60, "requestsPerSecond": 8, "parallelRequests": 8}
 * }</pre>
 */
public final class NetworkOptionsJson {

    private static final Set<String> FIELDS = Set.of(
            "proxy",
            "caCertificatesPem",
            "connectTimeoutSeconds",
            "responseTimeoutSeconds",
            "requestsPerSecond",
            "parallelRequests");
    private static final long MAX_TIMEOUT_SECONDS = 3_600;
    private static final double MAX_REQUESTS_PER_SECOND = 1_000;
    private static final int MAX_PARALLEL_REQUESTS = 256;

    private NetworkOptionsJson() {}

    /** What came of reading. */
    public sealed interface Read {

        /** They can be used. */
        record Valid(NetworkOptions options) implements Read {}

        /** They cannot; at least one problem. Fields are named like {@code network.proxy.port}. */
        record Invalid(List<Problem> problems) implements Read {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }
    }

    /** Writes {@code options} without the proxy's password. */
    public static ObjectNode write(NetworkOptions options) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        options.proxy().ifPresent(proxy -> {
            ObjectNode node = json.putObject("proxy").put("host", proxy.host()).put("port", proxy.port());
            proxy.user().ifPresent(user -> node.put("user", user));
        });
        options.caCertificatesPem().ifPresent(pem -> json.put("caCertificatesPem", pem));
        return json.put("connectTimeoutSeconds", seconds(options.connectTimeout()))
                .put("responseTimeoutSeconds", seconds(options.responseTimeout()))
                .put("requestsPerSecond", options.requestsPerSecond())
                .put("parallelRequests", options.parallelRequests());
    }

    /** Reads {@code json}; {@code proxyPassword} is added to its proxy, if it has one. */
    public static Read read(ObjectNode json, Optional<Secret> proxyPassword) {
        List<Problem> problems = new ArrayList<>();
        NetworkOptions defaults = NetworkOptions.defaults();
        json.propertyNames().stream()
                .filter(name -> !FIELDS.contains(name))
                .forEach(
                        name -> problems.add(new Problem("network." + name, "There is no such option. Leave it out.")));
        Optional<NetworkOptions.Proxy> proxy = proxy(json.path("proxy"), proxyPassword, problems);
        Optional<String> certificates = certificates(json.path("caCertificatesPem"), problems);
        double connect = number(
                json, "connectTimeoutSeconds", seconds(defaults.connectTimeout()), MAX_TIMEOUT_SECONDS, problems);
        double response = number(
                json, "responseTimeoutSeconds", seconds(defaults.responseTimeout()), MAX_TIMEOUT_SECONDS, problems);
        double budget =
                number(json, "requestsPerSecond", defaults.requestsPerSecond(), MAX_REQUESTS_PER_SECOND, problems);
        int parallel = whole(
                json.path("parallelRequests"),
                "network.parallelRequests",
                defaults.parallelRequests(),
                MAX_PARALLEL_REQUESTS,
                problems);
        if (!problems.isEmpty()) {
            return new Read.Invalid(problems);
        }
        return new Read.Valid(new NetworkOptions(
                proxy, certificates, duration(connect), duration(response), budget, parallel, false));
    }

    private static Optional<NetworkOptions.Proxy> proxy(
            JsonNode json, Optional<Secret> password, List<Problem> problems) {
        if (json.isMissingNode() || json.isNull()) {
            return Optional.empty();
        }
        String host = json.path("host").asString("").strip();
        if (host.isEmpty() || host.contains("/") || host.contains(" ")) {
            problems.add(new Problem(
                    "network.proxy.host", "Give the proxy's host name or address alone, e.g. proxy.example.com."));
        }
        int port = whole(json.path("port"), "network.proxy.port", 0, 65_535, problems);
        if (json.path("port").isMissingNode()) {
            problems.add(new Problem("network.proxy.port", "Give the proxy's port, e.g. 3128."));
        }
        Optional<String> user =
                Optional.of(json.path("user").asString("").strip()).filter(text -> !text.isEmpty());
        if (password.isPresent() && user.isEmpty()) {
            problems.add(new Problem("network.proxy.user", "A proxy password needs a user. Give the proxy's user."));
        }
        return Optional.of(new NetworkOptions.Proxy(host, port, user, password));
    }

    private static Optional<String> certificates(JsonNode json, List<Problem> problems) {
        Optional<String> pem = Optional.of(json.asString("").strip()).filter(text -> !text.isEmpty());
        pem.ifPresent(text -> {
            try {
                var found = CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
                if (found.isEmpty()) {
                    problems.add(noCertificate());
                }
            } catch (CertificateException unreadable) {
                problems.add(noCertificate());
            }
        });
        return pem;
    }

    private static Problem noCertificate() {
        return new Problem(
                "network.caCertificatesPem",
                "This is not a PEM certificate. Paste the text from -----BEGIN CERTIFICATE----- to"
                        + " -----END CERTIFICATE-----, both lines included.");
    }

    private static double number(ObjectNode json, String name, double absent, double max, List<Problem> problems) {
        JsonNode node = json.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        double value = node.asDouble(Double.NaN);
        if (!(value > 0 && value <= max)) {
            problems.add(new Problem(
                    "network." + name,
                    "Give a number greater than 0 and at most %,d; it was %s.".formatted((long) max, node)));
            return absent;
        }
        return value;
    }

    private static int whole(JsonNode node, String field, int absent, int max, List<Problem> problems) {
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.canConvertToExactIntegral() || node.asInt(0) < 1 || node.asInt(0) > max) {
            problems.add(new Problem(field, "Give a whole number from 1 to %d; it was %s.".formatted(max, node)));
            return Math.max(absent, 1);
        }
        return node.asInt();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
    }
}
