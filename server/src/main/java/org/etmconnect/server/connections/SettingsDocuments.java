// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.configuration.NetworkOptionsJson;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.AuthFieldDto;
import org.etmconnect.server.rest.model.ConnectionCheckDto;
import org.etmconnect.server.rest.model.ConnectionTestDto;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.NetworkDto;
import org.etmconnect.server.rest.model.ProxyDto;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the settings of connections and destinations have in common, as it stands in requests and answers. */
public final class SettingsDocuments {

    private SettingsDocuments() {}

    /** Tries settings. */
    public interface Trial {
        ConnectionTest run() throws InterruptedException;
    }

    /** Tries settings and says what was seen. */
    public static ConnectionTestDto test(Trial trial) {
        try {
            ConnectionTest test = trial.run();
            return new ConnectionTestDto(
                    test.passed(),
                    test.checks().stream().map(SettingsDocuments::check).toList());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw ApiProblem.unavailable("The server is stopping", "Try again when it is up.", stopped);
        }
    }

    private static ConnectionCheckDto check(ConnectionTest.Check check) {
        ConnectionCheckDto document = new ConnectionCheckDto(
                check.name(),
                ConnectionCheckDto.OutcomeEnum.valueOf(check.outcome().name()),
                check.message());
        check.kind().ifPresent(kind -> document.setKind(FailureKindDto.valueOf(kind.name())));
        if (!check.fix().isEmpty()) {
            document.setFix(check.fix());
        }
        return document;
    }

    /** A setting. */
    public static AuthFieldDto field(AuthField field) {
        return new AuthFieldDto(
                field.name(),
                field.key(),
                AuthFieldDto.TypeEnum.valueOf(field.type().name()),
                field.required(),
                field.description(),
                field.choices());
    }

    /** Network options, without the proxy's password. */
    public static NetworkDto network(NetworkOptions options) {
        NetworkDto document = new NetworkDto();
        options.proxy().ifPresent(proxy -> {
            ProxyDto proxyDocument = new ProxyDto(proxy.host(), proxy.port());
            proxy.user().ifPresent(proxyDocument::setUser);
            document.setProxy(proxyDocument);
        });
        options.caCertificatesPem().ifPresent(document::setCaCertificatesPem);
        document.setConnectTimeoutSeconds(options.connectTimeout().toMillis() / 1000.0);
        document.setResponseTimeoutSeconds(options.responseTimeout().toMillis() / 1000.0);
        document.setRequestsPerSecond(options.requestsPerSecond());
        document.setParallelRequests(options.parallelRequests());
        return document;
    }

    /** Notes settings that there are not, and those that stand in the wrong place. */
    public static void checkKeys(
            Map<String, String> entered, Map<String, AuthField> fields, boolean secret, List<Problem> problems) {
        entered.forEach((key, value) -> {
            AuthField field = fields.get(key);
            if (field == null) {
                problems.add(new Problem(
                        key,
                        "There is no such setting. There are: "
                                + String.join(
                                        ", ", fields.keySet().stream().sorted().toList()) + "."));
            } else if (value == null) {
                problems.add(new Problem(key, "Give a text, or leave it out."));
            } else if (secret != (field.type() == AuthField.Type.ENCRYPTED_STRING)) {
                problems.add(new Problem(
                        key,
                        "Put it into \"" + (secret ? "values" : "secrets") + "\", not into \""
                                + (secret ? "secrets" : "values") + "\"."));
            }
        });
    }

    /**
     * The network options, or nothing and what is wrong with them in {@code problems}.
     *
     * @param stored what is stored now, whose proxy's password stays if none is entered
     */
    public static Optional<NetworkOptions> network(
            @Nullable NetworkDto input,
            Optional<NetworkOptions> stored,
            boolean allowPlainHttp,
            Targets targets,
            List<Problem> problems) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Optional<Secret> password = Optional.empty();
        if (input != null) {
            ProxyDto proxy = input.getProxy();
            if (proxy != null) {
                json.putObject("proxy")
                        .put("host", proxy.getHost())
                        .put("port", proxy.getPort())
                        .put("user", proxy.getUser() == null ? "" : proxy.getUser());
                password = Optional.ofNullable(proxy.getPassword())
                        .map(Secret::of)
                        .or(() -> storedPassword(proxy, stored));
            }
            putIfPresent(json, "caCertificatesPem", input.getCaCertificatesPem());
            putIfPresent(json, "connectTimeoutSeconds", input.getConnectTimeoutSeconds());
            putIfPresent(json, "responseTimeoutSeconds", input.getResponseTimeoutSeconds());
            putIfPresent(json, "requestsPerSecond", input.getRequestsPerSecond());
            // As a number of its own type: of any other it would not be known to be whole.
            Optional.ofNullable(input.getParallelRequests()).ifPresent(count -> json.put("parallelRequests", count));
        }
        return switch (NetworkOptionsJson.read(json, password)) {
            case NetworkOptionsJson.Read.Valid(NetworkOptions options) ->
                Optional.of(options.withPlainHttp(allowPlainHttp).withTargets(targets));
            case NetworkOptionsJson.Read.Invalid(List<Problem> found) -> {
                problems.addAll(found);
                yield Optional.empty();
            }
        };
    }

    private static Optional<Secret> storedPassword(ProxyDto proxy, Optional<NetworkOptions> stored) {
        return stored.flatMap(NetworkOptions::proxy)
                .filter(old -> old.host().equals(proxy.getHost())
                        && old.port() == proxy.getPort()
                        && old.user().equals(Optional.ofNullable(proxy.getUser())))
                .flatMap(NetworkOptions.Proxy::password);
    }

    private static void putIfPresent(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void putIfPresent(ObjectNode json, String name, @Nullable Double value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
