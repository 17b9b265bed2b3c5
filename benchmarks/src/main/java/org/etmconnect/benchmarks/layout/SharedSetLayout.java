// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.nio.IntBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etmconnect.inventory.copy.BinaryCopy;

/** Equal sets are kept once, and cohorts point to them. */
record SharedSetLayout() implements Layout {

    @Override
    public String name() {
        return "shared";
    }

    @Override
    public String description() {
        return "equal sets once, cohorts point to them, GIN on the sets after the load";
    }

    @Override
    public void create(Statement statement) throws SQLException {
        statement.execute("create table finding_set (set_id int primary key, definitions int[] not null)");
        statement.execute("""
                create table finding_cohort (
                    source_record_id int not null, first_run int not null, opened_run int not null, fixed_run int,
                    reopened_run int, set_id int not null)""");
        statement.execute("create index on finding_cohort (source_record_id)");
        statement.execute("create index on finding_cohort (first_run, source_record_id) where reopened_run is null");
    }

    @Override
    public void load(Connection connection, FleetSets fleet) throws SQLException {
        Map<IntBuffer, Integer> ids = new HashMap<>();
        List<int[]> sets = new ArrayList<>();
        try (BinaryCopy copy = BinaryCopy.into(
                connection, "finding_cohort", "source_record_id", "first_run", "opened_run", "set_id")) {
            for (int record = 1; record <= fleet.records(); record++) {
                int[] definitions = fleet.open(record);
                if (definitions.length > 0) {
                    copy.startRow();
                    copy.writeInt(record);
                    copy.writeInt(FIRST_RUN);
                    copy.writeInt(FIRST_RUN);
                    copy.writeInt(ids.computeIfAbsent(IntBuffer.wrap(definitions), key -> {
                                sets.add(definitions);
                                return sets.size();
                            })
                            .intValue());
                }
            }
            copy.finish();
        }
        try (BinaryCopy copy = BinaryCopy.into(connection, "finding_set", "set_id", "definitions")) {
            for (int set = 1; set <= sets.size(); set++) {
                copy.startRow();
                copy.writeInt(set);
                copy.writeInts(sets.get(set - 1));
            }
            copy.finish();
        }
    }

    @Override
    public void index(Statement statement) throws SQLException {
        statement.execute("create index on finding_set using gin (definitions)");
        statement.execute("create index on finding_cohort (set_id, source_record_id) where fixed_run is null");
    }

    @Override
    public void change(Connection connection, FleetSets before, FleetSets after) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "create temp table staged (source_record_id int, closed int[], kept int[], opened int[])");
            try (BinaryCopy copy =
                    BinaryCopy.into(connection, "staged", "source_record_id", "closed", "kept", "opened")) {
                for (int record : after.recordsDifferingFrom(before)) {
                    int[] had = before.open(record);
                    int[] has = after.open(record);
                    copy.startRow();
                    copy.writeInt(record);
                    copy.writeInts(Arrays.stream(had)
                            .filter(d -> Arrays.binarySearch(has, d) < 0)
                            .toArray());
                    copy.writeInts(Arrays.stream(had)
                            .filter(d -> Arrays.binarySearch(has, d) >= 0)
                            .toArray());
                    copy.writeInts(Arrays.stream(has)
                            .filter(d -> Arrays.binarySearch(had, d) < 0)
                            .toArray());
                }
                copy.finish();
            }
            statement.execute("""
                    create temp table fresh as
                    select (select max(set_id) from finding_set) + row_number() over () as set_id, definitions
                    from (select kept from staged union select closed from staged union select opened from staged) s
                        (definitions)
                    where definitions <> '{}'""");
            statement.execute("insert into finding_set select * from fresh");
            statement.execute("""
                    insert into finding_cohort (source_record_id, first_run, opened_run, fixed_run, set_id)
                    select source_record_id, %1$d, %1$d, %1$d, set_id from staged join fresh on definitions = closed
                    union all
                    select source_record_id, %2$d, %2$d, null, set_id from staged join fresh on definitions = opened""".formatted(FIRST_RUN, SECOND_RUN));
            statement.execute("""
                    update finding_cohort c set set_id = f.set_id
                    from staged s join fresh f on f.definitions = s.kept
                    where c.source_record_id = s.source_record_id and c.fixed_run is null and c.first_run = %d""".formatted(FIRST_RUN));
            connection.commit();
            statement.execute("drop table staged, fresh");
            connection.commit();
        }
    }

    @Override
    public List<String> tables() {
        return List.of("finding_cohort", "finding_set");
    }

    @Override
    public String pageByDefinition() {
        return """
                select c.source_record_id, c.first_run
                from finding_set s join finding_cohort c using (set_id)
                where c.fixed_run is null and s.definitions operator(pg_catalog.@>) array[?::int]
                order by c.source_record_id limit 100""";
    }

    @Override
    public String pageBySeverity() {
        return """
                select d.severity, d.definition_id, f.source_record_id, f.first_run
                from definition d
                cross join lateral (
                    select c.source_record_id, c.first_run
                    from finding_set s join finding_cohort c using (set_id)
                    where c.fixed_run is null and s.definitions operator(pg_catalog.@>) array[d.definition_id]
                    order by c.source_record_id limit 100) f
                where (d.severity, d.definition_id) <= (?::smallint, ?::int)
                order by d.severity desc, d.definition_id desc, f.source_record_id limit 100""";
    }

    @Override
    public String pageByHost() {
        return """
                select d.severity, d.definition_id, d.name, c.first_run
                from finding_cohort c join finding_set s using (set_id), unnest(s.definitions) open (definition_id)
                join definition d using (definition_id)
                where c.source_record_id = ? and c.fixed_run is null
                order by d.severity desc, d.definition_id limit 100""";
    }

    @Override
    public String pageNewestFirst() {
        return """
                select c.first_run, c.source_record_id, definition_id
                from (
                    select first_run, source_record_id, set_id from finding_cohort
                    where reopened_run is null and (first_run, source_record_id) <= (?, ?)
                    order by first_run desc, source_record_id desc limit 100) c
                join finding_set s using (set_id), unnest(s.definitions) definition_id
                limit 100""";
    }
}
