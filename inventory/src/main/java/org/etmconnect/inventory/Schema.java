// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

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
}
