// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Work in one transaction on a connection of its own: kept if the work returns, undone if it throws. */
public final class Transaction {

    private Transaction() {}

    /** What is done in the transaction. It neither commits nor rolls back. */
    public interface Work<T> {
        /** Does it. */
        T run(Connection connection) throws SQLException;
    }

    /**
     * Does the work.
     *
     * @param what what it is for, e.g. {@code list the splits}
     * @throws DatabaseException if the database refuses
     */
    public static <T> T run(DataSource database, String what, Work<T> work) {
        try {
            return attempt(database, work);
        } catch (SQLException e) {
            throw new DatabaseException(what, e);
        }
    }

    /**
     * The same for a caller who tells one refusal of the database from another.
     *
     * @throws SQLException as the database gives it
     */
    public static <T> T attempt(DataSource database, Work<T> work) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }
}
