// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.delivery.SettingsRead;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** Change events to a topic of Apache Kafka. */
public final class KafkaTopic extends EventDestination<KafkaSettings> {

    private static final Duration TEST = Duration.ofSeconds(10);

    private final Duration patience;

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
        super("Topic", linger);
        this.patience = patience;
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
    SettingsRead<KafkaSettings> read(DestinationSettings given) {
        return KafkaSettings.read(given);
    }

    @Override
    String trial(KafkaSettings settings) throws InterruptedException {
        return KafkaSender.look(settings, TEST);
    }

    @Override
    EventSender open(KafkaSettings settings) throws InterruptedException {
        return KafkaSender.open(settings, patience);
    }
}
