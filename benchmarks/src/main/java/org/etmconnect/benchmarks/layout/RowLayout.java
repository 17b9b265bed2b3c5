// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.etmconnect.inventory.copy.BinaryCopy;

/** A narrow row for each finding, with an index for each of the questions. */
record RowLayout() implements Layout {

    @Override
    public String name() {
        return "row";
    }

    @Override
    public String description() {
        return "a narrow row per finding, indexes made after the load";
    }

    @Override
    public void create(Statement statement) throws SQLException {
        statement.execute("""
                create table finding (
                    source_record_id int not null, definition_id int not null, first_run int not null,
                    opened_run int not null, fixed_run int)""");
    }

    @Override
    public void load(Connection connection, FleetSets fleet) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(
                connection, "finding", "source_record_id", "definition_id", "first_run", "opened_run")) {
            for (int record = 1; record <= fleet.records(); record++) {
                for (int definition : fleet.open(record)) {
                    copy.startRow();
                    copy.writeInt(record);
                    copy.writeInt(definition);
                    copy.writeInt(FIRST_RUN);
                    copy.writeInt(FIRST_RUN);
                }
            }
            copy.finish();
        }
    }

    @Override
    public void index(Statement statement) throws SQLException {
        statement.execute("alter table finding add primary key (source_record_id, definition_id)");
        statement.execute(
                "create index on finding (definition_id, source_record_id) include (first_run) where fixed_run is null");
        statement.execute("create index on finding (first_run, source_record_id, definition_id)");
    }

    @Override
    public void change(Connection connection, FleetSets before, FleetSets after) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temp table staged (source_record_id int, definition_id int)");
            statement.execute("create temp table staged_record (source_record_id int)");
            int[] changed = after.recordsDifferingFrom(before);
            try (BinaryCopy copy = BinaryCopy.into(connection, "staged_record", "source_record_id")) {
                for (int record : changed) {
                    copy.startRow();
                    copy.writeInt(record);
                }
                copy.finish();
            }
            try (BinaryCopy copy = BinaryCopy.into(connection, "staged", "source_record_id", "definition_id")) {
                for (int record : changed) {
                    for (int definition : after.open(record)) {
                        copy.startRow();
                        copy.writeInt(record);
                        copy.writeInt(definition);
                    }
                }
                copy.finish();
            }
            statement.execute("analyze staged");
            statement.execute("analyze staged_record");
            statement.execute("""
                    update finding f set fixed_run = %d
                    from (
                        select source_record_id, definition_id
                        from finding join staged_record using (source_record_id)
                        where fixed_run is null
                        except
                        select source_record_id, definition_id from staged) gone
                    where f.source_record_id = gone.source_record_id and f.definition_id = gone.definition_id""".formatted(SECOND_RUN));
            statement.execute("""
                    insert into finding (source_record_id, definition_id, first_run, opened_run)
                    select source_record_id, definition_id, %1$d, %1$d from staged
                    on conflict (source_record_id, definition_id) do update
                        set opened_run = excluded.opened_run, fixed_run = null
                        where finding.fixed_run is not null""".formatted(SECOND_RUN));
            connection.commit();
            statement.execute("drop table staged, staged_record");
            connection.commit();
        }
    }

    @Override
    public List<String> tables() {
        return List.of("finding");
    }

    @Override
    public String pageByDefinition() {
        return """
                select source_record_id, first_run from finding
                where fixed_run is null and definition_id = ?
                order by source_record_id limit 100""";
    }

    @Override
    public String pageBySeverity() {
        return """
                select d.severity, d.definition_id, f.source_record_id, f.first_run
                from definition d
                cross join lateral (
                    select f.source_record_id, f.first_run from finding f
                    where f.fixed_run is null and f.definition_id = d.definition_id
                    order by f.source_record_id limit 100) f
                where (d.severity, d.definition_id) <= (?::smallint, ?::int)
                order by d.severity desc, d.definition_id desc, f.source_record_id limit 100""";
    }

    @Override
    public String pageByHost() {
        return """
                select d.severity, d.definition_id, d.name, f.first_run
                from finding f join definition d using (definition_id)
                where f.source_record_id = ? and f.fixed_run is null
                order by d.severity desc, d.definition_id limit 100""";
    }

    @Override
    public String pageNewestFirst() {
        return """
                select first_run, source_record_id, definition_id from finding
                where (first_run, source_record_id) <= (?, ?)
                order by first_run desc, source_record_id desc, definition_id desc limit 100""";
    }
}
