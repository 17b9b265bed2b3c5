// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.etmconnect.inventory.runs.RunCounts;

/** Fixes and retires what a run did not find, some at a time. Each call is part of the caller's transaction. */
final class Closing {

    private final Connection connection;
    private final int runId;
    private final CohortTable cohorts;
    private final AssetTable assets;
    private final PendingClosures pending;

    Closing(Connection connection, int runId) {
        this.connection = connection;
        this.runId = runId;
        this.cohorts = new CohortTable(connection);
        this.assets = new AssetTable(connection, new DocumentCodec());
        this.pending = new PendingClosures(connection, runId);
    }

    /** Fixes findings of hosts that are still there. They were counted as unchanged when they were noted. */
    RunCounts findings(List<PendingClosures.Absent> absent) throws SQLException {
        long fixed = cohorts.close(absent, runId);
        try (PreparedStatement update = connection.prepareStatement("""
                update source_record s set findings_fingerprint = p.findings_fingerprint
                from pending_closure p
                where p.run_id = ? and p.source_record_id = any (?) and s.source_record_id = p.source_record_id""")) {
            update.setInt(1, runId);
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "int4",
                            absent.stream()
                                    .map(PendingClosures.Absent::recordId)
                                    .toArray()));
            update.executeUpdate();
        }
        pending.forget(absent);
        return new RunCounts(0, 0, 0, 0, 0, 0, 0, fixed, -fixed, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Retires hosts and fixes what is open of them. */
    RunCounts hosts(Collection<Integer> recordIds) throws SQLException {
        Array ids = connection.createArrayOf("int4", recordIds.toArray());
        long fixed = cohorts.closeAll(ids, runId);
        assets.retire(ids, runId);
        return new RunCounts(0, 0, 0, recordIds.size(), 0, 0, 0, fixed, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
