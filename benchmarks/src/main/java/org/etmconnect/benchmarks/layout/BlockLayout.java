// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.etmconnect.inventory.copy.BinaryCopy;

/**
 * Cohorts without an index on their arrays; instead the hosts of a definition are kept beside, in blocks of
 * {@value #BLOCK} record numbers.
 */
record BlockLayout() implements Layout {

    private static final int BLOCK = 4096;

    private CohortLayout cohorts() {
        return new CohortLayout("", "", CohortLayout.Format.BINARY, CohortLayout.Gin.AFTER_THE_LOAD, "array_ops", "");
    }

    @Override
    public String name() {
        return "blocks";
    }

    @Override
    public String description() {
        return "cohorts, and the hosts of a definition in blocks of " + BLOCK + " instead of the GIN index";
    }

    @Override
    public void create(Statement statement) throws SQLException {
        cohorts().create(statement);
        statement.execute("""
                create table definition_hosts (
                    definition_id int not null, block int not null, records int[] not null,
                    primary key (definition_id, block))""");
    }

    @Override
    public void load(Connection connection, FleetSets fleet) throws SQLException {
        cohorts().load(connection, fleet);
        int[][] inverted = fleet.inverted();
        try (BinaryCopy copy = BinaryCopy.into(connection, "definition_hosts", "definition_id", "block", "records")) {
            for (int definition = 1; definition < inverted.length; definition++) {
                int[] records = inverted[definition];
                for (int from = 0; from < records.length; ) {
                    int block = records[from] / BLOCK;
                    int to = from;
                    while (to < records.length && records[to] / BLOCK == block) {
                        to++;
                    }
                    copy.startRow();
                    copy.writeInt(definition);
                    copy.writeInt(block);
                    copy.writeInts(records, from, to);
                    from = to;
                }
            }
            copy.finish();
        }
    }

    @Override
    public void index(Statement statement) {}

    @Override
    public void change(Connection connection, FleetSets before, FleetSets after) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temp table moved (definition_id int, record int, opened boolean)");
            try (BinaryCopy copy = BinaryCopy.into(connection, "moved", "definition_id", "record", "opened")) {
                for (int record : after.recordsDifferingFrom(before)) {
                    copyMissing(copy, record, before.open(record), after.open(record), false);
                    copyMissing(copy, record, after.open(record), before.open(record), true);
                }
                copy.finish();
            }
            statement.execute("""
                    insert into definition_hosts as h (definition_id, block, records)
                    select definition_id, record / %1$d,
                           sort(coalesce(array_agg(record) filter (where opened), '{}'))
                    from moved group by 1, 2
                    on conflict (definition_id, block) do update
                    set records = sort((h.records | excluded.records) - coalesce((
                        select array_agg(m.record) from moved m
                        where not m.opened and m.definition_id = h.definition_id and m.record / %1$d = h.block), '{}'))""".formatted(BLOCK));
            CohortLayout.applyChange(connection, before, after);
            statement.execute("drop table moved");
            connection.commit();
        }
    }

    private static void copyMissing(BinaryCopy copy, int record, int[] from, int[] in, boolean opened)
            throws SQLException {
        for (int definition : from) {
            if (java.util.Arrays.binarySearch(in, definition) < 0) {
                copy.startRow();
                copy.writeInt(definition);
                copy.writeInt(record);
                copy.writeBoolean(opened);
            }
        }
    }

    @Override
    public List<String> tables() {
        return List.of("finding_cohort", "definition_hosts");
    }

    @Override
    public String pageByDefinition() {
        return """
                select h.record, c.first_run
                from (select ?::int as definition_id) q
                cross join lateral (
                    select b.record from (
                        select records from definition_hosts x
                        where x.definition_id = q.definition_id order by block) s,
                        unnest(s.records) b (record)
                    limit 100) h
                join finding_cohort c on c.source_record_id = h.record and c.fixed_run is null
                    and q.definition_id = any (c.definitions)
                order by 1 limit 100""";
    }

    @Override
    public String pageBySeverity() {
        return """
                select d.severity, d.definition_id, h.record
                from definition d
                cross join lateral (
                    select b.record from (
                        select block, records from definition_hosts x
                        where x.definition_id = d.definition_id order by block) s,
                        unnest(s.records) b (record)
                    limit 100) h
                where (d.severity, d.definition_id) <= (?::smallint, ?::int)
                order by d.severity desc, d.definition_id desc, h.record limit 100""";
    }

    @Override
    public String pageByHost() {
        return cohorts().pageByHost();
    }

    @Override
    public String pageNewestFirst() {
        return cohorts().pageNewestFirst();
    }
}
