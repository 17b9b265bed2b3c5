// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * A row for what a host's findings share, with their definitions in an array.
 *
 * @param format how COPY sends the rows
 * @param gin when the index on the arrays is made
 * @param operators the operator class of that index
 * @param storage storage parameters of the table, as SQL, or empty
 */
record CohortLayout(String name, String description, Format format, Gin gin, String operators, String storage)
        implements Layout {

    enum Format {
        BINARY,
        TEXT
    }

    enum Gin {
        AFTER_THE_LOAD,
        BEFORE_THE_LOAD,
        BEFORE_WITH_PENDING_LIST
    }

    private static final String COLUMNS = "source_record_id, first_run, opened_run, definitions";

    @Override
    public void create(Statement statement) throws SQLException {
        statement.execute("""
                create table finding_cohort (
                    source_record_id int not null, first_run int not null, opened_run int not null, fixed_run int,
                    reopened_run int, definitions int[] not null)""" + storage);
        // The names are constants of this class and of the list of layouts.
        statement.execute("create index on finding_cohort (source_record_id)");
        statement.execute("create index on finding_cohort (first_run, source_record_id) where reopened_run is null");
        if (gin != Gin.AFTER_THE_LOAD) {
            createGin(statement, gin == Gin.BEFORE_WITH_PENDING_LIST ? "on" : "off");
        }
    }

    @Override
    public void load(Connection connection, FleetSets fleet) throws SQLException {
        switch (format) {
            case BINARY -> loadBinary(connection, fleet);
            case TEXT -> loadText(connection, fleet);
        }
    }

    private static void loadBinary(Connection connection, FleetSets fleet) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(connection, "finding_cohort", COLUMNS.split(", "))) {
            for (int record = 1; record <= fleet.records(); record++) {
                if (fleet.open(record).length > 0) {
                    copy.startRow();
                    copy.writeInt(record);
                    copy.writeInt(FIRST_RUN);
                    copy.writeInt(FIRST_RUN);
                    copy.writeInts(fleet.open(record));
                }
            }
            copy.finish();
        }
    }

    private static void loadText(Connection connection, FleetSets fleet) throws SQLException {
        try (PGCopyOutputStream out = new PGCopyOutputStream(
                connection.unwrap(PGConnection.class), "copy finding_cohort (" + COLUMNS + ") from stdin", 1 << 16)) {
            StringBuilder row = new StringBuilder();
            for (int record = 1; record <= fleet.records(); record++) {
                if (fleet.open(record).length > 0) {
                    row.setLength(0);
                    row.append(record)
                            .append('\t')
                            .append(FIRST_RUN)
                            .append('\t')
                            .append(FIRST_RUN);
                    char separator = '{';
                    row.append('\t');
                    for (int definition : fleet.open(record)) {
                        row.append(separator).append(definition);
                        separator = ',';
                    }
                    row.append("}\n");
                    out.write(row.toString().getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException failed) {
            throw new SQLException("COPY as text failed", failed);
        }
    }

    @Override
    public void index(Statement statement) throws SQLException {
        switch (gin) {
            case AFTER_THE_LOAD -> createGin(statement, "on");
            case BEFORE_THE_LOAD -> {}
            case BEFORE_WITH_PENDING_LIST ->
                statement.execute("select gin_clean_pending_list('finding_cohort_open'::regclass)");
        }
    }

    private void createGin(Statement statement, String pendingList) throws SQLException {
        statement.execute("create index finding_cohort_open on finding_cohort using gin (definitions " + operators
                + ") with (fastupdate = " + pendingList + ") where fixed_run is null");
    }

    @Override
    public void change(Connection connection, FleetSets before, FleetSets after) throws SQLException {
        applyChange(connection, before, after);
    }

    /** Closes and opens by comparing sets inside the database. */
    static void applyChange(Connection connection, FleetSets before, FleetSets after) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "create temp table staged (source_record_id int, definitions int[]) on commit delete rows");
            try (BinaryCopy copy = BinaryCopy.into(connection, "staged", "source_record_id", "definitions")) {
                for (int record : after.recordsDifferingFrom(before)) {
                    copy.startRow();
                    copy.writeInt(record);
                    copy.writeInts(after.open(record));
                }
                copy.finish();
            }
            statement.execute("analyze staged");
            statement.execute("""
                    create temp table closing on commit drop as
                    select c.source_record_id, c.first_run, c.opened_run, c.ctid as cohort,
                           c.definitions - s.definitions as closed, c.definitions & s.definitions as kept
                    from staged s join finding_cohort c using (source_record_id)
                    where c.fixed_run is null""");
            statement.execute("""
                    insert into finding_cohort (source_record_id, first_run, opened_run, definitions)
                    select s.source_record_id, %1$d, %1$d, s.definitions - had.definitions
                    from staged s
                    left join lateral (
                        select coalesce(array_agg(d), '{}') as definitions
                        from finding_cohort c, unnest(c.definitions) d
                        where c.source_record_id = s.source_record_id and c.fixed_run is null) had on true
                    where s.definitions - had.definitions <> '{}'""".formatted(SECOND_RUN));
            statement.execute("""
                    insert into finding_cohort (source_record_id, first_run, opened_run, fixed_run, definitions)
                    select source_record_id, first_run, opened_run, %d, closed from closing where closed <> '{}'""".formatted(SECOND_RUN));
            statement.execute("""
                    update finding_cohort c set definitions = k.kept
                    from closing k where c.ctid = k.cohort and k.closed <> '{}' and k.kept <> '{}'""");
            statement.execute("""
                    delete from finding_cohort c using closing k where c.ctid = k.cohort and k.kept = '{}'""");
            connection.commit();
            statement.execute("drop table staged");
            connection.commit();
        }
    }

    @Override
    public List<String> tables() {
        return List.of("finding_cohort");
    }

    /** Once intarray is installed, a plain @> on int[] means its own operator, which only its own index serves. */
    private String contains() {
        return operators.equals("gin__int_ops") ? "@>" : "operator(pg_catalog.@>)";
    }

    @Override
    public String pageByDefinition() {
        return """
                select c.source_record_id, c.first_run from finding_cohort c
                where c.fixed_run is null and c.definitions %s array[?::int]
                order by c.source_record_id limit 100""".formatted(contains());
    }

    /**
     * A rare definition is looked up in the GIN; for a common one that would fetch and sort most of the table, so the
     * records are walked in order until the page is full. The two cost the same where the count is the root of the
     * page's rows times all records.
     */
    @Override
    public String pageBySeverity() {
        return """
                select d.severity, d.definition_id, f.source_record_id, f.first_run
                from (select sqrt(100.0 * greatest(reltuples, 1)) as many from pg_class
                      where oid = 'finding_cohort'::regclass) common
                cross join definition d
                join definition_count n using (definition_id)
                cross join lateral (
                    (select c.source_record_id, c.first_run from finding_cohort c
                     where n.open_findings > common.many and c.fixed_run is null
                         and d.definition_id = any (c.definitions)
                     order by c.source_record_id limit 100)
                    union all
                    (select c.source_record_id, c.first_run from finding_cohort c
                     where n.open_findings <= common.many and c.fixed_run is null
                         and c.definitions %s array[d.definition_id]
                     order by c.source_record_id limit 100)) f
                where (d.severity, d.definition_id) <= (?::smallint, ?::int)
                order by d.severity desc, d.definition_id desc, f.source_record_id limit 100""".formatted(contains());
    }

    @Override
    public String pageByHost() {
        return """
                select d.severity, d.definition_id, d.name, c.first_run
                from finding_cohort c, unnest(c.definitions) open (definition_id)
                join definition d using (definition_id)
                where c.source_record_id = ? and c.fixed_run is null
                order by d.severity desc, d.definition_id limit 100""";
    }

    @Override
    public String pageNewestFirst() {
        return """
                select c.first_run, c.source_record_id, definition_id
                from (
                    select first_run, source_record_id, definitions from finding_cohort
                    where reopened_run is null and (first_run, source_record_id) <= (?, ?)
                    order by first_run desc, source_record_id desc limit 100) c, unnest(c.definitions) definition_id
                limit 100""";
    }
}
