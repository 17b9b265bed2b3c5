// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.baselines;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.etmconnect.benchmarks.TenantSync;
import org.etmconnect.inventory.Schema;

/**
 * Our own first sync of a tenant into an empty database, as a process of its own like what it is compared with. Settings
 * come from the environment: TENANT, JDBC_URL, PGUSER, PGPASSWORD, DIRECTORY.
 */
final class OurSync {

    /** More than any simulated tenant on this machine answers: the budget is not to be what is measured. */
    private static final double UNBOUNDED_PER_SECOND = 1_000;

    private static final int PARALLEL = 4;

    private OurSync() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (HikariDataSource database = new HikariDataSource()) {
            database.setJdbcUrl(System.getenv("JDBC_URL"));
            database.setUsername(System.getenv("PGUSER"));
            database.setPassword(System.getenv("PGPASSWORD"));
            database.setMaximumPoolSize(20);
            Schema.migrate(database);
            try (TenantSync sync = TenantSync.open(
                    database,
                    java.net.URI.create(System.getenv("TENANT")),
                    UNBOUNDED_PER_SECOND,
                    PARALLEL,
                    Path.of(System.getenv("DIRECTORY")))) {
                sync.run();
            }
        }
    }
}
