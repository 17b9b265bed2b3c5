// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.events;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.jspecify.annotations.Nullable;

/**
 * Where changes are written down for event destinations, as part of the caller's transaction. Where no such destination is
 * active, nothing is written.
 *
 * <p>Rows of one asset are numbered in the order of its changes, because whoever changes an asset holds a lock until the
 * transaction's end: on the asset's row, on its connection's run, or on the whole inventory.
 */
public final class Outbox {

    private static final String TOLD = """
            (select destination_id from destination where active and 'INVENTORY' = any (events)) d
            """;

    private final Connection connection;
    private final Sql sql;

    /** @param connection in a transaction that the caller ends */
    public Outbox(Connection connection) {
        this.connection = connection;
        this.sql = new Sql(connection);
    }

    /** Whether anybody is to be told of changes in the inventory. */
    public boolean wanted() throws SQLException {
        return !told().isEmpty();
    }

    private List<Integer> told() throws SQLException {
        return sql.list("select d.destination_id from " + TOLD, row -> row.getInt(1));
    }

    /**
     * Notes the same of some assets.
     *
     * @param runId the run that did it; null if people did
     */
    public void assets(ChangeKind kind, Collection<Integer> assetIds, @Nullable Integer runId) throws SQLException {
        if (assetIds.isEmpty() || !wanted()) {
            return;
        }
        sql.update("""
                insert into change_event (destination_id, kind, run_id, asset_id)
                select d.destination_id, ?, ?::int, id from %s cross join unnest(?::int[]) as id
                """.formatted(TOLD), kind.name(), runId, ints(assetIds));
    }

    /** Notes the same of all open findings of some records. */
    public void openFindings(ChangeKind kind, Array recordIds, int runId) throws SQLException {
        if (!wanted()) {
            return;
        }
        sql.update("""
                insert into change_event (destination_id, kind, run_id, asset_id, source_record_id, definitions)
                select d.destination_id, ?, ?, s.asset_id, c.source_record_id,
                       array(select d from definition_ids(c.block, c.definitions) d)
                from %s cross join finding_cohort c join source_record s using (source_record_id)
                where c.source_record_id = any (?) and c.fixed_run is null
                """.formatted(TOLD), kind.name(), runId, recordIds);
    }

    /** Some findings of a record that changed alike. */
    @SuppressWarnings("ArrayRecordComponent") // as in cohorts
    public record Findings(int recordId, ChangeKind kind, int[] definitions) {}

    /** Notes what became of findings. */
    public void findings(Collection<Findings> changed, int runId) throws SQLException {
        List<Integer> told = changed.isEmpty() ? List.of() : told();
        if (told.isEmpty()) {
            return;
        }
        Map<Integer, Integer> assets = new HashMap<>();
        sql.list(
                "select source_record_id, asset_id from source_record where source_record_id = any (?)",
                row -> assets.put(row.getInt(1), row.getInt(2)),
                ints(changed.stream().map(Findings::recordId).distinct().toList()));
        try (BinaryCopy copy = BinaryCopy.into(
                connection,
                "change_event",
                List.of("destination_id", "kind", "run_id", "asset_id", "source_record_id", "definitions"))) {
            for (int destination : told) {
                for (Findings each : changed) {
                    if (each.definitions().length > 0) {
                        copy.startRow()
                                .writeInt(destination)
                                .writeText(each.kind().name())
                                .writeInt(runId)
                                .writeInt(assets.get(each.recordId()))
                                .writeInt(each.recordId())
                                .writeInts(each.definitions());
                    }
                }
            }
            copy.finish();
        }
    }

    /**
     * Notes that records moved, with what is open of them: for the asset they are on now, and for the one they left unless
     * that is no more.
     *
     * @param gone the assets that are no more
     */
    public void moved(List<Integer> recordIds, List<Integer> from, List<Integer> to, Collection<Integer> gone)
            throws SQLException {
        if (!wanted()) {
            return;
        }
        sql.update("""
                insert into change_event (destination_id, kind, asset_id, from_asset_id, to_asset_id, source_record_id,
                                          definitions)
                select d.destination_id, 'FINDING_MOVED', told.asset_id, m.from_asset, m.to_asset, m.record_id,
                       array(select d from definition_ids(c.block, c.definitions) d)
                from %s cross join unnest(?::int[], ?::int[], ?::int[]) as m(record_id, from_asset, to_asset)
                join finding_cohort c on c.source_record_id = m.record_id and c.fixed_run is null
                cross join lateral (values (m.to_asset), (m.from_asset)) as told(asset_id)
                where not told.asset_id = any (?)
                """.formatted(TOLD), ints(recordIds), ints(from), ints(to), ints(gone));
    }

    /** Notes which assets an operation merged into others, while they can still be named. */
    public void merged(int operationId) throws SQLException {
        if (!wanted()) {
            return;
        }
        sql.update("""
                insert into change_event (destination_id, kind, asset_id, asset_name, to_asset_id)
                select d.destination_id, 'ASSET_MERGED', m.asset_id, a.name, m.merged_into
                from %s cross join asset_merge m join asset a using (asset_id)
                where m.operation_id = ?
                """.formatted(TOLD), operationId);
    }

    private Array ints(Collection<Integer> values) throws SQLException {
        return connection.createArrayOf("int4", values.toArray());
    }
}
