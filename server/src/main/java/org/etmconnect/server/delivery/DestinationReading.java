// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.Deliveries;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.inventory.configuration.DestinationDraft;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.SavedDestination;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.server.connections.ScheduleDocument;
import org.etmconnect.server.connections.SettingsDocuments;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.DestinationInputDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.start.ServerOptions;
import org.springframework.stereotype.Component;

/** Reads a destination as somebody wants it, and says what is wrong with it. */
@Component
class DestinationReading {

    private final Deliveries deliveries;
    private final ServerOptions options;

    DestinationReading(Deliveries deliveries, ServerOptions options) {
        this.deliveries = deliveries;
        this.options = options;
    }

    static void checkSameKind(SavedDestination before, DestinationInputDto input) {
        if (!before.kind().equals(input.getKind())) {
            throw ApiProblem.unusable(
                    "A destination keeps its kind",
                    List.of(new FieldProblemDto("kind", "Leave it " + before.kind() + ", or create another one.")));
        }
    }

    DestinationKind kind(String id) {
        return deliveries
                .kind(id)
                .orElseThrow(() -> ApiProblem.unusable(
                        "There is no such kind of destination",
                        List.of(new FieldProblemDto(
                                "kind",
                                "Give one of "
                                        + deliveries.kinds().stream()
                                                .map(DestinationKind::id)
                                                .collect(Collectors.joining(", "))
                                        + "."))));
    }

    DestinationDraft draft(DestinationInputDto input, Optional<DestinationSettings> stored) {
        String name = input.getName().strip();
        if (name.isEmpty()) {
            throw unusable(List.of(new Problem("name", "Give the destination a name.")));
        }
        DestinationKind kind = kind(input.getKind());
        DestinationSettings settings = settings(kind, input, stored);
        // what changes is told as it changes, and not by any clock
        return new DestinationDraft(
                name,
                input.getDescription() == null ? "" : input.getDescription().strip(),
                kind.id(),
                settings,
                !Boolean.FALSE.equals(input.getActive()),
                Boolean.TRUE.equals(input.getAfterRuns()) && !kind.takesEvents(),
                kind.takesEvents() ? new Schedule.None() : ScheduleDocument.read(input.getSchedule(), "schedule."),
                kind.events(settings));
    }

    private DestinationSettings settings(
            DestinationKind kind, DestinationInputDto input, Optional<DestinationSettings> stored) {
        List<Problem> problems = new ArrayList<>();
        Map<String, AuthField> fields =
                kind.fields().stream().collect(Collectors.toMap(AuthField::key, field -> field));
        Map<String, String> entered = input.getSecrets() == null ? Map.of() : input.getSecrets();
        SettingsDocuments.checkKeys(input.getValues(), fields, false, problems);
        SettingsDocuments.checkKeys(entered, fields, true, problems);
        Optional<NetworkOptions> network = SettingsDocuments.network(
                input.getNetwork(),
                stored.map(DestinationSettings::network),
                options.allowPlainHttp(),
                options.targets(),
                problems);
        if (!problems.isEmpty() || network.isEmpty()) {
            throw unusable(problems);
        }
        Map<String, Secret> secrets = new HashMap<>();
        entered.forEach((key, value) -> secrets.put(key, Secret.of(value)));
        boolean sameWay = stored.map(old -> sameWay(kind, old, input.getValues(), network.get()))
                .orElse(true);
        stored.ifPresent(old -> old.secrets().forEach((key, secret) -> {
            if (secrets.putIfAbsent(key, secret) == null && !sameWay) {
                problems.add(new Problem(
                        key, "Enter it again: a stored credential is not sent to where changed settings lead."));
            }
        }));
        DestinationSettings settings = new DestinationSettings(input.getValues(), secrets, network.get());
        problems.addAll(kind.check(settings));
        if (!problems.isEmpty()) {
            throw unusable(problems);
        }
        return settings;
    }

    /** A stored credential goes on only to where it went before; else a changed address would give it away. */
    private static boolean sameWay(
            DestinationKind kind, DestinationSettings old, Map<String, String> values, NetworkOptions network) {
        return kind.leadTo().stream()
                        .allMatch(key -> old.value(key)
                                .equals(Optional.ofNullable(values.get(key))
                                        .map(String::strip)
                                        .filter(text -> !text.isEmpty())))
                && old.network().proxy().equals(network.proxy())
                && old.network().caCertificatesPem().equals(network.caCertificatesPem());
    }

    private static ApiProblem unusable(List<Problem> problems) {
        return ApiProblem.unusable(
                "The destination's settings cannot be used",
                problems.stream()
                        .map(problem -> new FieldProblemDto(problem.field(), problem.message()))
                        .toList());
    }
}
