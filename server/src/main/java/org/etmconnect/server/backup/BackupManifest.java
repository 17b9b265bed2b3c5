// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.backup;

import java.time.Instant;
import org.etmconnect.inventory.backup.DatabaseContents;

/**
 * The first entry of a backup.
 *
 * @param format of the archive; {@value #FORMAT} is the only one so far
 * @param version of the program that wrote it
 * @param at the moment that the database is of
 * @param keys whether it holds the keys that credentials are encrypted with
 * @param database what the tables are
 */
public record BackupManifest(int format, String version, Instant at, boolean keys, DatabaseContents database) {

    /** The newest format, and the only one. */
    public static final int FORMAT = 1;

    /** The entry of the archive that holds it. */
    public static final String ENTRY = "backup.json";

    /** The entry with the keys, if there are any. */
    public static final String KEYS = "keys.json";

    /** Entries of tables begin with it. */
    public static final String TABLES = "tables/";

    /** Entries of snapshots begin with it. */
    public static final String SNAPSHOTS = "snapshots/";

    /** The last entry: without it the archive is not whole. */
    public static final String END = "end.json";
}
