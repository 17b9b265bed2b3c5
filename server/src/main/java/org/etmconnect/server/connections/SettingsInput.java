// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.configuration.NetworkOptionsJson;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ConnectionInputDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.NetworkDto;
import org.etmconnect.server.rest.model.ProxyDto;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a person entered for a connection, up to settings that its connector accepts. */
final class SettingsInput {

    private final Connector connector;
    private final boolean allowPlainHttp;
    private final Targets targets;

    SettingsInput(Connector connector, boolean allowPlainHttp, Targets targets) {
        this.connector = connector;
        this.allowPlainHttp = allowPlainHttp;
        this.targets = targets;
    }

    /**
     * The accepted settings.
     *
     * @param stored what is stored of the connection now, whose credentials stay where none are entered; empty for a new one
     * @throws ApiProblem if something cannot be used; it names every field at once
     */
    SettingsCheck.Accepted read(ConnectionInputDto input, Optional<ConnectionSettings> stored) {
        List<Problem> problems = new ArrayList<>();
        Map<String, String> values = input.getValues() == null ? Map.of() : input.getValues();
        Map<String, String> entered = input.getSecrets() == null ? Map.of() : input.getSecrets();
        Map<String, AuthField> fields =
                connector.descriptor().authFields().stream().collect(Collectors.toMap(AuthField::key, field -> field));
        checkKeys(values, fields, false, problems);
        checkKeys(entered, fields, true, problems);

        Optional<NetworkOptions> network = network(input.getNetwork(), stored, problems);
        if (!problems.isEmpty() || network.isEmpty()) {
            throw unusable(problems);
        }
        Map<String, Secret> secrets = new HashMap<>();
        entered.forEach((key, value) -> secrets.put(key, Secret.of(value)));
        Set<String> kept = new TreeSet<>();
        stored.ifPresent(old -> old.secrets().forEach((key, secret) -> {
            if (secrets.putIfAbsent(key, secret) == null) {
                kept.add(key);
            }
        }));
        Set<FindingType> types = input.getFindingTypes().stream()
                .filter(Objects::nonNull)
                .map(type -> FindingType.valueOf(type.name()))
                .collect(Collectors.toSet());
        return switch (connector.checkSettings(new ConnectionSettings(values, secrets, types, network.get()))) {
            case SettingsCheck.Accepted accepted -> {
                // Only accepted settings have the form of the stored ones, e.g. a completed base URL.
                if (!kept.isEmpty() && !sameWay(stored.orElseThrow(), accepted.settings())) {
                    throw unusable(kept.stream()
                            .map(key -> new Problem(
                                    key,
                                    "Enter it again: a stored credential is not sent to where changed settings lead."))
                            .toList());
                }
                yield accepted;
            }
            case SettingsCheck.Rejected(List<Problem> rejected) -> throw unusable(rejected);
        };
    }

    /** A stored key goes on only to where it went before; else a changed address would give it to whoever listens there. */
    private static boolean sameWay(ConnectionSettings old, ConnectionSettings changed) {
        return old.values().equals(changed.values())
                && old.network().proxy().equals(changed.network().proxy())
                && old.network().caCertificatesPem().equals(changed.network().caCertificatesPem());
    }

    private static void checkKeys(
            Map<String, String> entered, Map<String, AuthField> fields, boolean secret, List<Problem> problems) {
        entered.forEach((key, value) -> {
            AuthField field = fields.get(key);
            if (field == null) {
                problems.add(new Problem(
                        key,
                        "This connector has no such setting. It has: "
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

    private Optional<NetworkOptions> network(
            @Nullable NetworkDto input, Optional<ConnectionSettings> stored, List<Problem> problems) {
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

    private static Optional<Secret> storedPassword(ProxyDto proxy, Optional<ConnectionSettings> stored) {
        return stored.flatMap(old -> old.network().proxy())
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

    private static ApiProblem unusable(List<Problem> problems) {
        return ApiProblem.unusable(
                "The connection's settings cannot be used",
                problems.stream()
                        .map(problem -> new FieldProblemDto(problem.field(), problem.message()))
                        .toList());
    }
}
