// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.etmconnect.inventory.runs.RunCounts;

/** What a run that was applied twice, from two snapshots, did in all: by what the inventory says of the run. */
final class Recount {

    private Recount() {}

    static boolean isNeeded(Connection connection, int runId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select fetched_again from run where run_id = ?")) {
            select.setInt(1, runId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** @param counted by the second time alone, to which the work of the first looks unchanged */
    static RunCounts of(Connection connection, int connectionId, int runId, RunCounts counted) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                with findings as (
                    select coalesce(sum(cardinality(definitions)) filter (where opened_run = r and first_run = r), 0) as fresh,
                           coalesce(sum(cardinality(definitions)) filter (where opened_run = r and first_run < r), 0) as reopened,
                           coalesce(sum(cardinality(definitions)) filter (where fixed_run = r), 0) as fixed
                    from finding_cohort, (select ?::int as r) run
                    where opened_run = r or fixed_run = r
                ), hosts as (
                    select count(*) filter (where retired_run = ?) as retired from source_record where connection_id = ?
                )
                select findings.*, hosts.*,
                       (select count(*) from asset where created_run = ?),
                       (select count(*) from source_record_absence where returned_run = ?),
                       (select count(*) from definition where connection_id = ? and created_run = ?)
                from findings, hosts""")) {
            select.setInt(1, runId);
            select.setInt(2, runId);
            select.setInt(3, connectionId);
            select.setInt(4, runId);
            select.setInt(5, runId);
            select.setInt(6, connectionId);
            select.setInt(7, runId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long findingsEarlier =
                        row.getLong(1) + row.getLong(2) - counted.findingsNew() - counted.findingsReopened();
                return new RunCounts(
                        row.getLong(5),
                        counted.assetsUpdated(),
                        Math.max(0, counted.recordsRead() - row.getLong(5) - counted.assetsUpdated()),
                        row.getLong(4),
                        row.getLong(6),
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        Math.max(0, counted.findingsUnchanged() - findingsEarlier),
                        row.getLong(7),
                        counted.definitionsUpdated(),
                        counted.quarantined(),
                        counted.apiCalls(),
                        counted.throttled(),
                        counted.pagesFetched(),
                        counted.recordsRead(),
                        counted.assetsSkipped());
            }
        }
    }
}
