// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etmconnect.inventory.copy.BinaryCopy;

/**
 * How many findings are open: of each definition, of each asset by severity, and by the run that found them first. What
 * changes is gathered and saved at once; used for one batch after the other, by one thread. From the counts of assets,
 * triggers of the database keep those of all assets together by system, in {@code open_by_system}.
 */
final class OpenCounts {

    private static final int SEVERITIES = 6;
    private static final byte UNKNOWN = -1;
    private static final List<String> COLUMNS =
            List.of("asset_id", "os_name", "unrated", "info", "low", "medium", "high", "critical");
    /** Over the alias d (definition). */
    static final String BY_SEVERITY = """
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

    /**
     * Notes and writes what is open on records that are new, all first found by one run.
     *
     * @param assets the assets that this transaction made for some of them, which nobody else counts
     * @return how many findings
     */
    long first(List<Change> fresh, List<AssetTable.NewAsset> assets, int run) throws SQLException {
        know(fresh.stream().map(OpenCounts::found).toList());
        Map<Integer, int[]> ofNewAssets = new HashMap<>();
        assets.forEach(asset -> ofNewAssets.put(asset.id(), new int[SEVERITIES]));
        Rows rows = new Rows(fresh.size());
        int all = 0;
        for (Change change : fresh) {
            int[] found = found(change);
            count(found, 1);
            int[] more = bySeverity(found);
            int[] ofNewAsset = ofNewAssets.get(change.assetId);
            if (ofNewAsset == null) {
                rows.add(change.id, more);
            } else {
                Arrays.setAll(ofNewAsset, severity -> ofNewAsset[severity] + more[severity]);
            }
            all += found.length;
        }
        byFirstRun.merge(run, all, Integer::sum);
        insert(assets, ofNewAssets);
        rows.save();
        save();
        return all;
    }

    /** Much cheaper than what {@link Rows} does. */
    private void insert(List<AssetTable.NewAsset> assets, Map<Integer, int[]> counts) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(connection, "open_by_severity", COLUMNS)) {
            for (AssetTable.NewAsset asset : assets) {
                copy.startRow().writeInt(asset.id()).writeText(asset.columns().osName());
                for (int findings : counts.getOrDefault(asset.id(), new int[SEVERITIES])) {
                    copy.writeInt(findings);
                }
            }
            copy.finish();
        }
    }

    private static int[] found(Change change) {
        return change.found == null ? SortedInts.EMPTY : change.found;
    }

    /**
     * Notes and writes what is open on records that were known.
     *
     * @param before their cohorts as they were, by the record's id
     * @param after the same as they are now; the keys are those that count
     */
    void change(Map<Integer, List<Cohort>> before, Map<Integer, List<Cohort>> after) throws SQLException {
        know(Stream.concat(
                        after.values().stream(),
                        after.keySet().stream().map(record -> before.getOrDefault(record, List.of())))
                .flatMap(List::stream)
                .filter(Cohort::open)
                .map(Cohort::definitions)
                .toList());
        Rows rows = new Rows(after.size());
        for (Map.Entry<Integer, List<Cohort>> record : after.entrySet()) {
            int[] more = new int[SEVERITIES];
            for (Cohort cohort : before.getOrDefault(record.getKey(), List.of())) {
                add(cohort, -1, more);
            }
            for (Cohort cohort : record.getValue()) {
                add(cohort, 1, more);
            }
            rows.add(record.getKey(), more);
        }
        rows.holdNewAssets();
        rows.save();
        save();
    }

    /** How many more open findings of each severity records have. */
    private final class Rows {
        private final Integer[] records;
        private final Integer[][] columns;
        private int size;

        Rows(int size) {
            this.records = new Integer[size];
            this.columns = new Integer[SEVERITIES][size];
        }

        void add(int record, int[] more) {
            records[size] = record;
            for (int severity = 0; severity < SEVERITIES; severity++) {
                columns[severity][size] = more[severity];
            }
            size++;
        }

        /** The system of an asset without counts must not change while they are made: who changes it would not see them. */
        void holdNewAssets() throws SQLException {
            try (PreparedStatement lock = connection.prepareStatement("""
                    select from asset a
                    where a.asset_id in (select asset_id from source_record where source_record_id = any (?))
                      and not exists (select from open_by_severity o where o.asset_id = a.asset_id)
                    order by a.asset_id
                    for share""")) {
                lock.setArray(1, connection.createArrayOf("int4", records));
                lock.execute();
            }
        }

        void save() throws SQLException {
            if (size == 0) {
                return;
            }
            try (PreparedStatement upsert = connection.prepareStatement(adding("""
                    select s.asset_id, sum(unrated) as unrated, sum(info) as info, sum(low) as low,
                           sum(medium) as medium, sum(high) as high, sum(critical) as critical
                    from unnest(?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[])
                         as r(source_record_id, unrated, info, low, medium, high, critical)
                    join source_record s using (source_record_id)
                    group by s.asset_id"""))) {
                upsert.setArray(1, connection.createArrayOf("int4", records));
                for (int severity = 0; severity < SEVERITIES; severity++) {
                    upsert.setArray(severity + 2, connection.createArrayOf("int4", columns[severity]));
                }
                upsert.executeUpdate();
            }
        }
    }

    /** Counts these assets anew: records came or went. */
    static void recount(Connection connection, Array assets) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into open_by_severity as o (asset_id, os_name, unrated, info, low, medium, high, critical)
                select a.asset_id, a.os_name, c.unrated, c.info, c.low, c.medium, c.high, c.critical
                from asset a
                cross join lateral (
                    select\s""" + BY_SEVERITY + """
                    from source_record s
                    join finding_cohort c using (source_record_id)
                    cross join unnest(c.definitions) u(definition_id)
                    join definition d using (definition_id)
                    where s.asset_id = a.asset_id and c.fixed_run is null) c
                where a.asset_id = any (?)
                order by a.asset_id
                on conflict (asset_id) do update
                set unrated = excluded.unrated, info = excluded.info, low = excluded.low, medium = excluded.medium,
                    high = excluded.high, critical = excluded.critical""")) {
            upsert.setArray(1, assets);
            upsert.executeUpdate();
        }
    }

    /** What is counted of these assets follows their systems. */
    static void restateSystems(Connection connection, Array assets) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update open_by_severity o set os_name = a.os_name
                from asset a
                where a.asset_id = any (?) and o.asset_id = a.asset_id and o.os_name is distinct from a.os_name""")) {
            update.setArray(1, assets);
            update.executeUpdate();
        }
    }

    /** Adds up what changed of the counts by system. */
    static void addUp(Connection connection) throws SQLException {
        String sums = Stream.of("unrated", "info", "low", "medium", "high", "critical")
                .map(severity -> "sum(" + severity + "), sum(" + severity + "_hosts)")
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("with changed as (delete from open_by_system returning *)"
                    + " insert into open_by_system select os_name, sum(findings), sum(hosts), " + sums
                    + " from changed group by os_name having sum(findings) <> 0");
        }
    }

    /**
     * A definition whose severity changes.
     *
     * @param before its severity so far, 0 for none
     * @param after its severity from now on, 0 for none
     */
    record Rerated(int definitionId, int before, int after) {}

    /** Moves the open findings of definitions that are rated anew from one severity to the other. */
    static void rerate(Connection connection, List<Rerated> definitions) throws SQLException {
        if (definitions.isEmpty()) {
            return;
        }
        // Definition by definition through the index: a host's other findings are not looked at.
        try (PreparedStatement upsert = connection.prepareStatement(adding("""
                select s.asset_id,
                       count(*) filter (where r.after = 0) - count(*) filter (where r.before = 0) as unrated,
                       count(*) filter (where r.after = 1) - count(*) filter (where r.before = 1) as info,
                       count(*) filter (where r.after = 2) - count(*) filter (where r.before = 2) as low,
                       count(*) filter (where r.after = 3) - count(*) filter (where r.before = 3) as medium,
                       count(*) filter (where r.after = 4) - count(*) filter (where r.before = 4) as high,
                       count(*) filter (where r.after = 5) - count(*) filter (where r.before = 5) as critical
                from unnest(?::int[], ?::int[], ?::int[]) as r(definition_id, before, after)
                cross join lateral (
                    select f.source_record_id from finding_cohort f
                    where f.fixed_run is null and f.definitions @> array[r.definition_id]
                    offset 0) f
                join source_record s using (source_record_id)
                group by s.asset_id"""))) {
            upsert.setArray(1, ints(connection, definitions, Rerated::definitionId));
            upsert.setArray(2, ints(connection, definitions, Rerated::before));
            upsert.setArray(3, ints(connection, definitions, Rerated::after));
            upsert.executeUpdate();
        }
    }

    private static Array ints(Connection connection, List<Rerated> definitions, Function<Rerated, Integer> of)
            throws SQLException {
        return connection.createArrayOf("int4", definitions.stream().map(of).toArray());
    }

    /** Adds the counts by asset that {@code counts} selects; in the assets' order, so that no two runs wait for each other. */
    private static String adding(String counts) {
        return """
                insert into open_by_severity as o (asset_id, os_name, unrated, info, low, medium, high, critical)
                select a.asset_id, a.os_name, c.unrated, c.info, c.low, c.medium, c.high, c.critical
                from (%s) c
                join asset a using (asset_id)
                order by a.asset_id
                on conflict (asset_id) do update
                set unrated = o.unrated + excluded.unrated, info = o.info + excluded.info, low = o.low + excluded.low,
                    medium = o.medium + excluded.medium, high = o.high + excluded.high,
                    critical = o.critical + excluded.critical""".formatted(counts);
    }

    private void add(Cohort cohort, int by, int[] more) {
        if (!cohort.open()) {
            return;
        }
        byFirstRun.merge(cohort.firstRun(), by * cohort.definitions().length, Integer::sum);
        count(cohort.definitions(), by);
        int[] counts = bySeverity(cohort.definitions());
        Arrays.setAll(more, severity -> more[severity] + by * counts[severity]);
    }

    private void count(int[] definitions, int by) {
        for (int definition : definitions) {
            byDefinition[definition] += by;
        }
    }

    private int[] bySeverity(int[] definitions) {
        int[] counts = new int[SEVERITIES];
        for (int definition : definitions) {
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
}
