// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.etmconnect.inventory.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of its own for one test class, in a real PostgreSQL that all tests of the JVM share.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestDatabase DATABASE = TestDatabase.migrated();
 * }</pre>
 *
 * <p>Where there are no Jupiter extensions, as in jqwik properties, {@link #migrated()} and {@link #close()} do without.
 * The server's files lie in {@code target/test-database} and are used again by the next JVM, so only the first test
 * after a clean build pays for making them. A second JVM at the same time gets files of its own.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback, AutoCloseable {

    private static final String EMPTY = "template1";

    private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    private final EmbeddedPostgres server;
    private final String template;
    private @Nullable HikariDataSource pool;
    private boolean exists;

    private TestDatabase(EmbeddedPostgres server, String template) {
        this.server = server;
        this.template = template;
        open();
    }

    /** Makes a database with today's schema and nothing in it. */
    public static TestDatabase migrated() {
        return new TestDatabase(Server.INSTANCE, Migrated.NAME);
    }

    /** Makes an empty database. */
    public static TestDatabase create() {
        return new TestDatabase(Server.INSTANCE, EMPTY);
    }

    /** Makes an empty database that sorts text as a language does, e.g. {@code en-US}, and not letter by letter. */
    public static TestDatabase createSortedAs(String language) {
        return new TestDatabase(Server.INSTANCE, "template0 locale_provider icu icu_locale '" + language + "'");
    }

    /** Makes an empty database in a server that the test has for itself. */
    public static TestDatabase createIn(EmbeddedPostgres server) {
        return new TestDatabase(server, EMPTY);
    }

    /** A source of plain, unpooled connections; each must be closed. */
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(jdbcUrl());
        source.setUser(user());
        source.setPassword(password());
        return source;
    }

    /**
     * A source of connections that are used again, closed with the database: opening one for each statement takes longer than
     * the statements.
     */
    public synchronized DataSource pooled() {
        HikariDataSource open = pool;
        if (open == null) {
            open = new HikariDataSource();
            open.setDataSource(dataSource());
            open.setMinimumIdle(1);
            pool = open;
        }
        return open;
    }

    /** A new connection, which must be closed. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user(), password());
    }

    /** JDBC address without user and password. */
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** Owner of the database. */
    public String user() {
        return server.user();
    }

    /** The user's password in the clear. */
    public String password() {
        return server.password().reveal();
    }

    /** Makes the database anew as it was in the beginning; connections to it are cut. */
    public void reset() {
        close();
        open();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!exists) {
            open();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    @Override
    public synchronized void close() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
        if (exists) {
            execute(server, "drop database " + name + " with (force)");
            exists = false;
        }
    }

    private void open() {
        create(server, name, template);
        exists = true;
    }

    /** By copies of files, which takes a tenth of the time of copies through the log. */
    private static void create(EmbeddedPostgres server, String name, String template) {
        execute(server, "create database " + name + " template " + template + " strategy file_copy");
    }

    private static void execute(EmbeddedPostgres server, String sql) {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl(), server.user(), server.password().reveal());
    }

    /** Made once, since copies of it cost a fraction of the migrations. */
    private static final class Migrated {

        static final String NAME = make();

        private static String make() {
            TestDatabase made = new TestDatabase(Server.INSTANCE, EMPTY);
            Schema.migrate(made.dataSource());
            return made.name;
        }
    }

    private static final class Server {

        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            EmbeddedPostgresException inUse = null;
            for (int copy = 1; copy <= 16; copy++) {
                try {
                    EmbeddedPostgres server = EmbeddedPostgres.start(
                            Path.of("target", "test-database", Integer.toString(copy)), PostgresOptions.forTests());
                    dropLeftovers(server);
                    return server;
                } catch (EmbeddedPostgresException failed) {
                    if (!failed.getMessage().contains("is in use")) {
                        throw failed;
                    }
                    inUse = failed;
                }
            }
            throw new IllegalStateException("More than 16 test JVMs at the same time", inUse);
        }

        private static void dropLeftovers(EmbeddedPostgres server) {
            String leftovers = "select string_agg('drop database ' || datname || ' with (force)', ';')"
                    + " from pg_database where datname like 'test\\_%'";
            try (Connection connection = connect(server);
                    Statement statement = connection.createStatement();
                    var row = statement.executeQuery(leftovers)) {
                if (row.next() && row.getString(1) != null) {
                    for (String drop : row.getString(1).split(";")) {
                        try (Statement one = connection.createStatement()) {
                            one.execute(drop);
                        }
                    }
                }
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
