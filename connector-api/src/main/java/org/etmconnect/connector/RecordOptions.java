// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.nio.file.Path;

/**
 * What reading source records may use.
 *
 * @param memoryBytes heap to use for turning data round before spilling to disk; at least 1 MiB
 * @param workDirectory an existing directory for spill files, removed by the reader when it is closed
 * @param complete whether what was fetched is provably complete; if not, the reader has to look what cannot be told
 */
public record RecordOptions(long memoryBytes, Path workDirectory, boolean complete) {

    /** For what was fetched completely. */
    public RecordOptions(long memoryBytes, Path workDirectory) {
        this(memoryBytes, workDirectory, true);
    }

    public RecordOptions {
        if (memoryBytes < 1 << 20) {
            throw new IllegalArgumentException("memoryBytes must be at least 1 MiB, was " + memoryBytes);
        }
    }
}
