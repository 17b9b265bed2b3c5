// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.etmconnect.inventory.copy.BinaryCopy;

/** Takes one layout through everything that is measured, in a schema made for it. */
final class LayoutRun {

    private final Connection connection;
    private final FleetSets fleet;
    private final FleetSets later;
    private final int tries;
    private final long seed;

    LayoutRun(Connection connection, FleetSets fleet, FleetSets later, int tries, long seed) {
        this.connection = connection;
        this.fleet = fleet;
        this.later = later;
        this.tries = tries;
        this.seed = seed;
    }

    Measurement measure(Layout layout, int repetition, double loadBefore) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            prepareSchema(statement);
            layout.create(statement);
            statement.execute("checkpoint");
            long log = logPosition(statement);
            connection.setAutoCommit(false);
            double copy = seconds(() -> {
                layout.load(connection, fleet);
                connection.commit();
            });
            double index = seconds(() -> {
                layout.index(statement);
                connection.commit();
            });
            long loadLog = logPosition(statement) - log;
            connection.commit();
            connection.setAutoCommit(true);
            double analyze = seconds(() -> {
                for (String table : layout.tables()) {
                    statement.execute("vacuum analyze " + table);
                }
            });
            Map<String, Long> sizes = sizes(statement, layout);
            statement.execute("checkpoint");

            Map<String, Long> rows = new LinkedHashMap<>();
            Map<String, double[]> pages = pages(layout, Layout.FIRST_RUN, rows);

            connection.setAutoCommit(false);
            log = logPosition(statement);
            double unchanged = seconds(() -> compareFingerprints(statement));
            long unchangedLog = logPosition(statement) - log;
            connection.commit();

            log = logPosition(statement);
            double change = seconds(() -> layout.change(connection, fleet, later));
            long changeLog = logPosition(statement) - log;
            connection.commit();
            connection.setAutoCommit(true);
            Map<String, double[]> pagesAfterChange = pages(layout, Layout.SECOND_RUN, rows);

            long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
            return new Measurement(
                    layout.name(),
                    repetition,
                    loadBefore,
                    copy,
                    index,
                    analyze,
                    fleet.findings() / (copy + index),
                    loadLog,
                    (double) bytes / fleet.findings(),
                    sizes,
                    unchanged,
                    unchangedLog,
                    change,
                    changeLog,
                    pages,
                    pagesAfterChange,
                    rows);
        }
    }

    private void prepareSchema(Statement statement) throws SQLException {
        statement.execute("drop schema public cascade");
        statement.execute("create schema public");
        statement.execute("create extension intarray");
        // A plan for any parameter would ignore how common the one definition is.
        statement.execute("set plan_cache_mode = force_custom_plan");
        statement.execute("create table definition (definition_id int primary key, severity smallint not null,"
                + " name text not null)");
        statement.execute(
                "create table source_record (source_record_id int primary key, findings_fingerprint bytea not null)");
        try (BinaryCopy copy = BinaryCopy.into(connection, "definition", "definition_id", "severity", "name")) {
            for (int definition = 1; definition <= fleet.definitions(); definition++) {
                copy.startRow();
                copy.writeInt(definition);
                copy.writeShort((short) fleet.severity(definition));
                copy.writeText("CVE-2026-" + definition);
            }
            copy.finish();
        }
        statement.execute("create table definition_count (definition_id int primary key, open_findings int not null)");
        int[][] hosts = fleet.inverted();
        try (BinaryCopy copy = BinaryCopy.into(connection, "definition_count", "definition_id", "open_findings")) {
            for (int definition = 1; definition <= fleet.definitions(); definition++) {
                copy.startRow();
                copy.writeInt(definition);
                copy.writeInt(hosts[definition].length);
            }
            copy.finish();
        }
        copyFingerprints("source_record");
        statement.execute("create index on definition (severity, definition_id)");
        statement.execute("vacuum analyze definition, definition_count, source_record");
    }

    private void copyFingerprints(String table) throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(connection, table, "source_record_id", "findings_fingerprint")) {
            for (int record = 1; record <= fleet.records(); record++) {
                copy.startRow();
                copy.writeInt(record);
                copy.writeBytes(fleet.fingerprint(record));
            }
            copy.finish();
        }
    }

    /** What a sync does with hosts it knows: sends a fingerprint of each and asks which differ. */
    private void compareFingerprints(Statement statement) throws SQLException {
        statement.execute("create temp table seen (source_record_id int, findings_fingerprint bytea) on commit drop");
        copyFingerprints("seen");
        try (ResultSet differing = statement.executeQuery("""
                select count(*) from seen s left join source_record r using (source_record_id)
                where r.findings_fingerprint is distinct from s.findings_fingerprint""")) {
            differing.next();
            if (differing.getLong(1) != 0) {
                throw new IllegalStateException(differing.getLong(1) + " hosts differ from themselves");
            }
        }
        connection.commit();
    }

    private Map<String, double[]> pages(Layout layout, int newestRun, Map<String, Long> rows) throws SQLException {
        Random random = new Random(seed);
        Map<String, double[]> pages = new LinkedHashMap<>();
        pages.put("cve", page("cve", layout.pageByDefinition(), rows, (query, attempt) -> {
            // Half of the tries take any definition, half one that is as common as findings have it.
            query.setInt(1, attempt % 2 == 0 ? 1 + random.nextInt(fleet.definitions()) : commonDefinition(random));
        }));
        pages.put("severity", page("severity", layout.pageBySeverity(), rows, (query, attempt) -> {
            int definition = 1 + random.nextInt(fleet.definitions());
            query.setInt(1, attempt == 0 ? 5 : fleet.severity(definition));
            query.setInt(2, attempt == 0 ? Integer.MAX_VALUE : definition);
        }));
        pages.put(
                "host",
                page(
                        "host",
                        layout.pageByHost(),
                        rows,
                        (query, attempt) -> query.setInt(1, 1 + random.nextInt(fleet.records()))));
        pages.put("newest", page("newest", layout.pageNewestFirst(), rows, (query, attempt) -> {
            query.setInt(1, newestRun);
            query.setInt(2, attempt == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(fleet.records()));
        }));
        return pages;
    }

    private int commonDefinition(Random random) {
        while (true) {
            int[] definitions = fleet.open(1 + random.nextInt(fleet.records()));
            if (definitions.length > 0) {
                return definitions[random.nextInt(definitions.length)];
            }
        }
    }

    private double[] page(String question, String sql, Map<String, Long> rows, Parameters parameters)
            throws SQLException {
        double[] milliseconds = new double[tries];
        long count = 0;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int attempt = 0; attempt < tries; attempt++) {
                parameters.set(query, attempt);
                long begin = System.nanoTime();
                try (ResultSet result = query.executeQuery()) {
                    while (result.next()) {
                        count++;
                    }
                }
                milliseconds[attempt] = (System.nanoTime() - begin) / 1e6;
            }
        }
        rows.merge(question, count, Long::sum);
        return milliseconds;
    }

    private static Map<String, Long> sizes(Statement statement, Layout layout) throws SQLException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (String table : layout.tables()) {
            try (ResultSet result = statement.executeQuery("""
                    select relname, pg_table_size(oid) from pg_class where oid = '%1$s'::regclass
                    union all
                    select c.relname, pg_relation_size(c.oid)
                    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = '%1$s'::regclass""".formatted(table))) {
                while (result.next()) {
                    sizes.put(result.getString(1), result.getLong(2));
                }
            }
        }
        return sizes;
    }

    private static long logPosition(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static double seconds(Step step) throws SQLException {
        long begin = System.nanoTime();
        step.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private interface Step {
        void run() throws SQLException;
    }

    private interface Parameters {
        void set(PreparedStatement query, int attempt) throws SQLException;
    }
}
