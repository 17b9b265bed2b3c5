// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.backup.DatabaseContents.Table;
import org.postgresql.PGConnection;

/**
 * The database as it is at one moment, however long the reading takes; nobody is held up by it. Used by one thread, and
 * closed by it.
 */
public final class TableDump implements AutoCloseable {

    private final Connection connection;
    private final DatabaseContents contents;

    private TableDump(Connection connection, DatabaseContents contents) {
        this.connection = connection;
        this.contents = contents;
    }

    /**
     * Takes the moment.
     *
     * @throws DatabaseException if the database refuses
     */
    public static TableDump begin(DataSource database) {
        try {
            Connection connection = database.getConnection();
            try {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("set transaction isolation level repeatable read, read only");
                    return new TableDump(connection, contents(statement));
                }
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("begin a backup", e);
        }
    }

    private static DatabaseContents contents(Statement statement) throws SQLException {
        String version;
        try (ResultSet row = statement.executeQuery(
                "select version from flyway_schema_history where success order by installed_rank desc limit 1")) {
            row.next();
            version = row.getString(1);
        }
        return new DatabaseContents(version, TableOrder.of(statement, tables(statement)), sequences(statement));
    }

    /** Without the sessions of people, who sign in again, and without the migrations, which are done again. */
    private static Map<String, Table> tables(Statement statement) throws SQLException {
        Map<String, Table> tables = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery("""
                select c.relname, array_agg(a.attname::text order by a.attnum)
                from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
                  and a.attgenerated = '' and c.relname not in ('flyway_schema_history', 'spring_session', 'spring_session_attributes')
                group by c.relname order by c.relname""")) {
            while (row.next()) {
                Array columns = row.getArray(2);
                tables.put(row.getString(1), new Table(row.getString(1), List.of((String[]) columns.getArray())));
            }
        }
        return tables;
    }

    private static Map<String, Long> sequences(Statement statement) throws SQLException {
        Map<String, Long> sequences = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery("""
                select sequencename, last_value from pg_sequences
                where schemaname = 'public' and last_value is not null order by sequencename""")) {
            while (row.next()) {
                sequences.put(row.getString(1), row.getLong(2));
            }
        }
        return sequences;
    }

    /** What there is to be read. */
    public DatabaseContents contents() {
        return contents;
    }

    /**
     * Writes the rows of a table, in PostgreSQL's text form of {@code COPY}.
     *
     * @return how many
     * @throws IOException if they cannot be written to {@code out}, which stays open
     * @throws DatabaseException if they cannot be read
     */
    public long write(Table table, OutputStream out) throws IOException {
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("copy " + TableOrder.named(table) + " to stdout", out);
        } catch (SQLException e) {
            throw new DatabaseException("read the table " + table.name(), e);
        }
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new DatabaseException("end a backup", e);
        }
    }
}
