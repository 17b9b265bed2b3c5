// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Instant;
import java.util.Optional;
import org.etmconnect.inventory.runs.Run;

/**
 * A dry run as it is now.
 *
 * @param id ascending, on the server that made it
 * @param map the map's name
 * @param mapVersion empty for a text that is not stored, and for a map that a connector ships
 * @param startedBy who asked for it
 * @param finishedAt when it ended; empty before
 * @param progress how far it has got, while it is under way
 * @param failure why it failed, if it did
 * @param result what it found, if it is done
 */
public record DryRun(
        int id,
        int connectionId,
        String map,
        Optional<Integer> mapVersion,
        State state,
        String startedBy,
        Instant queuedAt,
        Optional<Instant> finishedAt,
        Optional<RunProgress> progress,
        Optional<Run.Failure> failure,
        Optional<DryRunResult> result) {

    /** Where a dry run is. */
    public enum State {
        QUEUED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED;

        /** Whether nothing more will happen to it. */
        public boolean ended() {
            return switch (this) {
                case QUEUED, RUNNING -> false;
                case DONE, FAILED, CANCELLED -> true;
            };
        }
    }
}
