// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.cortexxdr.client.SecurityLevel;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.http.Http;

/** Checks and normalises a connection's settings without sending anything. */
final class SettingsRules {

    /** The vendor's documented limit over all programs that call a tenant. */
    private static final double TENANT_LIMIT_PER_SECOND = 10;

    /** Keys were observed to be 128 characters long; an id has a few digits. */
    private static final int LONGEST_KEY_ID = 12;

    private static final String BEARER = "bearer ";

    private final ConnectionSettings given;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Map<String, String> values;
    private final Map<String, Secret> secrets;

    private SettingsRules(ConnectionSettings given) {
        this.given = given;
        this.values = new HashMap<>(given.values());
        this.secrets = new HashMap<>(given.secrets());
    }

    static SettingsCheck check(ConnectionSettings settings) {
        return new SettingsRules(settings).check();
    }

    private SettingsCheck check() {
        baseUrl();
        keyId();
        key();
        level();
        if (given.findingTypes().isEmpty()) {
            problems.add(new Problem(
                    "findingTypes", "Choose what the connection takes: Vulnerability, Host Asset or both."));
        }
        network(given.network());
        return problems.isEmpty()
                ? new SettingsCheck.Accepted(
                        new ConnectionSettings(values, secrets, given.findingTypes(), given.network()), notices)
                : new SettingsCheck.Rejected(problems);
    }

    private void baseUrl() {
        Optional<String> typed = given.value(SettingKeys.BASE_URL);
        if (typed.isEmpty()) {
            problem(
                    SettingKeys.BASE_URL,
                    "The base URL is missing. The Cortex XDR console shows it on the API Keys page under Copy API"
                            + " URL.");
            return;
        }
        switch (BaseUrl.read(typed.get(), given.network().allowPlainHttp())) {
            case BaseUrl.Unusable(String why) -> problem(SettingKeys.BASE_URL, why);
            case BaseUrl.Usable(var url, List<String> changes) -> {
                forbidden(SettingKeys.BASE_URL, String.valueOf(url.getHost()));
                values.put(SettingKeys.BASE_URL, url.toString());
                notices.addAll(changes);
            }
        }
    }

    private void forbidden(String field, String host) {
        GuardedNames.refusal(given.network().targets(), host)
                .ifPresent(refusal -> problem(field, refusal + " " + GuardedNames.fix(host)));
    }

    private void keyId() {
        Optional<String> id = given.value(SettingKeys.API_KEY_ID);
        if (id.isEmpty()) {
            problem(
                    SettingKeys.API_KEY_ID,
                    "The API key ID is missing. It is the number in the ID column of the console's API Keys page.");
        } else if (!id.get().matches("\\d+") || id.get().length() > LONGEST_KEY_ID) {
            problem(
                    SettingKeys.API_KEY_ID,
                    "The API key ID has to be a number of a few digits, as in the ID column of the console's API Keys"
                            + " page. Were key and ID exchanged?");
        } else {
            values.put(SettingKeys.API_KEY_ID, id.get());
        }
    }

    private void key() {
        Optional<Secret> secret = given.secret(SettingKeys.API_KEY);
        if (secret.isEmpty()) {
            problem(
                    SettingKeys.API_KEY,
                    "The API key is missing. The console shows it once, when it is made; make a new one if it is"
                            + " lost.");
            return;
        }
        String key = secret.get().reveal().strip();
        if (key.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            key = key.substring(BEARER.length()).strip();
            notices.add("The word Bearer was removed from the API key: Cortex XDR takes the key alone.");
        }
        if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            problem(
                    SettingKeys.API_KEY,
                    "The API key holds white space or characters that a key never has. Copy it again from the console,"
                            + " whole.");
        } else if (key.matches("\\d{1," + LONGEST_KEY_ID + "}")) {
            problem(
                    SettingKeys.API_KEY,
                    "The API key is only a few digits long, like an API key ID. Were key and ID exchanged?");
        } else {
            secrets.put(SettingKeys.API_KEY, Secret.of(key));
        }
    }

    private void level() {
        Optional<String> typed = given.value(SettingKeys.SECURITY_LEVEL);
        Optional<SecurityLevel> level =
                typed.isEmpty() ? Optional.of(SecurityLevel.STANDARD) : SecurityLevel.called(typed.get());
        level.ifPresentOrElse(
                found -> values.put(SettingKeys.SECURITY_LEVEL, found.title()),
                () -> problem(
                        SettingKeys.SECURITY_LEVEL,
                        "The security level is " + String.join(" or ", SecurityLevel.titles())
                                + ", as chosen when the key was made."));
    }

    private void network(NetworkOptions network) {
        network.proxy().ifPresent(proxy -> {
            if (proxy.host().isBlank() || proxy.host().contains("/")) {
                problem("proxy", "The proxy's host has to be a host name or address alone, without http:// and path.");
            }
            forbidden("proxy", proxy.host());
            if (proxy.port() < 1 || proxy.port() > 65_535) {
                problem("proxy", "The proxy's port has to be from 1 to 65535, it is " + proxy.port() + ".");
            }
        });
        network.caCertificatesPem().ifPresent(pem -> {
            try {
                Http.certificates(pem);
            } catch (CertificateException e) {
                problem(
                        "caCertificatesPem",
                        "The CA certificates do not read: give PEM text, from -----BEGIN CERTIFICATE----- to "
                                + "-----END CERTIFICATE-----.");
            }
        });
        if (!network.connectTimeout().isPositive() || !network.responseTimeout().isPositive()) {
            problem("timeouts", "The connect and response timeouts have to be longer than nothing.");
        }
        if (network.requestsPerSecond() > TENANT_LIMIT_PER_SECOND) {
            notices.add("More than 10 requests a second were allowed to the connection; Cortex XDR answers at most 10 a"
                    + " second over all programs that call the tenant.");
        }
    }

    private void problem(String field, String message) {
        problems.add(new Problem(field, message));
    }
}
