// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.backup;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.backup.DatabaseContents.Table;
import org.postgresql.PGConnection;

/**
 * Fills the tables of a migrated database with those of a backup, all or none: nothing is kept before {@link #finish}. Used
 * by one thread, and closed by it.
 */
public final class TableLoad implements AutoCloseable {

    private final Connection connection;
    private final DatabaseContents contents;

    private TableLoad(Connection connection, DatabaseContents contents) {
        this.connection = connection;
        this.contents = contents;
    }

    /** Whether a database has no tables, so that something may be restored into it. */
    public static boolean isEmpty(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select not exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')""")) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            throw new DatabaseException("say whether it is empty", e);
        }
    }

    /**
     * Begins, and takes away what the migrations wrote themselves.
     *
     * @param database with the schema of {@code contents}
     */
    public static TableLoad begin(DataSource database, DatabaseContents contents) {
        try {
            Connection connection = database.getConnection();
            try {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    // Rows that are to be as they were are not to be checked and refused as new ones would be.
                    for (Table table : contents.tables()) {
                        statement.execute("alter table " + TableOrder.quoted(table.name()) + " disable trigger user");
                    }
                    for (Table table : contents.tables().reversed()) {
                        statement.execute("delete from " + TableOrder.quoted(table.name()));
                    }
                }
                return new TableLoad(connection, contents);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("begin to restore", e);
        }
    }

    /**
     * Reads the rows of a table, of {@link DatabaseContents#tables} one after the other.
     *
     * @return how many
     */
    public long read(Table table, InputStream rows) throws IOException {
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy " + TableOrder.named(table) + " from stdin", rows);
        } catch (SQLException e) {
            throw new DatabaseException("restore the table " + table.name(), e);
        }
    }

    /** Keeps everything. */
    public void finish() {
        try (Statement statement = connection.createStatement();
                PreparedStatement set =
                        connection.prepareStatement("select setval(('public.' || quote_ident(?))::regclass, ?)")) {
            for (Map.Entry<String, Long> sequence : contents.sequences().entrySet()) {
                set.setString(1, sequence.getKey());
                set.setLong(2, sequence.getValue());
                set.execute();
            }
            for (Table table : contents.tables()) {
                statement.execute("alter table " + TableOrder.quoted(table.name()) + " enable trigger user");
            }
            connection.commit();
            statement.execute("analyze");
            connection.commit();
        } catch (SQLException e) {
            throw new DatabaseException("finish to restore", e);
        }
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            throw new DatabaseException("end a restore", e);
        }
    }
}
