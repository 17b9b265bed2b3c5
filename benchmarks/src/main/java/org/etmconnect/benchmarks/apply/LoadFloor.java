// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.apply;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.inventory.Schema;
import org.postgresql.PGConnection;

/**
 * How fast PostgreSQL takes the rows of an inventory if it is given nothing else to do: the rows are read into files first;
 * then each table of an empty inventory, stripped of indexes and keys, gets them by one {@code COPY}; then indexes and keys
 * are made.
 */
final class LoadFloor {

    private static final int BUFFER = 1 << 20;

    private final DataSource loaded;
    private final DataSource empty;
    private final Path directory;

    /**
     * What it took.
     *
     * @param copySeconds the rows
     * @param indexSeconds indexes and keys
     * @param bytes of the files
     */
    record Measured(double copySeconds, double indexSeconds, long rows, long bytes) {

        double seconds() {
            return copySeconds + indexSeconds;
        }
    }

    /**
     * @param loaded the inventory with the rows
     * @param empty a database with nothing in it
     * @param directory for the files; made and deleted
     */
    LoadFloor(DataSource loaded, DataSource empty, Path directory) {
        this.loaded = loaded;
        this.empty = empty;
        this.directory = directory;
    }

    Measured measure() throws SQLException, IOException {
        Files.createDirectories(directory);
        Schema.migrate(empty);
        List<String> tables = texts(loaded, """
                select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                    and c.relname <> 'flyway_schema_history' and pg_relation_size(c.oid) > 0
                order by pg_relation_size(c.oid) desc""");
        long bytes = 0;
        for (String table : tables) {
            try (Connection connection = loaded.getConnection();
                    OutputStream file = new BufferedOutputStream(Files.newOutputStream(file(table)), BUFFER)) {
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("copy " + table + " to stdout (format binary)", file);
            }
            bytes += Files.size(file(table));
        }
        List<String> remake = strip();
        try (Connection connection = empty.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
            long begun = System.nanoTime();
            long rows = 0;
            // The rows of tables that triggers fill are among the files.
            statement.execute("set session_replication_role = replica");
            for (String table : tables) {
                try (InputStream file = new BufferedInputStream(Files.newInputStream(file(table)), BUFFER)) {
                    rows += connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn("copy " + table + " from stdin (format binary)", file, BUFFER);
                }
            }
            statement.execute("reset session_replication_role");
            long copied = System.nanoTime();
            for (String each : remake) {
                statement.execute(each);
            }
            long indexed = System.nanoTime();
            for (String table : tables) {
                Files.delete(file(table));
            }
            return new Measured((copied - begun) / 1e9, (indexed - copied) / 1e9, rows, bytes);
        }
    }

    private Path file(String table) {
        return directory.resolve(table + ".copy");
    }

    /** Empties the tables and drops their indexes and keys; gives the statements that make them again. */
    private List<String> strip() throws SQLException {
        List<String> remake = new ArrayList<>(texts(empty, """
                select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'x')
                    and conrelid <> 'flyway_schema_history'::regclass"""));
        remake.addAll(texts(empty, """
                select pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                    and not exists (select from pg_constraint where conindid = i.indexrelid)"""));
        remake.addAll(texts(empty, """
                select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'"""));
        List<String> drop = new ArrayList<>(texts(empty, """
                select format('alter table %s drop constraint %I', conrelid::regclass, conname)
                from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'p', 'u', 'x')
                    and conrelid <> 'flyway_schema_history'::regclass
                order by contype"""));
        drop.addAll(texts(empty, """
                select format('drop index %s', indexrelid::regclass) from pg_index i join pg_class c on c.oid = i.indrelid
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
                    and not exists (select from pg_constraint where conindid = i.indexrelid)"""));
        drop.addAll(texts(empty, """
                select format('delete from %s', oid::regclass) from pg_class
                where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'flyway_schema_history'
                    and pg_relation_size(oid) > 0"""));
        try (Connection connection = empty.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : drop) {
                statement.execute(each);
            }
        }
        return remake;
    }

    private static List<String> texts(DataSource database, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }
}
