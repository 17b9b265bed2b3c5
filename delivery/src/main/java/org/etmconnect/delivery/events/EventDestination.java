// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.events.EventTopic;

/** What is told each change: what its kinds have in common. */
abstract sealed class EventDestination<S extends EventDestination.Settings> implements DestinationKind
        permits KafkaTopic, Webhook {

    private final String check;
    private final Duration linger;

    /** What each kind's settings have. */
    interface Settings {
        /** What events call their source. */
        String source();
    }

    /**
     * @param check what a test calls its check
     * @param linger how long a delivery waits for more when it has sent all
     */
    EventDestination(String check, Duration linger) {
        this.check = check;
        this.linger = linger;
    }

    abstract SettingsRead<S> read(DestinationSettings given);

    /**
     * Tries the destination.
     *
     * @return what was seen
     * @throws DeliveryFailure if it cannot be used
     */
    abstract String trial(S settings) throws InterruptedException;

    /** @throws DeliveryFailure if the destination cannot be reached */
    abstract EventSender open(S settings) throws InterruptedException;

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
        return read(settings).problems();
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) throws InterruptedException {
        return switch (read(settings)) {
            case SettingsRead.Unusable<S> unusable -> unusable.test();
            case SettingsRead.Usable<S>(S usable) -> {
                try {
                    yield new ConnectionTest(List.of(Check.passed(check, trial(usable))));
                } catch (DeliveryFailure failure) {
                    yield new ConnectionTest(List.of(Check.failed(check, failure.kind(), failure.reason())));
                }
            }
        };
    }

    @Override
    public void deliver(DeliveryWork work) {
        S settings = read(work.settings()).orFail();
        try (EventSender sender = open(settings)) {
            new EventDelivery(work, settings.source(), sender, linger).run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new DeliveryStopped();
        }
    }
}
