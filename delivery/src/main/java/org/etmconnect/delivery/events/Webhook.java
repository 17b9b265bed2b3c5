// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.ConnectionTest.Outcome;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.Patience;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.events.EventTopic;

/** Change events to an HTTP receiver. */
public final class Webhook implements DestinationKind {

    private static final String CHECK = "Test event";

    private final Patience patience;
    private final Duration linger;

    public Webhook() {
        this(Patience.ofDelivery(), EventSettings.LINGER);
    }

    /**
     * With a patience of its own.
     *
     * @param linger how long a delivery waits for more when it has sent all
     */
    public Webhook(Patience patience, Duration linger) {
        this.patience = patience;
        this.linger = linger;
    }

    @Override
    public String id() {
        return "webhook";
    }

    @Override
    public String title() {
        return "Change events, by webhook";
    }

    @Override
    public String description() {
        return "Posts what changes, as it changes, as signed CloudEvents.";
    }

    @Override
    public List<AuthField> fields() {
        return WebhookSettings.fields();
    }

    @Override
    public Set<String> leadTo() {
        return Set.of(WebhookSettings.URL);
    }

    @Override
    public boolean takesEvents() {
        return true;
    }

    @Override
    public Set<EventTopic> events(DestinationSettings settings) {
        return EventSettings.topics(settings);
    }

    @Override
    public List<Problem> check(DestinationSettings settings) {
        return switch (WebhookSettings.read(settings)) {
            case WebhookSettings.Read.Usable ignored -> List.of();
            case WebhookSettings.Read.Unusable(List<Problem> problems) -> problems;
        };
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) throws InterruptedException {
        return switch (WebhookSettings.read(settings)) {
            case WebhookSettings.Read.Unusable(List<Problem> problems) -> EventSettings.unusable(problems);
            case WebhookSettings.Read.Usable(WebhookSettings usable) -> {
                try (WebhookSender sender = new WebhookSender(usable, Patience.ofTest())) {
                    String id = "test-" + UUID.randomUUID();
                    yield switch (sender.post(id, List.of(CloudEvents.trial(usable.source(), id, Instant.now())))) {
                        case EventSender.Outcome.Taken() ->
                            new ConnectionTest(List.of(new Check(
                                    CHECK,
                                    Outcome.PASSED,
                                    Optional.empty(),
                                    usable.url().getHost() + " took an event of the type org.etmconnect.test.",
                                    "")));
                        case EventSender.Outcome.Refused(String reason) ->
                            EventSettings.failed(CHECK, FailureKind.BAD_DATA, "The event was refused with " + reason);
                    };
                } catch (DeliveryFailure failure) {
                    yield EventSettings.failed(CHECK, failure.kind(), failure.reason());
                }
            }
        };
    }

    @Override
    public void deliver(DeliveryWork work) {
        switch (WebhookSettings.read(work.settings())) {
            case WebhookSettings.Read.Unusable(List<Problem> problems) -> throw EventSettings.failure(problems);
            case WebhookSettings.Read.Usable(WebhookSettings usable) -> {
                try (WebhookSender sender = new WebhookSender(usable, patience)) {
                    new EventDelivery(work, usable.source(), sender, linger).run();
                }
            }
        }
    }
}
