// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.delivery;

import java.net.URI;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.delivery.Deliveries;
import org.etmconnect.delivery.Delivery;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryStore;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.Verification;
import org.etmconnect.delivery.events.PendingEvents;
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
import org.etmconnect.server.rest.model.PendingEventsDto;
import org.etmconnect.server.rest.model.RefusedEventDto;
import org.etmconnect.server.rest.model.RejectionDto;
import org.etmconnect.server.rest.model.RejectionListDto;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DestinationRoutes implements DestinationsApi {

    private static final String LIST = "GET /api/v1/destinations lists those there are.";

    private final DestinationStore destinations;
    private final DeliveryStore store;
    private final Deliveries deliveries;
    private final DestinationReading reading;
    private final DataSource database;

    DestinationRoutes(
            DestinationStore destinations,
            DeliveryStore store,
            Deliveries deliveries,
            DestinationReading reading,
            DataSource database) {
        this.destinations = destinations;
        this.store = store;
        this.deliveries = deliveries;
        this.reading = reading;
        this.database = database;
    }

    @Override
    public ResponseEntity<DestinationKindListDto> listDestinationKinds() {
        return ResponseEntity.ok(new DestinationKindListDto(deliveries.kinds().stream()
                .map(kind -> new DestinationKindDto(
                        kind.id(),
                        kind.title(),
                        kind.description(),
                        kind.takesEvents(),
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
        DestinationDto created = document(saved(destinations.create(reading.draft(input, Optional.empty()))));
        return ResponseEntity.created(URI.create("/api/v1/destinations/" + created.getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<DestinationDto> updateDestination(Integer destinationId, DestinationInputDto input) {
        DestinationReading.checkSameKind(saved(destinationId), input);
        return ResponseEntity.ok(document(
                saved(destinations.update(destinationId, reading.draft(input, destinations.settings(destinationId))))));
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
        DestinationSettings settings = reading.draft(input, Optional.empty()).settings();
        DestinationKind kind = reading.kind(input.getKind());
        return ResponseEntity.ok(SettingsDocuments.test(() -> kind.test(settings)));
    }

    @Override
    public ResponseEntity<ConnectionTestDto> testDestination(Integer destinationId) {
        DestinationKind kind = reading.kind(saved(destinationId).kind());
        DestinationSettings settings = destinations.settings(destinationId).orElseThrow(() -> missing(destinationId));
        return ResponseEntity.ok(SettingsDocuments.test(() -> kind.test(settings)));
    }

    @Override
    public ResponseEntity<DestinationDto> discardRefusedEvents(Integer destinationId) {
        SavedDestination destination = saved(destinationId);
        new PendingEvents(database, destinationId).discard();
        return ResponseEntity.ok(document(destination));
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
        document.setSecretKeys(destinations.secretKeys(destination.id()));
        if (destination.active()) {
            destination.nextDue().ifPresent(document::setNextDeliveryAt);
        }
        store.list(destination.id(), 1).stream()
                .findFirst()
                .ifPresent(delivery -> document.setLastDelivery(document(delivery)));
        if (deliveries
                .kind(destination.kind())
                .filter(DestinationKind::takesEvents)
                .isPresent()) {
            document.setEvents(document(new PendingEvents(database, destination.id()).status()));
        }
        return document;
    }

    private static PendingEventsDto document(PendingEvents.Status status) {
        PendingEventsDto document = new PendingEventsDto(
                status.events(),
                status.more(),
                status.refused().stream()
                        .map(refused -> {
                            RefusedEventDto event = new RefusedEventDto(refused.event(), refused.reason());
                            refused.asset().ifPresent(event::setAssetId);
                            refused.name().ifPresent(event::setName);
                            return event;
                        })
                        .toList());
        status.oldest().ifPresent(document::setOldestAt);
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
