// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.ConnectionTest.Outcome;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.events.EventTopic;

/** Change events to a topic of Apache Kafka. */
public final class KafkaTopic implements DestinationKind {

    private static final String CHECK = "Topic";
    private static final Duration TEST = Duration.ofSeconds(10);

    private final Duration patience;
    private final Duration linger;

    public KafkaTopic() {
        this(Duration.ofSeconds(90), EventSettings.LINGER);
    }

    /**
     * With a patience of its own.
     *
     * @param patience how long the brokers are tried
     * @param linger how long a delivery waits for more when it has sent all
     */
    public KafkaTopic(Duration patience, Duration linger) {
        this.patience = patience;
        this.linger = linger;
    }

    @Override
    public String id() {
        return "kafka";
    }

    @Override
    public String title() {
        return "Change events, to Kafka";
    }

    @Override
    public String description() {
        return "Writes what changes, as it changes, as CloudEvents to a topic.";
    }

    @Override
    public List<AuthField> fields() {
        return KafkaSettings.fields();
    }

    @Override
    public Set<String> leadTo() {
        return Set.of(KafkaSettings.BOOTSTRAP, KafkaSettings.SECURITY, KafkaSettings.AUTHENTICATION);
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
        return switch (KafkaSettings.read(settings)) {
            case KafkaSettings.Read.Usable ignored -> List.of();
            case KafkaSettings.Read.Unusable(List<Problem> problems) -> problems;
        };
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) throws InterruptedException {
        return switch (KafkaSettings.read(settings)) {
            case KafkaSettings.Read.Unusable(List<Problem> problems) -> EventSettings.unusable(problems);
            case KafkaSettings.Read.Usable(KafkaSettings usable) -> {
                try {
                    yield new ConnectionTest(List.of(
                            new Check(CHECK, Outcome.PASSED, Optional.empty(), KafkaSender.look(usable, TEST), "")));
                } catch (DeliveryFailure failure) {
                    yield EventSettings.failed(CHECK, failure.kind(), failure.reason());
                }
            }
        };
    }

    @Override
    public void deliver(DeliveryWork work) {
        switch (KafkaSettings.read(work.settings())) {
            case KafkaSettings.Read.Unusable(List<Problem> problems) -> throw EventSettings.failure(problems);
            case KafkaSettings.Read.Usable(KafkaSettings usable) -> {
                try (KafkaSender sender = KafkaSender.open(usable, patience)) {
                    new EventDelivery(work, usable.source(), sender, linger).run();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw new DeliveryStopped();
                }
            }
        }
    }
}
