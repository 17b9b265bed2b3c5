// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;

/** Connections to a benchmark's own PostgreSQL. */
public final class DatabasePool {

    private DatabasePool() {}

    /** To the database that is always there. */
    public static HikariDataSource of(EmbeddedPostgres postgres, int most) {
        return of(postgres, postgres.jdbcUrl(), most);
    }

    /** To the database at {@code url}. */
    public static HikariDataSource of(EmbeddedPostgres postgres, String url, int most) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setUsername(postgres.user());
        pool.setPassword(postgres.password().reveal());
        pool.setMaximumPoolSize(most);
        return pool;
    }
}
