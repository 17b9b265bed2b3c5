// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.etmconnect.inventory.copy.BinaryCopy;

/**
 * How many findings are open: of each definition, of each host by severity, and by the run that found them first. What
 * changes is gathered and saved at once; used for one batch after the other, by one thread.
 */
final class OpenCounts {

    private static final int SEVERITIES = 6;
    private static final byte UNKNOWN = -1;
    private static final List<String> COLUMNS =
            List.of("source_record_id", "asset_id", "unrated", "info", "low", "medium", "high", "critical");

    private static final String BY_SEVERITY = """
            count(*) filter (where d.severity is null) as unrated,
            count(*) filter (where d.severity = 1) as info,
            count(*) filter (where d.severity = 2) as low,
            count(*) filter (where d.severity = 3) as medium,
            count(*) filter (where d.severity = 4) as high,
            count(*) filter (where d.severity = 5) as critical
            """;

    private final Connection connection;
    /** By definition; what is not known yet is {@link #UNKNOWN}. */
    private byte[] severities = new byte[0];

    private int[] byDefinition = new int[0];
    private final Map<Integer, Integer> byFirstRun = new HashMap<>();

    OpenCounts(Connection connection) {
        this.connection = connection;
    }

    /** Severities may be others from now on. */
    void forgetSeverities() {
        severities = new byte[0];
    }

    /** Notes and writes what is open on hosts that are new, all first found by one run. Returns how many findings. */
    long first(List<Change> fresh, int run) throws SQLException {
        know(fresh.stream().map(change -> found(change)).toList());
        long all = 0;
        try (BinaryCopy copy = BinaryCopy.into(connection, "open_by_severity", COLUMNS)) {
            for (Change change : fresh) {
                int[] found = found(change);
                if (found.length > 0) {
                    write(copy, change.id, change.assetId, count(found, 1));
                    all += found.length;
                }
            }
            copy.finish();
        }
        byFirstRun.merge(run, Math.toIntExact(all), Integer::sum);
        save();
        return all;
    }

    private static int[] found(Change change) {
        return change.found == null ? SortedInts.EMPTY : change.found;
    }

    /**
     * Notes and writes what is open on hosts that were known.
     *
     * @param before their cohorts as they were, by the record's id
     * @param after the same as they are now; has the keys of {@code before} and may have more
     */
    void change(Map<Integer, List<Cohort>> before, Map<Integer, List<Cohort>> after) throws SQLException {
        know(after.values().stream()
                .flatMap(List::stream)
                .filter(Cohort::open)
                .map(Cohort::definitions)
                .toList());
        int size = after.size();
        Integer[] ids = new Integer[size];
        Integer[][] columns = new Integer[SEVERITIES][size];
        int row = 0;
        for (Map.Entry<Integer, List<Cohort>> record : after.entrySet()) {
            for (Cohort cohort : before.getOrDefault(record.getKey(), List.of())) {
                if (cohort.open()) {
                    add(cohort, -1);
                }
            }
            int[] open = new int[SEVERITIES];
            for (Cohort cohort : record.getValue()) {
                if (cohort.open()) {
                    byFirstRun.merge(cohort.firstRun(), cohort.definitions().length, Integer::sum);
                    int[] more = count(cohort.definitions(), 1);
                    Arrays.setAll(open, severity -> open[severity] + more[severity]);
                }
            }
            ids[row] = record.getKey();
            for (int severity = 0; severity < SEVERITIES; severity++) {
                columns[severity][row] = open[severity];
            }
            row++;
        }
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into open_by_severity
                select c.source_record_id, s.asset_id, c.unrated, c.info, c.low, c.medium, c.high, c.critical
                from unnest(?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[])
                     as c(source_record_id, unrated, info, low, medium, high, critical)
                join source_record s using (source_record_id)
                on conflict (source_record_id) do update
                set unrated = excluded.unrated, info = excluded.info, low = excluded.low, medium = excluded.medium,
                    high = excluded.high, critical = excluded.critical""")) {
            upsert.setArray(1, connection.createArrayOf("int4", ids));
            for (int severity = 0; severity < SEVERITIES; severity++) {
                upsert.setArray(severity + 2, connection.createArrayOf("int4", columns[severity]));
            }
            upsert.executeUpdate();
        }
        save();
    }

    /** The severity of these definitions was changed: counts their hosts anew. */
    static void recount(Connection connection, Array definitions) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update open_by_severity o
                set unrated = n.unrated, info = n.info, low = n.low, medium = n.medium, high = n.high,
                    critical = n.critical
                from (select c.source_record_id,\s""" + BY_SEVERITY + """
                      from finding_cohort c
                      cross join unnest(c.definitions) u(definition_id)
                      join definition d using (definition_id)
                      where c.fixed_run is null and c.source_record_id in
                            (select source_record_id from finding_cohort where fixed_run is null and definitions && ?)
                      group by c.source_record_id) n
                where n.source_record_id = o.source_record_id""")) {
            update.setArray(1, definitions);
            update.executeUpdate();
        }
    }

    private void add(Cohort cohort, int by) {
        byFirstRun.merge(cohort.firstRun(), by * cohort.definitions().length, Integer::sum);
        for (int definition : cohort.definitions()) {
            byDefinition = room(byDefinition, definition);
            byDefinition[definition] += by;
        }
    }

    private int[] count(int[] definitions, int by) {
        int[] counts = new int[SEVERITIES];
        for (int definition : definitions) {
            byDefinition[definition] += by;
            counts[severities[definition]]++;
        }
        return counts;
    }

    private static int[] room(int[] counts, int definition) {
        return definition < counts.length ? counts : Arrays.copyOf(counts, Math.max(definition + 1, counts.length * 2));
    }

    /** Looks up the severities of those that are not known. */
    private void know(List<int[]> definitions) throws SQLException {
        int largest = -1;
        for (int[] ascending : definitions) {
            largest = ascending.length == 0 ? largest : Math.max(largest, ascending[ascending.length - 1]);
        }
        if (largest >= severities.length) {
            int before = severities.length;
            severities = Arrays.copyOf(severities, Math.max(largest + 1, before * 2));
            Arrays.fill(severities, before, severities.length, UNKNOWN);
        }
        if (largest >= 0) {
            byDefinition = room(byDefinition, largest);
        }
        Integer[] unknown = definitions.stream()
                .flatMapToInt(IntStream::of)
                .filter(definition -> severities[definition] == UNKNOWN)
                .distinct()
                .boxed()
                .toArray(Integer[]::new);
        if (unknown.length == 0) {
            return;
        }
        try (PreparedStatement select = connection.prepareStatement(
                "select definition_id, coalesce(severity, 0) from definition where definition_id = any (?)")) {
            select.setArray(1, connection.createArrayOf("int4", unknown));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    severities[row.getInt(1)] = row.getByte(2);
                }
            }
        }
    }

    private void save() throws SQLException {
        int[] ids = IntStream.range(0, byDefinition.length)
                .filter(definition -> byDefinition[definition] != 0)
                .toArray();
        try (PreparedStatement update = connection.prepareStatement("""
                update definition_count d set open_findings = d.open_findings + c.by
                from unnest(?::int[], ?::int[]) as c(definition_id, by)
                where d.definition_id = c.definition_id""")) {
            update.setArray(
                    1,
                    connection.createArrayOf("int4", IntStream.of(ids).boxed().toArray()));
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "int4",
                            IntStream.of(ids)
                                    .map(id -> byDefinition[id])
                                    .boxed()
                                    .toArray()));
            update.executeUpdate();
        }
        for (int id : ids) {
            byDefinition[id] = 0;
        }
        byFirstRun.values().removeIf(by -> by == 0);
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into open_by_first_run as o (first_run, open_findings)
                select * from unnest(?::int[], ?::int[])
                on conflict (first_run) do update set open_findings = o.open_findings + excluded.open_findings""")) {
            upsert.setArray(
                    1, connection.createArrayOf("int4", byFirstRun.keySet().toArray()));
            upsert.setArray(
                    2, connection.createArrayOf("int4", byFirstRun.values().toArray()));
            upsert.executeUpdate();
        }
        byFirstRun.clear();
    }

    private static void write(BinaryCopy copy, int recordId, int assetId, int[] counts) throws SQLException {
        copy.startRow().writeInt(recordId).writeInt(assetId);
        for (int count : counts) {
            copy.writeInt(count);
        }
    }
}
