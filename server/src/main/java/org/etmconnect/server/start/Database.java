// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.etmconnect.inventory.DatabaseState;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.EmbeddedPostgresException;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.start.ServerOptions.ExternalDatabase;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** The connections to a migrated database, and the embedded PostgreSQL behind it if there is one. */
final class Database implements AutoCloseable {

    /** By TLS, with a certificate that is checked. */
    static final String CHECKED = "verify-full";

    private static final int LONGEST_NAME = 30;

    /** How long who finds all connections taken waits for one, in milliseconds; only tests have less patience. */
    private static final String PATIENCE = "etm.patience-with-connections";

    private static final int LONGEST_WAIT = 30_000;

    /** What the pool takes for: try once to connect. */
    private static final int ONE_TRY = 1;

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(15);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    /** The driver's state of a server that it cannot speak with, as one without TLS. */
    private static final String REJECTED = "08004";

    private final ConnectionPools pools;
    private final Optional<EmbeddedPostgres> embedded;

    private Database(ConnectionPools pools, Optional<EmbeddedPostgres> embedded) {
        this.pools = pools;
        this.embedded = embedded;
    }

    static Database open(ServerOptions options, DataDirectory directory) {
        return options.database().map(Database::external).orElseGet(() -> embedded(options, directory));
    }

    private static Database external(ExternalDatabase database) {
        HikariConfig config = config(database.url());
        if (isElsewhere(database.url())) {
            // what the URL says itself counts more
            config.addDataSourceProperty(PGProperty.SSL_MODE.getName(), CHECKED);
        }
        database.user().ifPresent(config::setUsername);
        database.password().ifPresent(password -> config.setPassword(password.reveal()));
        return migrated(config, Optional.empty(), "the database " + withoutParameters(database.url()));
    }

    private static Database embedded(ServerOptions options, DataDirectory directory) {
        PostgresOptions postgres = options.durable() ? PostgresOptions.defaults() : PostgresOptions.forTests();
        try {
            EmbeddedPostgres server = EmbeddedPostgres.start(directory.database(), postgres.withStopAtExit(false));
            HikariConfig config = config(server.jdbcUrl());
            config.setUsername(server.user());
            config.setPassword(server.password().reveal());
            return migrated(config, Optional.of(server), "the embedded database in " + directory.database());
        } catch (EmbeddedPostgresException failure) {
            throw new StartFailure(String.valueOf(failure.getMessage()), failure);
        }
    }

    private static Database migrated(HikariConfig config, Optional<EmbeddedPostgres> embedded, String what) {
        ConnectionPools pools = null;
        try {
            pools = reached(config);
            Schema.migrate(pools.work());
            return new Database(pools, embedded);
        } catch (HikariPool.PoolInitializationException | FlywayException failure) {
            if (pools != null) {
                pools.close();
            }
            embedded.ifPresent(EmbeddedPostgres::close);
            String fix = failure instanceof FlywayException
                    ? "If it was written by a newer version, start that one."
                    : "Check its address, name, user and password (ETM_DATABASE_PASSWORD). A database on another machine"
                            + " is spoken to by TLS with a certificate that is checked: name its authority in the URL,"
                            + " ?sslrootcert=FILE, or say ?sslmode=disable where nobody else can listen.";
            throw new StartFailure("Cannot use " + what + ": " + failure.getMessage() + ". " + fix, failure);
        }
    }

    /** Tries again for a while if nobody answers, as when the database is about to start, too. */
    private static ConnectionPools reached(HikariConfig config) {
        long end = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (true) {
            try {
                return new ConnectionPools(config);
            } catch (HikariPool.PoolInitializationException failure) {
                if (isRefusal(failure) || System.nanoTime() > end) {
                    throw failure;
                }
                LockSupport.parkNanos(TRY_AGAIN.toNanos());
            }
        }
    }

    /** Whether the database answered and will say the same again: to this password, this name, or this way of speaking. */
    private static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                String state = sql.getSQLState();
                return state.equals(REJECTED) || !(state.startsWith("08") || state.startsWith("5"));
            }
        }
        return false;
    }

    /** Whether what is said to the database leaves this machine, as far as the URL tells. */
    static boolean isElsewhere(String url) {
        Properties parts = Driver.parseURL(url, new Properties());
        String hosts = parts == null ? "" : parts.getProperty(PGProperty.PG_HOST.getName(), "");
        return Stream.of(hosts.split(","))
                .anyMatch(host -> !host.equals("localhost")
                        && !host.startsWith("127.")
                        && !host.equals("::1")
                        && !host.equals("[::1]"));
    }

    private static HikariConfig config(String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("inventory");
        // so that each server sees which others are on the database
        config.addDataSourceProperty("ApplicationName", DatabaseState.SERVER_NAME + serverName());
        config.setJdbcUrl(url);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Integer.getInteger(PATIENCE, LONGEST_WAIT));
        config.setInitializationFailTimeout(ONE_TRY);
        return config;
    }

    /** The machine's name and the process's number, cut to what PostgreSQL takes. */
    static String serverName() {
        String machine;
        try {
            machine = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            machine = "localhost";
        }
        return machine.substring(0, Math.min(machine.length(), LONGEST_NAME)) + ", process "
                + ProcessHandle.current().pid();
    }

    /** Parameters may hold a password. */
    private static String withoutParameters(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    ConnectionPools pools() {
        return pools;
    }

    @Override
    public void close() {
        pools.close();
        embedded.ifPresent(EmbeddedPostgres::close);
    }
}
