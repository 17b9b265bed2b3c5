// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * An index that a first load does not keep up: built at its end, it costs a fraction. Searches go without it meanwhile; a run
 * that identifies hosts by it does so by what it has made itself, or has it built. Each is dropped and built in a
 * transaction of its own, since writers of several runs take the tables in different order.
 *
 * @param table what it is on
 * @param name its name
 * @param definition what comes after its table's name when it is made
 * @param inParts whether it is built a few megabytes at a time: entries of values that are seldom equal, sorted and all at
 *     once, leave each page half full
 */
record LateIndex(String table, String name, String definition, boolean inParts) {

    /** By which records find their assets. */
    static final List<LateIndex> IDENTIFYING = List.of(
            new LateIndex(
                    "asset", "asset_by_mac", "using gin (hashes_of(mac_addresses)) with (fastupdate = off)", true),
            new LateIndex(
                    "asset", "asset_by_address", "using gin (hashes_of(addresses)) with (fastupdate = off)", true));

    static final List<LateIndex> ALL = Stream.concat(
                    Stream.of(
                            new LateIndex(
                                    "finding_cohort",
                                    "finding_cohort_open",
                                    "using gin (definitions) with (gin_pending_list_limit = 512) where fixed_run is null",
                                    false),
                            new LateIndex(
                                    "asset",
                                    "asset_name_words",
                                    "using gin (lower(name) gin_trgm_ops) with (fastupdate = off)",
                                    false)),
                    IDENTIFYING.stream())
            .toList();

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

    /** Builds it if it is not there. */
    void build(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
            build(statement);
        }
    }

    static boolean areBuilt(Connection connection, List<LateIndex> indexes) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (LateIndex index : indexes) {
                if (!index.isBuilt(statement)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Even "if not exists" would wait until no other run writes. */
    private void build(Statement statement) throws SQLException {
        if (!isBuilt(statement)) {
            if (inParts) {
                statement.execute("set local maintenance_work_mem = '4MB'");
            }
            statement.execute("create index " + name + " on " + table + " " + definition);
        }
    }

    private boolean isBuilt(Statement statement) throws SQLException {
        // Not by to_regclass: it may answer from what was cached before the lock was waited for.
        return is(statement, """
                exists (
                    select from pg_index i join pg_class c on c.oid = i.indexrelid
                    where i.indrelid = '%s'::regclass and c.relname = '%s')""".formatted(table, name));
    }

    private static boolean is(Statement statement, String condition) throws SQLException {
        try (ResultSet row = statement.executeQuery("select " + condition)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
