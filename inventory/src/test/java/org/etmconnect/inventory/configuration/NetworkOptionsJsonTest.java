// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class NetworkOptionsJsonTest {

    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBjTCCATOgAwIBAgIUeGrBCX8gMj3PooX7OGxZOw+w0ncwCgYIKoZIzj0EAwIw
            GzEZMBcGA1UEAwwQcHJveHktY2EuZXhhbXBsZTAgFw0yNjExMjQwODA5MTNaGA8y
            MTI2MTAzMTA4MDkxM1owGzEZMBcGA1UEAwwQcHJveHktY2EuZXhhbXBsZTBZMBMG
            ByqGSM49AgEGCCqGSM49AwEHA0IABBPqisdxBkMebGVCcD/eCzqHYqCwZF3N6wS0
            DPAwqwayTxnrVI3GnqyvtfJm5pPfK6qNyUTIi/0lzAE9NJcAc5+jUzBRMB0GA1Ud
            DgQWBBTPi4LJnpCSNc/haDnXGWqL2xSuQzAfBgNVHSMEGDAWgBTPi4LJnpCSNc/h
            aDnXGWqL2xSuQzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDC
            7Tu9kllmID8gntb+n097Dlcnu0wWjYNbyeB7YY2siwIgBq7ZOMP6TBtBSDyql/d4
            LITj+vBLjMZTSOKz674phu4=
            -----END CERTIFICATE-----
            """;

    @Test
    void nothingSaidMeansTheDefaults() {
        assertThat(read("{}")).isEqualTo(new NetworkOptionsJson.Read.Valid(NetworkOptions.defaults()));
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadBackTheSame(
            @ForAll @IntRange(min = 1, max = 3_600_000) int connectMillis,
            @ForAll @IntRange(min = 1, max = 3_600_000) int responseMillis,
            @ForAll @DoubleRange(min = 0.1, max = 1_000) double budget,
            @ForAll @IntRange(min = 1, max = 256) int parallel,
            @ForAll @IntRange(min = 1, max = 65_535) int port) {
        Optional<Secret> password = Optional.of(Secret.of("p"));
        NetworkOptions options = new NetworkOptions(
                Optional.of(new NetworkOptions.Proxy("proxy.example.com", port, Optional.of("etm"), password)),
                Optional.of(CERTIFICATE.strip()),
                Duration.ofMillis(connectMillis),
                Duration.ofMillis(responseMillis),
                budget,
                parallel,
                false);

        assertThat(NetworkOptionsJson.read(NetworkOptionsJson.write(options), password))
                .isEqualTo(new NetworkOptionsJson.Read.Valid(options));
    }

    @Test
    void theProxysPasswordIsNotWritten() {
        NetworkOptions options = new NetworkOptions(
                Optional.of(new NetworkOptions.Proxy(
                        "proxy.example.com", 3128, Optional.of("etm"), Optional.of(Secret.of("do-not-write")))),
                Optional.empty(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                1,
                false);

        assertThat(NetworkOptionsJson.write(options).toString()).doesNotContain("do-not-write");
    }

    @Test
    void everythingThatIsWrongIsNamedAtOnce() {
        NetworkOptionsJson.Read read = read("""
                {"proxy": {"host": "http://proxy/", "port": 70000}, "caCertificatesPem": "abc", "connectTimeoutSeconds": 0,
                 "requestsPerSecond": "many", "parallelRequests": 2.5, "verifyTls": false}
                """);

        assertThat(read)
                .isInstanceOfSatisfying(
                        NetworkOptionsJson.Read.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(Problem::field)
                                .containsExactlyInAnyOrder(
                                        "network.proxy.host",
                                        "network.proxy.port",
                                        "network.caCertificatesPem",
                                        "network.connectTimeoutSeconds",
                                        "network.requestsPerSecond",
                                        "network.parallelRequests",
                                        "network.verifyTls"));
    }

    @Test
    void aProxyPasswordWithoutAUserIsRefused() {
        ObjectNode json = (ObjectNode)
                JsonMapper.shared().readTree("{\"proxy\": {\"host\": \"proxy.example.com\", \"port\": 3128}}");

        assertThat(NetworkOptionsJson.read(json, Optional.of(Secret.of("p"))))
                .isEqualTo(new NetworkOptionsJson.Read.Invalid(List.of(
                        new Problem("network.proxy.user", "A proxy password needs a user. Give the proxy's user."))));
    }

    private static NetworkOptionsJson.Read read(String json) {
        return NetworkOptionsJson.read((ObjectNode) JsonMapper.shared().readTree(json), Optional.empty());
    }
}
