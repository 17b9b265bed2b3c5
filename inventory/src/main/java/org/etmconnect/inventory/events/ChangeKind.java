// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.events;

/** What happened. */
public enum ChangeKind {
    /** An asset was made. */
    ASSET_NEW(EventTopic.INVENTORY),
    /** All records of an asset belong to others now; it is no more. */
    ASSET_MERGED(EventTopic.INVENTORY),
    /** No connection reports the asset any more. */
    ASSET_RETIRED(EventTopic.INVENTORY),
    /** A retired asset is reported again. */
    ASSET_RETURNED(EventTopic.INVENTORY),
    /** Somebody asked for everything: the asset is there, with the findings that follow and no others. */
    ASSET_PRESENT(EventTopic.INVENTORY),
    /** Found for the first time. */
    FINDING_OPENED(EventTopic.INVENTORY),
    /** No longer found. */
    FINDING_FIXED(EventTopic.INVENTORY),
    /** Found again. */
    FINDING_REOPENED(EventTopic.INVENTORY),
    /** Still open, on another asset, because its record belongs to that one now. Told to both assets. */
    FINDING_MOVED(EventTopic.INVENTORY),
    /** Somebody asked for everything: the finding is open. */
    FINDING_PRESENT(EventTopic.INVENTORY),
    /** A run failed. */
    RUN_FAILED(EventTopic.RUNS),
    /** A run could not see everything, and closed nothing. */
    RUN_INCOMPLETE(EventTopic.RUNS);

    private final EventTopic topic;

    ChangeKind(EventTopic topic) {
        this.topic = topic;
    }

    /** Who is told. */
    public EventTopic topic() {
        return topic;
    }
}
