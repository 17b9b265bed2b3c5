// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.etmconnect.inventory.DefinitionBlock;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.events.ChangeKind;
import org.etmconnect.inventory.events.Outbox;
import org.etmconnect.inventory.runs.RunCounts;

/** The table of findings, and the counts of open findings that go with it. */
final class CohortTable {

    private static final List<String> COLUMNS =
            List.of("source_record_id", "first_run", "opened_run", "fixed_run", "reopened_run", "block", "definitions");

    private final Connection connection;
    private final OpenCounts counts;
    private final Outbox outbox;

    CohortTable(Connection connection) {
        this.connection = connection;
        this.counts = new OpenCounts(connection);
        this.outbox = new Outbox(connection);
    }

    /** Severities may be others from now on. */
    void definitionsChanged() {
        counts.forgetSeverities();
    }

    /**
     * Writes the findings of hosts that are new.
     *
     * @param assets the assets that were made for some of them
     * @return how many findings
     */
    long insertFirst(List<Change> fresh, List<AssetTable.NewAsset> assets, int run) throws SQLException {
        // Hosts of one system have much in common: side by side they make the index of open findings smaller.
        List<Change> bySystem = fresh.stream()
                .sorted(Comparator.comparing(
                        change -> Objects.requireNonNullElse(change.columns().osName(), "")))
                .toList();
        try (BinaryCopy copy = BinaryCopy.into(connection, "finding_cohort", COLUMNS)) {
            for (Change change : bySystem) {
                if (change.found != null && change.found.length > 0) {
                    write(copy, change.id, new Cohort(run, run, null, null, change.found));
                }
            }
            copy.finish();
        }
        long opened = counts.first(fresh, assets, run);
        outbox.openFindings(
                ChangeKind.FINDING_OPENED,
                connection.createArrayOf(
                        "int4", fresh.stream().map(change -> change.id).toArray()),
                run);
        return opened;
    }

    /**
     * What a run makes of the findings of known hosts.
     *
     * @param before the hosts' findings as they were, by the id of the record; of those that may change
     * @param byRecord what becomes of each host's findings, by the id of its record; only where something changes
     * @param absent what was not found and stays open, since the run may not close
     */
    record Outcome(
            RunCounts counts,
            Map<Integer, List<Cohort>> before,
            Map<Integer, CohortChange> byRecord,
            List<PendingClosures.Absent> absent) {}

    /** Brings the findings of known hosts up to date; notes in each change what its fingerprint is from now on. */
    Outcome update(List<Change> changed, int[] undecided, int run, boolean mayClose) throws SQLException {
        Outcome outcome = compare(changed, undecided, run, mayClose);
        replace(outcome.before(), outcome.byRecord(), run);
        return outcome;
    }

    /** Fixes the given findings of hosts that are still there. Returns how many. */
    long close(List<PendingClosures.Absent> absent, int run) throws SQLException {
        Map<Integer, List<Cohort>> before =
                read(absent.stream().map(PendingClosures.Absent::recordId).toArray(Integer[]::new));
        Map<Integer, CohortChange> byRecord = new LinkedHashMap<>();
        long fixed = 0;
        for (PendingClosures.Absent host : absent) {
            CohortChange change =
                    CohortChange.fixing(before.getOrDefault(host.recordId(), List.of()), host.definitions(), run);
            fixed += change.fixed().length;
            if (!change.nothing()) {
                byRecord.put(host.recordId(), change);
            }
        }
        replace(before, byRecord, run);
        return fixed;
    }

    private void replace(Map<Integer, List<Cohort>> before, Map<Integer, CohortChange> byRecord, int run)
            throws SQLException {
        if (byRecord.isEmpty()) {
            return;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("delete from finding_cohort where source_record_id = any (?)")) {
            delete.setArray(
                    1, connection.createArrayOf("int4", byRecord.keySet().toArray()));
            delete.executeUpdate();
        }
        try (BinaryCopy copy = BinaryCopy.into(connection, "finding_cohort", COLUMNS)) {
            for (Map.Entry<Integer, CohortChange> record : byRecord.entrySet()) {
                for (Cohort cohort : record.getValue().cohorts()) {
                    write(copy, record.getKey(), cohort);
                }
            }
            copy.finish();
        }
        Map<Integer, List<Cohort>> after = new LinkedHashMap<>();
        byRecord.forEach((record, change) -> after.put(record, change.cohorts()));
        counts.change(before, after);
        List<Outbox.Findings> changed = new ArrayList<>();
        byRecord.forEach((record, change) -> {
            changed.add(new Outbox.Findings(record, ChangeKind.FINDING_FIXED, change.fixed()));
            changed.add(new Outbox.Findings(record, ChangeKind.FINDING_OPENED, change.opened()));
            changed.add(new Outbox.Findings(record, ChangeKind.FINDING_REOPENED, change.reopened()));
        });
        outbox.findings(changed, run);
    }

    /** The same without writing anything. */
    Outcome compare(List<Change> changed, int[] undecided, int run, boolean mayClose) throws SQLException {
        long opened = 0;
        long reopened = 0;
        long fixed = 0;
        long unchanged = 0;
        List<Change> compared = new ArrayList<>();
        for (Change change : changed) {
            int[] found = change.found;
            if (found == null) {
                continue;
            }
            if (change.findingsChanged() || change.known().retired()) {
                compared.add(change);
            } else {
                unchanged += found.length;
            }
        }
        Map<Integer, CohortChange> byRecord = new LinkedHashMap<>();
        List<PendingClosures.Absent> absent = new ArrayList<>();
        Map<Integer, List<Cohort>> before = compared.isEmpty()
                ? Map.of()
                : read(compared.stream().map(change -> change.id).toArray(Integer[]::new));
        for (Change change : compared) {
            int[] found = change.found;
            if (found == null) {
                continue;
            }
            List<Cohort> cohorts = before.getOrDefault(change.id, List.of());
            CohortChange outcome = CohortChange.of(cohorts, found, undecided, run, mayClose);
            opened += outcome.opened().length;
            reopened += outcome.reopened().length;
            fixed += outcome.fixed().length;
            unchanged += outcome.unchanged();
            if (!outcome.nothing()) {
                byRecord.put(change.id, outcome);
            }
            int openAfter = outcome.unchanged() + outcome.opened().length + outcome.reopened().length;
            if (outcome.absent().length > 0) {
                boolean exact = openAfter - outcome.absent().length == found.length;
                absent.add(new PendingClosures.Absent(
                        change.id, outcome.absent(), exact ? change.findingsFingerprint : null));
            }
            if (openAfter != found.length) {
                // What was found is always open afterwards, so the counts differ exactly if something else is too.
                change.findingsFingerprint = null;
            }
        }
        return new Outcome(findings(opened, reopened, fixed, unchanged), before, byRecord, absent);
    }

    /** How many findings of these hosts are open. */
    long open(Array recordIds) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select coalesce(sum(cardinality(definitions)), 0) from finding_cohort
                where source_record_id = any (?) and fixed_run is null""")) {
            select.setArray(1, recordIds);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Fixes all open findings of hosts that are gone. Returns how many. */
    long closeAll(Array recordIds, int run) throws SQLException {
        outbox.openFindings(ChangeKind.FINDING_FIXED, recordIds, run);
        try (PreparedStatement update = connection.prepareStatement("""
                with closed as (
                    update finding_cohort set fixed_run = ?
                    where source_record_id = any (?) and fixed_run is null
                    returning source_record_id, first_run, block, definitions),
                fewer_of_asset as (
                    update open_by_severity o
                    set unrated = o.unrated - c.unrated, info = o.info - c.info, low = o.low - c.low,
                        medium = o.medium - c.medium, high = o.high - c.high, critical = o.critical - c.critical
                    from (select s.asset_id,\s""" + OpenCounts.BY_SEVERITY + """
                          from closed join source_record s using (source_record_id)
                          cross join definition_ids(closed.block, closed.definitions) u(definition_id) join definition d using (definition_id)
                          group by s.asset_id) c
                    where o.asset_id = c.asset_id
                    returning o.asset_id, o.os_name),
                fewer_of_system as (
                    insert into open_by_definition (os_name, definitions, findings)
                    select os_name, array_agg(definition_id order by definition_id),
                           array_agg(-findings order by definition_id)
                    from (select o.os_name, u.definition_id, count(*)::int as findings
                          from closed join source_record s using (source_record_id)
                          join fewer_of_asset o using (asset_id)
                          cross join definition_ids(closed.block, closed.definitions) u(definition_id)
                          group by o.os_name, u.definition_id) c
                    group by os_name),
                fewer_of_run as (
                    update open_by_first_run o set open_findings = o.open_findings - c.findings
                    from (select first_run, sum(cardinality(definitions)) as findings from closed group by first_run) c
                    where o.first_run = c.first_run),
                fewer as (
                    select definition_id, count(*)::int as findings
                    from closed, definition_ids(closed.block, closed.definitions) as definition_id
                    group by definition_id),
                counted as (
                    update definition_count d set open_findings = d.open_findings - f.findings
                    from fewer f where d.definition_id = f.definition_id)
                select coalesce(sum(findings), 0) from fewer""")) {
            update.setInt(1, run);
            update.setArray(2, recordIds);
            try (ResultSet row = update.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private Map<Integer, List<Cohort>> read(Integer[] recordIds) throws SQLException {
        Map<Integer, List<Cohort>> cohorts = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select source_record_id, first_run, opened_run, fixed_run, reopened_run, block, definitions
                from finding_cohort where source_record_id = any (?)""")) {
            select.setArray(1, connection.createArrayOf("int4", recordIds));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    cohorts.computeIfAbsent(row.getInt(1), id -> new ArrayList<>(2))
                            .add(new Cohort(
                                    row.getInt(2),
                                    row.getInt(3),
                                    row.getObject(4, Integer.class),
                                    row.getObject(5, Integer.class),
                                    DefinitionBlock.read(row.getShort(6), row.getArray(7))
                                            .ids()));
                }
            }
        }
        return cohorts;
    }

    private static void write(BinaryCopy copy, int recordId, Cohort cohort) throws SQLException {
        for (DefinitionBlock block : DefinitionBlock.of(cohort.definitions())) {
            copy.startRow()
                    .writeInt(recordId)
                    .writeInt(cohort.firstRun())
                    .writeInt(cohort.openedRun())
                    .writeInt(cohort.fixedRun())
                    .writeInt(cohort.reopenedRun())
                    .writeShort(block.number())
                    .writeShorts(block.elements());
        }
    }

    private static RunCounts findings(long opened, long reopened, long fixed, long unchanged) {
        return new RunCounts(0, 0, 0, 0, 0, opened, reopened, fixed, unchanged, 0, 0, 0, 0, 0, 0, 0);
    }
}
