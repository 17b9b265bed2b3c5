// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.events.EventTopic;

/** The settings that all kinds of event destinations have. */
final class EventSettings {

    private static final String EVENTS = "events";
    private static final String SOURCE = "source";
    private static final String DEFAULT_SOURCE = "/etm-connect";

    /** How long a delivery waits for more when it has sent all, so that a run in progress makes few deliveries. */
    static final Duration LINGER = Duration.ofSeconds(5);

    private EventSettings() {}

    static List<AuthField> fields() {
        return List.of(
                new AuthField(
                        "Events",
                        EVENTS,
                        AuthField.Type.ENUM,
                        true,
                        "What to tell: all; inventory (assets and findings); or runs (failed and incomplete ones).",
                        List.of("all", "inventory", "runs")),
                new AuthField(
                        "Source",
                        SOURCE,
                        AuthField.Type.STRING,
                        false,
                        "What events call their source, a URI reference; " + DEFAULT_SOURCE
                                + " if left out. Give each server its own if several send to one place.",
                        List.of()));
    }

    static Set<EventTopic> topics(DestinationSettings settings) {
        return switch (settings.value(EVENTS).orElse("all")) {
            case "inventory" -> EnumSet.of(EventTopic.INVENTORY);
            case "runs" -> EnumSet.of(EventTopic.RUNS);
            default -> EnumSet.allOf(EventTopic.class);
        };
    }

    static String source(DestinationSettings settings) {
        return settings.value(SOURCE).orElse(DEFAULT_SOURCE);
    }

    static void check(DestinationSettings settings, List<Problem> problems) {
        if (!Set.of("all", "inventory", "runs").contains(settings.value(EVENTS).orElse("all"))) {
            problems.add(new Problem(EVENTS, "Give all, inventory or runs."));
        }
        try {
            URI.create(source(settings));
        } catch (IllegalArgumentException unreadable) {
            problems.add(new Problem(
                    SOURCE,
                    "\"" + source(settings)
                            + "\" is no URI reference. Write e.g. /etm-connect/berlin, without blanks."));
        }
    }
}
