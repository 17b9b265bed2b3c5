// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.assets;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to an asset.
 *
 * @param at when: of a run, when its fetch began
 * @param runId the run that did it; empty for people's decisions and the begin of the history
 * @param connectionId whose record it was; empty likewise
 * @param connectionName likewise
 * @param what it was
 */
public record AssetEvent(
        Instant at,
        Optional<Integer> runId,
        Optional<Integer> connectionId,
        Optional<String> connectionName,
        What what) {

    /** What happened. */
    public sealed interface What {

        /** A connection reported the host for the first time, by this key. */
        record Found(String nativeKey) implements What {}

        /** A complete run did not find the record any more. */
        record Vanished(String nativeKey) implements What {}

        /** A record that had vanished was there again. */
        record Returned(String nativeKey) implements What {}

        /** The attributes last changed. */
        record Changed() implements What {}

        /** Findings were opened, fixed or reopened. */
        record Findings(long opened, long fixed, long reopened) implements What {}

        /** What findings did before, and when the host was away, is not kept any more. */
        record HistoryBegins() implements What {}

        /** It was decided which asset a record belongs to. */
        record Identified(String sentence) implements What {}
    }
}
