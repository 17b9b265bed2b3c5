// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.schedule;

import java.time.Duration;

/**
 * How a scheduler keeps time.
 *
 * @param poll how often it looks for what is due; so late a run may be
 * @param heartbeat how often it says that it lives; after four missed ones another server takes over what it was doing
 * @param retry after a failure it tries again after this, then after twice as long, up to five minutes
 * @param align how often all profiles are compared with what is scheduled, in case a server ended in between
 */
public record SchedulerOptions(Duration poll, Duration heartbeat, Duration retry, Duration align) {

    /** Looks every second, says every 10 s that it lives, tries again after 5 s, compares every minute. */
    public static SchedulerOptions defaults() {
        return new SchedulerOptions(
                Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMinutes(1));
    }
}
