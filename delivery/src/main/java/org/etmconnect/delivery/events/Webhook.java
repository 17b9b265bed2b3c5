// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** Change events to an HTTP receiver. */
public final class Webhook extends EventDestination<WebhookSettings> {

    private final Patience patience;

    public Webhook() {
        this(Patience.ofDelivery(), EventSettings.LINGER);
    }

    /**
     * With a patience of its own.
     *
     * @param linger how long a delivery waits for more when it has sent all
     */
    public Webhook(Patience patience, Duration linger) {
        super("Test event", linger);
        this.patience = patience;
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
    SettingsRead<WebhookSettings> read(DestinationSettings given) {
        return WebhookSettings.read(given);
    }

    @Override
    String trial(WebhookSettings settings) throws InterruptedException {
        try (WebhookSender sender = new WebhookSender(settings, Patience.ofTest())) {
            String id = "test-" + UUID.randomUUID();
            return switch (sender.post(id, List.of(CloudEvents.trial(settings.source(), id, Instant.now())))) {
                case EventSender.Outcome.Taken() ->
                    settings.url().getHost() + " took an event of the type org.etmconnect.test.";
                case EventSender.Outcome.Refused(String reason) ->
                    throw new DeliveryFailure(FailureKind.BAD_DATA, "The event was refused with " + reason);
            };
        }
    }

    @Override
    EventSender open(WebhookSettings settings) {
        return new WebhookSender(settings, patience);
    }
}
