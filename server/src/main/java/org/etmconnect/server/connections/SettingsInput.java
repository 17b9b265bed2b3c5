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
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ConnectionInputDto;
import org.etmconnect.server.rest.model.FieldProblemDto;

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
        SettingsDocuments.checkKeys(values, fields, false, problems);
        SettingsDocuments.checkKeys(entered, fields, true, problems);

        Optional<NetworkOptions> network = SettingsDocuments.network(
                input.getNetwork(), stored.map(ConnectionSettings::network), allowPlainHttp, targets, problems);
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

    private static ApiProblem unusable(List<Problem> problems) {
        return ApiProblem.unusable(
                "The connection's settings cannot be used",
                problems.stream()
                        .map(problem -> new FieldProblemDto(problem.field(), problem.message()))
                        .toList());
    }
}
