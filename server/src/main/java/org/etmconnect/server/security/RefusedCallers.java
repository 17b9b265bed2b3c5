// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.etmconnect.server.problem.Refusals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells the server's log of callers whom the audit log leaves out, since strangers could fill the database by them: the
 * first at once, then a line a minute at most that counts the others. Safe for use by several threads.
 */
@Component
public final class RefusedCallers implements Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedCallers.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private Instant next = Instant.MIN;
    private long unsaid;

    RefusedCallers(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void add(String why, String address) {
        Instant now = clock.instant();
        long others;
        synchronized (this) {
            if (now.isBefore(next)) {
                unsaid++;
                return;
            }
            next = now.plus(PAUSE);
            others = unsaid;
            unsaid = 0;
        }
        LOG.warn("Refused {} from {}; {} more since the last such line", why, address, others);
    }
}
