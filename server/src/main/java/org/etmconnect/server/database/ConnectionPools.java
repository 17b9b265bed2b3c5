// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.inventory.InTurn;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The connections to the database, in three pools: what a server does by itself (runs, deliveries, exports) never waits
 * behind requests, and searches, which keep a processor of the database busy, never make up all requests. Who finds a pool
 * empty waits, for searches in the order of asking, for as long as {@code common} says. Safe for use by several threads.
 */
public final class ConnectionPools implements AutoCloseable {

    private static final int OF_WORK = 20;
    private static final int OF_REQUESTS = 8;
    private static final int LEAST_OF_SEARCHES = 2;
    private static final int MOST_OF_SEARCHES = 16;

    private final HikariDataSource work;
    private final HikariDataSource requests;
    private final HikariDataSource searches;
    private final InTurn searchesInTurn;
    private final DataSource dividing;

    /**
     * Opens the pool of work, which proves that the database can be reached; the others fill when they are needed.
     *
     * @param common how to connect; its pool's name begins all names
     * @throws com.zaxxer.hikari.pool.HikariPool.PoolInitializationException if the database cannot be reached
     */
    public ConnectionPools(HikariConfig common) {
        work = pool(common, "", OF_WORK, common.getInitializationFailTimeout());
        requests = pool(common, "-requests", OF_REQUESTS, -1);
        int processors = Runtime.getRuntime().availableProcessors();
        int most = Math.clamp(processors, LEAST_OF_SEARCHES, MOST_OF_SEARCHES);
        searches = pool(common, "-searches", most, -1);
        searchesInTurn = new InTurn(searches, most, Duration.ofMillis(common.getConnectionTimeout()));
        dividing = new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                return (Answering.now() ? requests : work).getConnection();
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                throw new SQLException("The pool has one user; ask for a connection without");
            }
        };
    }

    private static HikariDataSource pool(HikariConfig common, String name, int most, long failAfter) {
        HikariConfig config = new HikariConfig();
        common.copyStateTo(config);
        config.setPoolName(common.getPoolName() + name);
        config.setMaximumPoolSize(most);
        config.setInitializationFailTimeout(failAfter);
        return new HikariDataSource(config);
    }

    /** For all that is short: requests and the server's own work, each from its pool. */
    public DataSource dividing() {
        return dividing;
    }

    /** For what takes long and is bounded in number by itself, whoever asks for it. */
    public DataSource work() {
        return work;
    }

    /** For searches: about as many at a time as there are processors, and in the order of asking. */
    public DataSource searches() {
        return searchesInTurn.connections();
    }

    /** Lets {@code registry} show how full the pools are. Call once. */
    public void measure(MeterRegistry registry) {
        List.of(work, requests, searches).forEach(pool -> pool.setMetricRegistry(registry));
        Gauge.builder("etm.searches.waiting", searchesInTurn, InTurn::waiting)
                .description("Searches that wait for a connection to the database")
                .register(registry);
    }

    @Override
    public void close() {
        List.of(searches, requests, work).forEach(HikariDataSource::close);
    }
}
