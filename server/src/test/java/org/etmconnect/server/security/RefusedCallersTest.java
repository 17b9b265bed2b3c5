// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusedCallersTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusedCallers.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Instant now = Instant.parse("2026-03-01T08:00:00Z");

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    @Test
    void theFirstIsSaidAndTheOthersAreCountedInALineAMinute() {
        RefusedCallers refused = new RefusedCallers(() -> now);

        refused.add("a token that is not valid", "192.0.2.1");
        refused.add("a token that is not valid", "192.0.2.2");
        refused.add("a token that is not valid", "192.0.2.3");
        now = now.plusSeconds(60);
        refused.add("a token that is not valid", "192.0.2.4");

        assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly(
                        "Refused a token that is not valid from 192.0.2.1; 0 more since the last such line",
                        "Refused a token that is not valid from 192.0.2.4; 2 more since the last such line");
    }
}
