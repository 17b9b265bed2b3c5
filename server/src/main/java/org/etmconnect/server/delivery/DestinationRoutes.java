// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.delivery;

import java.net.URI;
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
import org.etmconnect.delivery.Delivery;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryStore;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.Verification;
import org.etmconnect.inventory.configuration.DestinationDraft;
import org.etmconnect.inventory.configuration.DestinationOutcome;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.SavedDestination;
import org.etmconnect.server.connections.ScheduleDocument;
import org.etmconnect.server.connections.SettingsDocuments;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.DestinationsApi;
import org.etmconnect.server.rest.model.ConnectionTestDto;
import org.etmconnect.server.rest.model.DeliveryCountsDto;
import org.etmconnect.server.rest.model.DeliveryDto;
import org.etmconnect.server.rest.model.DeliveryInputDto;
import org.etmconnect.server.rest.model.DeliveryListDto;
import org.etmconnect.server.rest.model.DeliveryVerificationDto;
import org.etmconnect.server.rest.model.DestinationDto;
import org.etmconnect.server.rest.model.DestinationInputDto;
import org.etmconnect.server.rest.model.DestinationKindDto;
import org.etmconnect.server.rest.model.DestinationKindListDto;
import org.etmconnect.server.rest.model.DestinationListDto;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.RejectionDto;
import org.etmconnect.server.rest.model.RejectionListDto;
import org.etmconnect.server.start.ServerOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DestinationRoutes implements DestinationsApi {

    private static final String LIST = "GET /api/v1/destinations lists those there are.";

    private final DestinationStore destinations;
    private final DeliveryStore store;
    private final Deliveries deliveries;
    private final ServerOptions options;

    DestinationRoutes(
            DestinationStore destinations, DeliveryStore store, Deliveries deliveries, ServerOptions options) {
        this.destinations = destinations;
        this.store = store;
        this.deliveries = deliveries;
        this.options = options;
    }

    @Override
    public ResponseEntity<DestinationKindListDto> listDestinationKinds() {
        return ResponseEntity.ok(new DestinationKindListDto(deliveries.kinds().stream()
                .map(kind -> new DestinationKindDto(
                        kind.id(),
                        kind.title(),
                        kind.description(),
                        kind.fields().stream().map(SettingsDocuments::field).toList()))
                .toList()));
    }

    @Override
    public ResponseEntity<DestinationListDto> listDestinations() {
        return ResponseEntity.ok(new DestinationListDto(
                destinations.destinations().stream().map(this::document).toList()));
    }

    @Override
    public ResponseEntity<DestinationDto> getDestination(Integer destinationId) {
        return ResponseEntity.ok(document(saved(destinationId)));
    }

    @Override
    public ResponseEntity<DestinationDto> createDestination(DestinationInputDto input) {
        DestinationDto created = document(saved(destinations.create(draft(input, Optional.empty()))));
        return ResponseEntity.created(URI.create("/api/v1/destinations/" + created.getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<DestinationDto> updateDestination(Integer destinationId, DestinationInputDto input) {
        SavedDestination before = saved(destinationId);
        if (!before.kind().equals(input.getKind())) {
            throw ApiProblem.unusable(
                    "A destination keeps its kind",
                    List.of(new FieldProblemDto("kind", "Leave it " + before.kind() + ", or create another one.")));
        }
        return ResponseEntity.ok(document(
                saved(destinations.update(destinationId, draft(input, destinations.settings(destinationId))))));
    }

    @Override
    public ResponseEntity<Void> deleteDestination(Integer destinationId) {
        return switch (destinations.delete(destinationId)) {
            case DestinationOutcome.Deleted() -> ResponseEntity.noContent().build();
            case DestinationOutcome.Delivering(int deliveryId) ->
                throw ApiProblem.conflict(
                        "The destination is being delivered to",
                        "Wait for delivery " + deliveryId + " to end, then delete it.");
            case DestinationOutcome outcome -> {
                saved(outcome);
                yield ResponseEntity.noContent().build();
            }
        };
    }

    @Override
    public ResponseEntity<ConnectionTestDto> testDestinationSettings(DestinationInputDto input) {
        DestinationSettings settings = draft(input, Optional.empty()).settings();
        DestinationKind kind = kind(input.getKind());
        return ResponseEntity.ok(SettingsDocuments.test(() -> kind.test(settings)));
    }

    @Override
    public ResponseEntity<ConnectionTestDto> testDestination(Integer destinationId) {
        DestinationKind kind = kind(saved(destinationId).kind());
        DestinationSettings settings = destinations.settings(destinationId).orElseThrow(() -> missing(destinationId));
        return ResponseEntity.ok(SettingsDocuments.test(() -> kind.test(settings)));
    }

    @Override
    public ResponseEntity<DeliveryListDto> listDeliveries(Integer destinationId, Integer limit) {
        saved(destinationId);
        return ResponseEntity.ok(new DeliveryListDto(store.list(destinationId, limit).stream()
                .map(DestinationRoutes::document)
                .toList()));
    }

    @Override
    public ResponseEntity<DeliveryDto> startDelivery(Integer destinationId, @Nullable DeliveryInputDto input) {
        saved(destinationId);
        boolean everything = input != null && Boolean.TRUE.equals(input.getEverything());
        DeliveryDto queued = document(deliveries.queue(destinationId, everything));
        return ResponseEntity.created(URI.create("/api/v1/deliveries/" + queued.getId()))
                .body(queued);
    }

    @Override
    public ResponseEntity<DeliveryDto> getDelivery(Integer deliveryId) {
        return ResponseEntity.ok(document(delivery(deliveryId)));
    }

    @Override
    public ResponseEntity<RejectionListDto> listRejections(Integer deliveryId) {
        delivery(deliveryId);
        return ResponseEntity.ok(new RejectionListDto(store.rejections(deliveryId).stream()
                .map(DestinationRoutes::document)
                .toList()));
    }

    private static RejectionDto document(Rejection rejection) {
        RejectionDto document = new RejectionDto(rejection.key(), rejection.reason());
        rejection.name().ifPresent(document::setName);
        return document;
    }

    private Delivery delivery(int deliveryId) {
        return store.find(deliveryId)
                .orElseThrow(() -> ApiProblem.notFound(
                        "delivery " + deliveryId,
                        "GET /api/v1/destinations/{destinationId}/deliveries lists those of a destination."));
    }

    private DestinationKind kind(String id) {
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

    private DestinationDraft draft(DestinationInputDto input, Optional<DestinationSettings> stored) {
        String name = input.getName().strip();
        if (name.isEmpty()) {
            throw unusable(List.of(new Problem("name", "Give the destination a name.")));
        }
        DestinationKind kind = kind(input.getKind());
        return new DestinationDraft(
                name,
                input.getDescription() == null ? "" : input.getDescription().strip(),
                kind.id(),
                settings(kind, input, stored),
                !Boolean.FALSE.equals(input.getActive()),
                Boolean.TRUE.equals(input.getAfterRuns()),
                ScheduleDocument.read(input.getSchedule(), "schedule."));
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

    private static ApiProblem missing(int destinationId) {
        return ApiProblem.notFound("destination " + destinationId, LIST);
    }

    private SavedDestination saved(int destinationId) {
        return destinations.destination(destinationId).orElseThrow(() -> missing(destinationId));
    }

    private static SavedDestination saved(DestinationOutcome outcome) {
        return switch (outcome) {
            case DestinationOutcome.Saved(SavedDestination destination) -> destination;
            case DestinationOutcome.NameTaken(String name) ->
                throw ApiProblem.conflict(
                        "There is a destination \"" + name + "\" already", "Choose another name, or change that one.");
            case DestinationOutcome.Missing _, DestinationOutcome.Deleted _, DestinationOutcome.Delivering _ ->
                throw ApiProblem.notFound("such destination", LIST);
        };
    }

    private DestinationDto document(SavedDestination destination) {
        DestinationDto document = new DestinationDto(
                destination.id(),
                destination.name(),
                destination.description(),
                destination.kind(),
                deliveries.kind(destination.kind()).map(DestinationKind::title).orElse(destination.kind()),
                destination.values(),
                SettingsDocuments.network(destination.network()),
                destination.active(),
                destination.afterRuns(),
                ScheduleDocument.write(destination.schedule()),
                ScheduleDocument.text(destination.schedule()),
                destination.createdAt());
        destination.secretsSetAt().ifPresent(document::setSecretsSetAt);
        if (destination.active()) {
            destination.nextDue().ifPresent(document::setNextDeliveryAt);
        }
        store.list(destination.id(), 1).stream()
                .findFirst()
                .ifPresent(delivery -> document.setLastDelivery(document(delivery)));
        return document;
    }

    private static DeliveryDto document(Delivery delivery) {
        DeliveryDto document = new DeliveryDto(
                delivery.id(),
                delivery.destinationId(),
                DeliveryDto.TriggerEnum.valueOf(delivery.trigger().name()),
                delivery.everything(),
                DeliveryDto.StateEnum.valueOf(delivery.state().name()),
                delivery.queuedAt(),
                document(delivery.counts()));
        delivery.startedAt().ifPresent(document::setStartedAt);
        delivery.finishedAt().ifPresent(document::setFinishedAt);
        delivery.failureKind().ifPresent(kind -> document.setFailureKind(FailureKindDto.valueOf(kind.name())));
        delivery.failureMessage().ifPresent(document::setFailureMessage);
        delivery.verification().ifPresent(verification -> document.setVerification(document(verification)));
        return document;
    }

    private static DeliveryVerificationDto document(Verification verification) {
        DeliveryVerificationDto document =
                new DeliveryVerificationDto(verification.query(), verification.expected(), verification.at());
        verification.found().ifPresent(document::setFound);
        verification.failure().ifPresent(document::setFailure);
        return document;
    }

    private static DeliveryCountsDto document(DeliveryCounts counts) {
        return new DeliveryCountsDto(
                counts.assets(),
                counts.unchanged(),
                counts.sent(),
                counts.accepted(),
                counts.rejected(),
                counts.removed(),
                counts.findings(),
                counts.fixed(),
                counts.calls());
    }
}
