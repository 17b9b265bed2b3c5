// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.connector.Targets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsRulesTest {

    private static ConnectionSettings settings(Map<String, String> values, String key, NetworkOptions network) {
        Map<String, String> all =
                new HashMap<>(Map.of("baseURL", "https://api-acme.xdr.eu.paloaltonetworks.com", "x-xdr-auth-id", "17"));
        all.putAll(values);
        return new ConnectionSettings(
                all, Map.of("apiKey", Secret.of(key)), Set.of(FindingType.VULNERABILITY), network);
    }

    private static SettingsCheck check(Map<String, String> values) {
        return SettingsRules.check(settings(values, "k3y", NetworkOptions.defaults()));
    }

    @ParameterizedTest
    @CsvSource({
        "https://api-acme.xdr.eu.paloaltonetworks.com, https://api-acme.xdr.eu.paloaltonetworks.com, 0",
        "acme.xdr.eu.paloaltonetworks.com, https://api-acme.xdr.eu.paloaltonetworks.com, 2",
        "https://api-acme.xdr.eu.paloaltonetworks.com/, https://api-acme.xdr.eu.paloaltonetworks.com, 1",
        "https://acme.xdr.eu.paloaltonetworks.com/dashboard?tab=1#top, https://api-acme.xdr.eu.paloaltonetworks.com, 2",
        "https://api-api-acme.xdr.us.paloaltonetworks.com, https://api-acme.xdr.us.paloaltonetworks.com, 1",
        "https://api-acme.xdr.us.paloaltonetworks.com/public_api/v1, https://api-acme.xdr.us.paloaltonetworks.com, 1",
        "HTTPS://API-Acme.CRTX.us.PaloAltoNetworks.com, https://api-acme.crtx.us.paloaltonetworks.com, 0",
        "https://10.1.2.3:8443, https://10.1.2.3:8443, 0",
        "https://localhost, https://localhost, 0",
        "https://xdr.example.org, https://xdr.example.org, 0",
        "https://docs-cortex.paloaltonetworks.com, https://docs-cortex.paloaltonetworks.com, 0",
    })
    void theBaseUrlIsBroughtIntoFormAndEveryChangeIsNamed(String typed, String stored, int notices) {
        SettingsCheck.Accepted accepted = (SettingsCheck.Accepted) check(Map.of("baseURL", typed));
        assertThat(accepted.settings().value("baseURL")).contains(stored);
        assertThat(accepted.notices())
                .hasSize(notices)
                .allSatisfy(notice -> assertThat(notice).endsWith("."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://api-<fqdn>",
                "http://api-acme.xdr.eu.paloaltonetworks.com",
                "ftp://api-acme.xdr.eu.paloaltonetworks.com",
                "https://mira:secret@api-acme.xdr.eu.paloaltonetworks.com",
                "https://a b",
                "https://",
            })
    void aBaseUrlThatCannotBeUsedIsRefusedByName(String typed) {
        SettingsCheck.Rejected rejected = (SettingsCheck.Rejected) check(Map.of("baseURL", typed));
        assertThat(rejected.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("baseURL");
            assertThat(problem.message()).doesNotContain("secret");
        });
    }

    @Test
    void plainHttpIsAcceptedWhereItWasAllowed() {
        SettingsCheck check = SettingsRules.check(settings(
                Map.of("baseURL", "http://127.0.0.1:9000"),
                "k3y",
                NetworkOptions.defaults().withPlainHttp(true)));
        assertThat(((SettingsCheck.Accepted) check).settings().value("baseURL")).contains("http://127.0.0.1:9000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://127.0.0.1", "https://localhost", "https://[::1]:9000", "https://169.254.169.254"})
    void aBaseUrlOutsideTheInternetIsRefusedUnlessItWasAllowed(String url) {
        NetworkOptions internet = NetworkOptions.defaults().withTargets(Targets.internet());
        SettingsCheck.Rejected rejected =
                (SettingsCheck.Rejected) SettingsRules.check(settings(Map.of("baseURL", url), "k3y", internet));
        assertThat(rejected.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("baseURL");
            assertThat(problem.message())
                    .contains("not an address on the internet")
                    .contains("--allow-private-targets");
        });

        Targets allowed = Targets.internetAnd(List.of("localhost", "127.0.0.1", "::1", "169.254.169.254"));
        assertThat(SettingsRules.check(settings(
                        Map.of("baseURL", url), "k3y", NetworkOptions.defaults().withTargets(allowed))))
                .isInstanceOf(SettingsCheck.Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({
        "x-xdr-auth-id, '', x-xdr-auth-id",
        "x-xdr-auth-id, seventeen, x-xdr-auth-id",
        "securityLevel, Expert, securityLevel",
    })
    void aWrongFieldIsNamed(String field, String value, String named) {
        SettingsCheck.Rejected rejected = (SettingsCheck.Rejected) check(Map.of(field, value));
        assertThat(rejected.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.field()).isEqualTo(named));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "4711"})
    void aKeyThatCannotBeOneIsRefusedWithoutShowingIt(String key) {
        SettingsCheck.Rejected rejected =
                (SettingsCheck.Rejected) SettingsRules.check(settings(Map.of(), key, NetworkOptions.defaults()));
        assertThat(rejected.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("apiKey");
            assertThat(problem.message()).doesNotContain("two words").doesNotContain("4711");
        });
    }

    @Test
    void theWordBearerAndSpaceAroundTheKeyAreRemoved() {
        SettingsCheck.Accepted accepted = (SettingsCheck.Accepted)
                SettingsRules.check(settings(Map.of(), " Bearer k3y \n", NetworkOptions.defaults()));
        assertThat(accepted.settings().secret("apiKey")).contains(Secret.of("k3y"));
        assertThat(accepted.notices()).hasSize(1);
        assertThat(accepted.settings().value("securityLevel")).contains("Standard");
    }

    @Test
    void aCertificateThatIsNoneIsRefused() {
        NetworkOptions network = new NetworkOptions(
                Optional.empty(), Optional.of("no pem"), Duration.ofSeconds(1), Duration.ofSeconds(1), 8, 8, false);
        SettingsCheck.Rejected rejected =
                (SettingsCheck.Rejected) SettingsRules.check(settings(Map.of(), "k3y", network));
        assertThat(rejected.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.field()).isEqualTo("caCertificatesPem"));
    }
}
