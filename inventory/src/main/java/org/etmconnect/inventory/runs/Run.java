// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.FailureKind;

/**
 * One execution of a profile.
 *
 * @param id ascending in the order of queueing
 * @param connectionId its connection
 * @param profileId its profile; empty if that was deleted since
 * @param trigger what started it
 * @param state where it is
 * @param transformMap name of the map it uses
 * @param transformMapVersion the version of that map; empty if a connector ships it, or before the run began
 * @param queuedAt when it was asked for
 * @param observedAt when its fetch began: the time that its findings carry; empty before
 * @param finishedAt when it ended; empty before
 * @param sealed whether its snapshot is provably complete
 * @param missing what kept it from being sealed, a sentence each
 * @param failure why it failed, if it did
 * @param counts what it did so far
 * @param appliedRecords how many hosts of its snapshot are in the inventory
 * @param replayOf of a replay, the run whose snapshot it applies; empty for a run that fetches its own
 */
public record Run(
        int id,
        int connectionId,
        Optional<Integer> profileId,
        Trigger trigger,
        RunState state,
        String transformMap,
        Optional<Integer> transformMapVersion,
        Instant queuedAt,
        Optional<Instant> observedAt,
        Optional<Instant> finishedAt,
        boolean sealed,
        List<String> missing,
        Optional<Failure> failure,
        RunCounts counts,
        long appliedRecords,
        Optional<Integer> replayOf) {

    /** What starts a run. */
    public enum Trigger {
        MANUAL,
        SCHEDULE
    }

    /**
     * Why a run failed.
     *
     * @param kind what kind of thing went wrong
     * @param message what happened, to what, and what to do
     */
    public record Failure(FailureKind kind, String message) {}

    public Run {
        missing = List.copyOf(missing);
    }

    /** The same run, of which nothing is applied yet. */
    public Run withNothingApplied() {
        return new Run(
                id,
                connectionId,
                profileId,
                trigger,
                state,
                transformMap,
                transformMapVersion,
                queuedAt,
                observedAt,
                finishedAt,
                sealed,
                missing,
                failure,
                counts,
                0,
                replayOf);
    }
}
