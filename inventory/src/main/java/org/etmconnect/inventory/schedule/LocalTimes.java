// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;

/** From local times to instants, never backwards: of two local times the later one has no earlier instant. */
final class LocalTimes {

    private LocalTimes() {}

    static Instant instant(LocalDateTime time, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().getTransition(time);
        // Not what java.time does with a time in a gap: 02:30 would become 03:30, after what 03:00 becomes.
        return change != null && change.isGap()
                ? change.getInstant()
                : time.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }
}
