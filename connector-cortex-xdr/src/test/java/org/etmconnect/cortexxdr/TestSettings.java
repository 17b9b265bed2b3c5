// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.cortexxdr.client.RetryRules;
import org.etmconnect.cortexxdr.client.Time;
import org.etmconnect.cortexxdr.fetch.FetchTuning;
import org.etmconnect.simulator.SimulatorSettings;

/** Settings for tenants on this machine, and a connector that does not wait long. */
public final class TestSettings {

    public static final RetryRules QUICK = new RetryRules(2, 4, 6, Duration.ofMillis(2), Duration.ofMillis(20), 3);

    private TestSettings() {}

    public static CortexXdrConnector connector() {
        return new CortexXdrConnector(
                Time.system(), FetchTuning.standard().polling(Duration.ofMillis(2), Duration.ofMillis(10)), QUICK);
    }

    public static NetworkOptions network() {
        return NetworkOptions.defaults().withPlainHttp(true).withBudget(5_000, 8);
    }

    public static ConnectionSettings settings(URI baseUrl) {
        return settings(baseUrl, SimulatorSettings.DEFAULT_KEY, "Standard", network());
    }

    public static ConnectionSettings settings(URI baseUrl, String key, String level, NetworkOptions network) {
        return new ConnectionSettings(
                Map.of("baseURL", baseUrl.toString(), "x-xdr-auth-id", "1", "securityLevel", level),
                Map.of("apiKey", Secret.of(key)),
                Set.of(FindingType.VULNERABILITY, FindingType.HOST_ASSET),
                network);
    }

    public static ConnectionSettings hostsOnly(ConnectionSettings settings) {
        return new ConnectionSettings(
                settings.values(), settings.secrets(), Set.of(FindingType.HOST_ASSET), settings.network());
    }
}
