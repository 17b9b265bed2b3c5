// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The database's schema. */
public final class Schema {

    private Schema() {}

    /**
     * Brings the schema up to date, from an empty database or an older version.
     *
     * @throws org.flywaydb.core.api.FlywayException if a migration fails or the database is newer than this program
     */
    public static void migrate(DataSource database) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    /**
     * Brings the schema of an empty database to an older version, into which a backup of that version fits.
     *
     * @throws org.flywaydb.core.api.FlywayException if there is no such version
     */
    public static void migrateTo(DataSource database, String version) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:db/migration")
                .target(version)
                .load()
                .migrate();
    }

    /**
     * The version of the newest migration that the database has had; empty if one has failed.
     *
     * @throws DatabaseException if the database cannot be reached
     */
    public static Optional<String> version(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select version from flyway_schema_history where (select bool_and(success) from"
                                + " flyway_schema_history) order by installed_rank desc limit 1")) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw new DatabaseException("read the version of the schema", e);
        }
    }
}
