// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.util.Arrays;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

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

    /** Whether the database can be reached and has the schema that this program writes, no older and no newer. */
    public static boolean isCurrent(DataSource database) {
        MigrationInfoService migrations = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:db/migration")
                .load()
                .info();
        return migrations.pending().length == 0
                && Arrays.stream(migrations.applied())
                        .noneMatch(
                                each -> each.getState().isFailed() || each.getState() == MigrationState.FUTURE_SUCCESS);
    }
}
