// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etmconnect.inventory.copy.BinaryCopy;

/**
 * How many findings are open: of each definition, in all and by system, of each asset by severity, and by the run that found
 * them first. What changes is gathered and saved at once; used for one batch after the other, by one thread. From the counts
 * of assets, triggers of the database keep those of all assets together by system, in {@code open_by_system}. The system of
 * an asset is the one that its own counts name; whoever holds that row knows that it stays so.
 */
final class OpenCounts {

    private static final int SEVERITIES = 6;
    private static final byte UNKNOWN = -1;
    private static final List<String> COLUMNS =
            List.of("asset_id", "os_name", "unrated", "info", "low", "medium", "high", "critical");
    private static final List<String> OF_SYSTEM = List.of("os_name", "definitions", "findings");
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
    private int[] onSystem = new int[0];
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
        Map<Integer, Optional<String>> systemOfNew = new HashMap<>();
        assets.forEach(asset -> {
            ofNewAssets.put(asset.id(), new int[SEVERITIES]);
            systemOfNew.put(asset.id(), Optional.ofNullable(asset.columns().osName()));
        });
        Rows rows = new Rows(fresh.size());
        int all = 0;
        for (Change change : fresh) {
            int[] found = found(change);
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
        Map<Integer, Optional<String>> systemOf = rows.save();
        Map<Optional<String>, List<More>> bySystem = new HashMap<>();
        for (Change change : fresh) {
            Optional<String> system = systemOfNew.getOrDefault(change.assetId, systemOf.get(change.id));
            bySystem.computeIfAbsent(Objects.requireNonNull(system), none -> new ArrayList<>())
                    .add(new More(found(change), 1));
        }
        count(bySystem);
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
        Map<Integer, List<More>> byRecord = new HashMap<>();
        for (Map.Entry<Integer, List<Cohort>> record : after.entrySet()) {
            int[] more = new int[SEVERITIES];
            List<More> changes = new ArrayList<>();
            for (Cohort cohort : before.getOrDefault(record.getKey(), List.of())) {
                add(cohort, -1, more, changes);
            }
            for (Cohort cohort : record.getValue()) {
                add(cohort, 1, more, changes);
            }
            rows.add(record.getKey(), more);
            byRecord.put(record.getKey(), changes);
        }
        rows.holdNewAssets();
        Map<Integer, Optional<String>> systemOf = rows.save();
        Map<Optional<String>, List<More>> bySystem = new HashMap<>();
        byRecord.forEach((record, changes) -> bySystem.computeIfAbsent(
                        Objects.requireNonNull(systemOf.get(record)), none -> new ArrayList<>())
                .addAll(changes));
        count(bySystem);
        save();
    }

    /** Open findings of one record that there are more, or fewer. */
    @SuppressWarnings("ArrayRecordComponent") // see Cohort
    private record More(int[] definitions, int by) {}

    /** Notes what changed of each definition, and writes it by system. */
    private void count(Map<Optional<String>, List<More>> bySystem) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(connection, "open_by_definition", OF_SYSTEM)) {
            for (Map.Entry<Optional<String>, List<More>> system : bySystem.entrySet()) {
                for (More more : system.getValue()) {
                    for (int definition : more.definitions()) {
                        onSystem[definition] += more.by();
                    }
                }
                int[] changed = IntStream.range(0, onSystem.length)
                        .filter(definition -> onSystem[definition] != 0)
                        .toArray();
                if (changed.length == 0) {
                    continue;
                }
                copy.startRow()
                        .writeText(system.getKey().orElse(null))
                        .writeInts(changed)
                        .writeInts(IntStream.of(changed)
                                .map(definition -> onSystem[definition])
                                .toArray());
                for (int definition : changed) {
                    byDefinition[definition] += onSystem[definition];
                    onSystem[definition] = 0;
                }
            }
            copy.finish();
        }
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

        /** @return the systems of the records' assets */
        Map<Integer, Optional<String>> save() throws SQLException {
            Map<Integer, Optional<String>> systems = new HashMap<>();
            if (size == 0) {
                return systems;
            }
            try (PreparedStatement upsert =
                    connection.prepareStatement("with counted as (" + adding("""
                    select s.asset_id, sum(unrated) as unrated, sum(info) as info, sum(low) as low,
                           sum(medium) as medium, sum(high) as high, sum(critical) as critical
                    from unnest(?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[])
                         as r(source_record_id, unrated, info, low, medium, high, critical)
                    join source_record s using (source_record_id)
                    group by s.asset_id""") + "\n" + """
                    returning asset_id, os_name)
                    select s.source_record_id, c.os_name
                    from unnest(?::int[]) as r(source_record_id)
                    join source_record s using (source_record_id)
                    join counted c using (asset_id)""")) {
                upsert.setArray(1, connection.createArrayOf("int4", records));
                for (int severity = 0; severity < SEVERITIES; severity++) {
                    upsert.setArray(severity + 2, connection.createArrayOf("int4", columns[severity]));
                }
                upsert.setArray(SEVERITIES + 2, connection.createArrayOf("int4", records));
                try (ResultSet row = upsert.executeQuery()) {
                    while (row.next()) {
                        systems.put(row.getInt(1), Optional.ofNullable(row.getString(2)));
                    }
                }
            }
            return systems;
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
                    cross join definition_ids(c.block, c.definitions) u(definition_id)
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
        // held before their findings are looked at: who changes these holds the same rows until he is done
        try (PreparedStatement hold = connection.prepareStatement("""
                select from open_by_severity o join asset a using (asset_id)
                where o.asset_id = any (?) and o.os_name is distinct from a.os_name
                order by o.asset_id
                for update of o""")) {
            hold.setArray(1, assets);
            try (ResultSet row = hold.executeQuery()) {
                if (!row.next()) {
                    return;
                }
            }
        }
        moveOpen(connection, """
                select s.source_record_id, o.os_name, a.os_name
                from open_by_severity o join asset a using (asset_id) join source_record s using (asset_id)
                where o.asset_id = any (?)""", assets);
        try (PreparedStatement update = connection.prepareStatement("""
                update open_by_severity o set os_name = a.os_name
                from asset a
                where a.asset_id = any (?) and o.asset_id = a.asset_id and o.os_name is distinct from a.os_name""")) {
            update.setArray(1, assets);
            update.executeUpdate();
        }
    }

    /** Counts the open findings of records that move between assets on the assets' systems; before these are counted anew. */
    static void move(Connection connection, Array records, Array from, Array to) throws SQLException {
        moveOpen(connection, """
                select m.source_record_id, f.os_name, t.os_name
                from unnest(?::int[], ?::int[], ?::int[]) as m(source_record_id, from_asset, to_asset)
                join asset f on f.asset_id = m.from_asset
                join asset t on t.asset_id = m.to_asset""", records, from, to);
    }

    /** @param moves selects records, the system they are counted on and the one they are to be counted on */
    private static void moveOpen(Connection connection, String moves, Array... parameters) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into open_by_definition (os_name, definitions, findings)
                select os_name, array_agg(definition_id order by definition_id), array_agg(findings order by definition_id)
                from (
                    select x.os_name, u.definition_id, sum(x.by)::int as findings
                    from (%s) m(source_record_id, os_before, os_after)
                    join finding_cohort c on c.source_record_id = m.source_record_id and c.fixed_run is null
                    cross join lateral (values (m.os_before, -1), (m.os_after, 1)) x(os_name, by)
                    cross join definition_ids(c.block, c.definitions) u(definition_id)
                    where m.os_before is distinct from m.os_after
                    group by x.os_name, u.definition_id
                    having sum(x.by) <> 0) moved
                group by os_name""".formatted(moves))) {
            for (int i = 0; i < parameters.length; i++) {
                insert.setArray(i + 1, parameters[i]);
            }
            insert.executeUpdate();
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
                    + ", sum(assets) from changed group by os_name having sum(assets) <> 0");
            // a run that changed nothing leaves them as they are
            statement.execute("""
                    with changed as (
                        delete from open_by_definition
                        where exists (select from open_by_definition group by os_name having count(*) > 1)
                        returning *)
                    insert into open_by_definition (os_name, definitions, findings)
                    select os_name, array_agg(definition_id order by definition_id), array_agg(findings order by definition_id)
                    from (
                        select c.os_name, u.definition_id, sum(u.findings)::int as findings
                        from changed c cross join unnest(c.definitions, c.findings) u(definition_id, findings)
                        group by c.os_name, u.definition_id
                        having sum(u.findings) <> 0) summed
                    group by os_name""");
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
                    where f.fixed_run is null and f.block = definition_block(r.definition_id)
                      and f.definitions @> array[definition_element(r.definition_id)]
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

    private void add(Cohort cohort, int by, int[] more, List<More> changes) {
        if (!cohort.open()) {
            return;
        }
        byFirstRun.merge(cohort.firstRun(), by * cohort.definitions().length, Integer::sum);
        changes.add(new More(cohort.definitions(), by));
        int[] counts = bySeverity(cohort.definitions());
        Arrays.setAll(more, severity -> more[severity] + by * counts[severity]);
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
            onSystem = room(onSystem, largest);
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
