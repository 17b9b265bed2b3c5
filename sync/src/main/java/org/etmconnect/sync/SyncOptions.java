// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What runs may use.
 *
 * @param joinMemoryBytes heap for turning a snapshot round before spilling to disk; at least 1 MiB
 * @param workDirectory for spill files; made if it is not there
 * @param recordsPerBatch hosts in one transaction; at least 1
 * @param findingsPerBatch findings in one transaction, passed by at most one host's; at least 1
 * @param keptSnapshots how many of a connection's newest snapshots are kept; at least 1
 * @param silence how long a server may be silent before another takes over its runs; at least 100 ms
 * @param stuckAfter how long a run may get no further before it is ended as failed; at least 1 s
 */
public record SyncOptions(
        long joinMemoryBytes,
        Path workDirectory,
        int recordsPerBatch,
        int findingsPerBatch,
        int keptSnapshots,
        Duration silence,
        Duration stuckAfter) {

    /** A query may run for 15 minutes, and a tenant that is asked too much answers after some minutes more. */
    public static final Duration STUCK_AFTER = Duration.ofMinutes(30);

    public SyncOptions {
        if (recordsPerBatch < 1 || findingsPerBatch < 1 || keptSnapshots < 1) {
            throw new IllegalArgumentException("Batches and kept snapshots must be at least 1: " + recordsPerBatch
                    + ", " + findingsPerBatch + ", " + keptSnapshots);
        }
        if (silence.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("A server may be silent for at least 100 ms, not " + silence);
        }
        if (stuckAfter.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("A run may get no further for at least 1 s, not " + stuckAfter);
        }
    }

    /** Patient with runs for the usual time. */
    public SyncOptions(
            long joinMemoryBytes,
            Path workDirectory,
            int recordsPerBatch,
            int findingsPerBatch,
            int keptSnapshots,
            Duration silence) {
        this(joinMemoryBytes, workDirectory, recordsPerBatch, findingsPerBatch, keptSnapshots, silence, STUCK_AFTER);
    }

    /** The same with another patience with servers. */
    public SyncOptions withSilence(Duration patience) {
        return new SyncOptions(
                joinMemoryBytes, workDirectory, recordsPerBatch, findingsPerBatch, keptSnapshots, patience, stuckAfter);
    }

    /** The same with another patience with runs. */
    public SyncOptions withStuckAfter(Duration patience) {
        return new SyncOptions(
                joinMemoryBytes, workDirectory, recordsPerBatch, findingsPerBatch, keptSnapshots, silence, patience);
    }

    /** The same with another number of snapshots that are kept. */
    public SyncOptions withKeptSnapshots(int number) {
        return new SyncOptions(
                joinMemoryBytes, workDirectory, recordsPerBatch, findingsPerBatch, number, silence, stuckAfter);
    }

    /** 64 MiB for the join, 5,000 hosts and 500,000 findings a batch, 5 snapshots kept, taken over after 60 s, stuck after 30 min. */
    public static SyncOptions defaults(Path workDirectory) {
        return new SyncOptions(64L << 20, workDirectory, 5_000, 500_000, 5, Duration.ofSeconds(60));
    }
}
