// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.inventory.configuration.DestinationSettings;

/**
 * The settings of a webhook, read.
 *
 * @param batch how many events go in one request; 1: each on its own, not as a batch
 * @param authorization the Authorization header, if the receiver wants one
 */
record WebhookSettings(
        URI url,
        int batch,
        WebhookSignature signature,
        Optional<Secret> authorization,
        String source,
        NetworkOptions network)
        implements EventDestination.Settings {

    static final String URL = "url";
    static final String SECRET = "signingSecret";
    static final String FORMER_SECRET = "formerSigningSecret";
    static final String AUTHORIZATION = "authorization";
    static final String BATCH = "batchSize";

    private static final int MOST = 1_000;

    static List<AuthField> fields() {
        List<AuthField> fields = new ArrayList<>(List.of(
                new AuthField(
                        "URL",
                        URL,
                        AuthField.Type.STRING,
                        true,
                        "Where events are posted to, e.g. https://hooks.example.com/etm.",
                        List.of()),
                new AuthField(
                        "Signing secret",
                        SECRET,
                        AuthField.Type.ENCRYPTED_STRING,
                        true,
                        "What events are signed with, as the receiver knows it: whsec_ and 24 to 64 bytes as Base64. Make one: echo whsec_$(openssl rand -base64 32)",
                        List.of()),
                new AuthField(
                        "Former signing secret",
                        FORMER_SECRET,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "Signs as well, while receivers change over to a new secret.",
                        List.of()),
                new AuthField(
                        "Authorization header",
                        AUTHORIZATION,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "Sent along if the receiver wants one, e.g. Bearer and a token.",
                        List.of()),
                new AuthField(
                        "Batch size",
                        BATCH,
                        AuthField.Type.STRING,
                        false,
                        "Events in one request, 1 to 1000; 100 if left out. With 1, each is sent on its own and not as a batch.",
                        List.of())));
        fields.addAll(EventSettings.fields());
        return List.copyOf(fields);
    }

    static SettingsRead<WebhookSettings> read(DestinationSettings given) {
        List<Problem> problems = new ArrayList<>();
        Optional<URI> url = url(given, problems);
        if (given.secret(SECRET).isEmpty()) {
            problems.add(new Problem(SECRET, "Give a signing secret. Make one: echo whsec_$(openssl rand -base64 32)"));
        }
        List<Secret> secrets = new ArrayList<>();
        for (String key : List.of(SECRET, FORMER_SECRET)) {
            given.secret(key).ifPresent(secret -> {
                WebhookSignature.problem(secret)
                        .ifPresentOrElse(
                                why -> problems.add(
                                        new Problem(key, why + " Make one: echo whsec_$(openssl rand -base64 32)")),
                                () -> secrets.add(secret));
            });
        }
        if (given.secret(AUTHORIZATION)
                .filter(secret -> secret.reveal().chars().anyMatch(c -> c < ' ' || c > '~'))
                .isPresent()) {
            problems.add(new Problem(AUTHORIZATION, "A header is one line of printable ASCII characters."));
        }
        Optional<Integer> batch = number(given.value(BATCH).orElse("100"));
        if (batch.isEmpty()) {
            problems.add(new Problem(BATCH, "Give a whole number from 1 to " + MOST + "."));
        }
        EventSettings.check(given, problems);
        return SettingsRead.of(
                problems,
                () -> new WebhookSettings(
                        url.orElseThrow(),
                        batch.orElseThrow(),
                        new WebhookSignature(secrets),
                        given.secret(AUTHORIZATION),
                        EventSettings.source(given),
                        given.network()));
    }

    private static Optional<URI> url(DestinationSettings given, List<Problem> problems) {
        String typed = given.value(URL).orElse("");
        URI uri;
        try {
            uri = URI.create(typed);
        } catch (IllegalArgumentException unreadable) {
            uri = URI.create("");
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            problems.add(new Problem(URL, "Give the receiver's web address, e.g. https://hooks.example.com/etm."));
            return Optional.empty();
        }
        if (uri.getRawUserInfo() != null) {
            problems.add(
                    new Problem(URL, "Leave user and password out; there is a field for an Authorization header."));
        }
        if (scheme.equals("http") && !given.network().allowPlainHttp()) {
            problems.add(new Problem(
                    URL,
                    "Over http:// the events could be read on the way. Write https://, or start the server with"
                            + " --allow-plain-http."));
        }
        String host = uri.getHost();
        GuardedNames.refusal(given.network().targets(), host)
                .ifPresent(refusal -> problems.add(new Problem(URL, refusal + " " + GuardedNames.fix(host))));
        return Optional.of(uri);
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.valueOf(text)).filter(number -> number >= 1 && number <= MOST);
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }
}
