// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * An index that a first load does not keep up: built at its end, it costs a fraction. Searches go without it meanwhile, and no
 * run asks it. Each is dropped and built in a transaction of its own, since writers of several runs take the tables in
 * different order.
 *
 * @param table what it is on
 * @param name its name
 * @param definition what comes after its table's name when it is made
 */
record LateIndex(String table, String name, String definition) {

    static final List<LateIndex> ALL = List.of(
            new LateIndex(
                    "finding_cohort",
                    "finding_cohort_open",
                    "using gin (definitions) with (gin_pending_list_limit = 512) where fixed_run is null"),
            new LateIndex("asset", "asset_name_words", "using gin (lower(name) gin_trgm_ops) with (fastupdate = off)"));

    /** Any number that nothing else in the database locks. */
    private static final long LOCK = 7_204_551_001L;

    /** Drops it if the table is empty; builds it if a load was cut off that had dropped it. */
    void prepareForLoad(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Runs of several connections come here at the same time, and each would wait for the others' locks.
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
            if (is(statement, "not exists (select from " + table + ")")) {
                statement.execute("drop index if exists " + name);
            } else {
                build(statement);
            }
        }
    }

    void finishLoad(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
            build(statement);
        }
    }

    /** Even "if not exists" would wait until no other run writes. */
    private void build(Statement statement) throws SQLException {
        // Not by to_regclass: it may answer from what was cached before the lock was waited for.
        boolean missing = is(statement, """
                not exists (
                    select from pg_index i join pg_class c on c.oid = i.indexrelid
                    where i.indrelid = '%s'::regclass and c.relname = '%s')""".formatted(table, name));
        if (missing) {
            statement.execute("create index " + name + " on " + table + " " + definition);
        }
    }

    private static boolean is(Statement statement, String condition) throws SQLException {
        try (ResultSet row = statement.executeQuery("select " + condition)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
