// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.events;

/** What an event destination may be told of. */
public enum EventTopic {
    /** Assets and findings. */
    INVENTORY,
    /** Runs that failed or were incomplete. */
    RUNS
}
