// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.snapshot.Seal;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;

/** The newest snapshot of a connection, on which maps are tried and replayed. Safe for use by several threads. */
public final class LastSnapshots {

    private final SnapshotStore snapshots;

    /**
     * A snapshot that has ended.
     *
     * @param runId the run that fetched it
     */
    public record Ended(int runId, Snapshot snapshot, Seal seal) {

        /** The seal as far as it lets a replay close: not at all, if the inventory has newer data than the snapshot. */
        Seal sealForReplay(RunStore runs, int connectionId) {
            return runs.appliedAfter(connectionId, runId)
                    .map(later -> {
                        List<String> missing = new ArrayList<>(seal.missing());
                        missing.add("Run " + later + " has applied newer data than the snapshot of run " + runId
                                + ", so what the snapshot lacks need not be gone. Run the profile to be sure.");
                        return new Seal(false, seal.at(), missing, seal.rows());
                    })
                    .orElse(seal);
        }
    }

    public LastSnapshots(SnapshotStore snapshots) {
        this.snapshots = snapshots;
    }

    /** The newest sealed snapshot of a connection that is kept; else the newest that has ended. */
    public Optional<Ended> newest(int connectionId) {
        return newestSealed(connectionId).or(() -> ended(connectionId).findFirst());
    }

    /** The newest sealed snapshot of a connection that is kept. */
    public Optional<Ended> newestSealed(int connectionId) {
        return ended(connectionId).filter(each -> each.seal().sealed()).findFirst();
    }

    /** Opened one after the other: what is known of the pages of a large tenant's snapshot is some 100 MB. */
    private Stream<Ended> ended(int connectionId) {
        return snapshots.runs(connectionId).stream()
                .flatMap(runId -> snapshots.find(connectionId, runId).stream()
                        .flatMap(snapshot -> snapshot.seal().stream().map(seal -> new Ended(runId, snapshot, seal))));
    }
}
