// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.inventory.configuration.DestinationSettings;

/**
 * The settings of a subscription, read.
 *
 * @param gateway scheme, host and port
 * @param signIn how to sign in
 * @param connectorUuid of the webhook connector in Qualys
 * @param source what the deliveries call their source
 * @param batchSize assets in one request
 * @param findings in which form findings go along
 * @param verificationQuery what is asked there after a delivery, in Qualys' query language; empty if nothing is
 */
record GatewaySettings(
        URI gateway,
        SignIn signIn,
        String connectorUuid,
        String source,
        int batchSize,
        FindingsForm findings,
        Optional<String> verificationQuery,
        NetworkOptions network) {

    static final String GATEWAY = "gatewayURL";
    static final String AUTHENTICATION = "authentication";
    static final String USERNAME = "username";
    static final String PASSWORD = "password";
    static final String CLIENT_ID = "clientId";
    static final String CLIENT_SECRET = "clientSecret";
    static final String CONNECTOR_UUID = "connectorUUID";
    static final String SOURCE = "source";
    static final String BATCH_SIZE = "batchSize";
    static final String FINDINGS = "findings";
    static final String VERIFICATION = "verificationQuery";

    private static final int MOST_ASSETS = 1_000;

    /** How to sign in. */
    sealed interface SignIn {
        record Password(String user, Secret password) implements SignIn {}

        record Client(String id, Secret secret) implements SignIn {}
    }

    /** The shape of findings in a request is not published. */
    enum FindingsForm {
        /** None are sent. */
        OFF,
        /** As a tool of the community sends them. */
        COMMUNITY
    }

    static List<AuthField> fields() {
        return List.of(
                new AuthField(
                        "Gateway URL",
                        GATEWAY,
                        AuthField.Type.STRING,
                        true,
                        "Your platform's API gateway, e.g. https://gateway.qg2.apps.qualys.eu; see qualys.com/platform-identification.",
                        List.of()),
                new AuthField(
                        "Authentication",
                        AUTHENTICATION,
                        AuthField.Type.ENUM,
                        true,
                        "Whether to sign in as a user or as an API client.",
                        List.of("user", "client")),
                new AuthField(
                        "User name",
                        USERNAME,
                        AuthField.Type.STRING,
                        false,
                        "A Qualys user with API access; for authentication as a user.",
                        List.of()),
                new AuthField(
                        "Password",
                        PASSWORD,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "That user's password.",
                        List.of()),
                new AuthField(
                        "Client ID",
                        CLIENT_ID,
                        AuthField.Type.STRING,
                        false,
                        "For authentication as an API client.",
                        List.of()),
                new AuthField(
                        "Client secret",
                        CLIENT_SECRET,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "That client's secret.",
                        List.of()),
                new AuthField(
                        "Connector UUID",
                        CONNECTOR_UUID,
                        AuthField.Type.STRING,
                        true,
                        "Of the Webhook connector made in Qualys: Connectors > Integrations > Webhook.",
                        List.of()),
                new AuthField(
                        "Source",
                        SOURCE,
                        AuthField.Type.STRING,
                        false,
                        "What deliveries call their source; WEBHOOK if left out.",
                        List.of()),
                new AuthField(
                        "Batch size",
                        BATCH_SIZE,
                        AuthField.Type.STRING,
                        false,
                        "Assets in one request, 1 to 1000; 50 if left out.",
                        List.of()),
                new AuthField(
                        "Findings",
                        FINDINGS,
                        AuthField.Type.ENUM,
                        true,
                        "Whether findings go along. Qualys publishes no shape for them: try it on a few assets, or deliver CSV.",
                        List.of("off", "community")),
                new AuthField(
                        "Verification query",
                        VERIFICATION,
                        AuthField.Type.STRING,
                        false,
                        "Findings that ETM is asked for after each delivery, to compare their number, e.g."
                                + " finding.vendorProductName:`Cortex XDR` and finding.status:ACTIVE. Not asked if left out.",
                        List.of()));
    }

    static SettingsRead<GatewaySettings> read(DestinationSettings given) {
        List<Problem> problems = new ArrayList<>();
        Optional<URI> gateway = gateway(given, problems);
        Optional<SignIn> signIn = switch (given.value(AUTHENTICATION).orElse("user")) {
            case "user" -> user(given, problems);
            case "client" -> client(given, problems);
            default -> {
                problems.add(new Problem(AUTHENTICATION, "Give user or client."));
                yield Optional.empty();
            }
        };
        Optional<String> uuid = given.value(CONNECTOR_UUID);
        if (uuid.isEmpty()) {
            problems.add(
                    new Problem(
                            CONNECTOR_UUID,
                            "Give the UUID that Qualys shows for the Webhook connector (Connectors > Integrations > Webhook)."));
        } else if (!isUuid(uuid.get())) {
            problems.add(new Problem(
                    CONNECTOR_UUID,
                    "\"" + uuid.get() + "\" is no UUID, which has 36 characters like"
                            + " 489e8429-7c61-4e0a-9d3c-0f2b6a5d1e77. Copy it from the connector in Qualys."));
        }
        Optional<Integer> batch = number(given.value(BATCH_SIZE).orElse("50"));
        if (batch.isEmpty()) {
            problems.add(new Problem(BATCH_SIZE, "Give a whole number from 1 to " + MOST_ASSETS + "."));
        }
        Optional<FindingsForm> form =
                switch (given.value(FINDINGS).orElse("off").toLowerCase(Locale.ROOT)) {
                    case "off" -> Optional.of(FindingsForm.OFF);
                    case "community" -> Optional.of(FindingsForm.COMMUNITY);
                    default -> {
                        problems.add(new Problem(FINDINGS, "Give off or community."));
                        yield Optional.empty();
                    }
                };
        Optional<String> verification = given.value(VERIFICATION);
        if (verification.isPresent() && !verification.get().matches("(?s).*finding\\.\\w+(\\.\\w+)*:.*")) {
            problems.add(new Problem(
                    VERIFICATION, "ETM's reports take queries by token, e.g. finding.vendorProductName:`Cortex XDR`."));
        }
        if (verification.isPresent() && form.filter(FindingsForm.OFF::equals).isPresent()) {
            problems.add(
                    new Problem(VERIFICATION, "No findings are sent, so there are none to compare. Leave it out."));
        }
        return SettingsRead.of(
                problems,
                () -> new GatewaySettings(
                        gateway.orElseThrow(),
                        signIn.orElseThrow(),
                        uuid.orElseThrow(),
                        given.value(SOURCE).orElse("WEBHOOK"),
                        batch.orElseThrow(),
                        form.orElseThrow(),
                        verification,
                        given.network()));
    }

    private static Optional<URI> gateway(DestinationSettings given, List<Problem> problems) {
        String typed = given.value(GATEWAY).orElse("");
        if (typed.isEmpty()) {
            problems.add(
                    new Problem(GATEWAY, "Give your platform's gateway, e.g. https://gateway.qg1.apps.qualys.com."));
            return Optional.empty();
        }
        URI uri;
        try {
            uri = URI.create(typed.contains("://") ? typed : "https://" + typed);
        } catch (IllegalArgumentException unreadable) {
            problems.add(new Problem(GATEWAY, "\"" + typed + "\" is no URL. Write https://gateway.…"));
            return Optional.empty();
        }
        String host = uri.getHost();
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
            problems.add(new Problem(GATEWAY, "\"" + typed + "\" is no web address. Write https://gateway.…"));
            return Optional.empty();
        }
        if (scheme.equals("http") && !given.network().allowPlainHttp()) {
            problems.add(new Problem(
                    GATEWAY,
                    "Over http:// the password could be read on the way. Write https://, or start the server"
                            + " with --allow-plain-http for a simulator."));
        }
        if (host.startsWith("qualysapi.") || host.startsWith("qualysguard.")) {
            problems.add(new Problem(
                    GATEWAY,
                    host + " is the platform's " + (host.startsWith("qualysapi.") ? "classic API server" : "console")
                            + ", which does not take assets. Write its gateway: "
                            + host.replaceFirst("^qualys(api|guard)\\.", "gateway.") + "."));
        }
        GuardedNames.refusal(given.network().targets(), host)
                .ifPresent(refusal -> problems.add(new Problem(GATEWAY, refusal + " " + GuardedNames.fix(host))));
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return Optional.of(URI.create(scheme + "://" + host + port));
    }

    private static Optional<SignIn> user(DestinationSettings given, List<Problem> problems) {
        if (given.value(USERNAME).isEmpty()) {
            problems.add(new Problem(USERNAME, "Give the Qualys user's name."));
        }
        if (given.secret(PASSWORD).isEmpty()) {
            problems.add(new Problem(PASSWORD, "Give that user's password."));
        }
        return given.value(USERNAME)
                .flatMap(name -> given.secret(PASSWORD).map(password -> new SignIn.Password(name, password)));
    }

    private static Optional<SignIn> client(DestinationSettings given, List<Problem> problems) {
        if (given.value(CLIENT_ID).isEmpty()) {
            problems.add(new Problem(CLIENT_ID, "Give the API client's id."));
        }
        if (given.secret(CLIENT_SECRET).isEmpty()) {
            problems.add(new Problem(CLIENT_SECRET, "Give that client's secret."));
        }
        return given.value(CLIENT_ID)
                .flatMap(id -> given.secret(CLIENT_SECRET).map(secret -> new SignIn.Client(id, secret)));
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.valueOf(text)).filter(number -> number >= 1 && number <= MOST_ASSETS);
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }

    private static boolean isUuid(String text) {
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException no) {
            return false;
        }
    }
}
