// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etmconnect.connector.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server that belongs to one directory. It listens on 127.0.0.1 only, asks for a password, and keeps
 * everything below the directory:
 *
 * <ul>
 *   <li>{@code data}: the database itself
 *   <li>{@code password}: made at the first start, readable by the owner alone
 *   <li>{@code port}: kept from start to start, and moved only if another program took it
 *   <li>{@code log}: the server's log of the last seven days
 *   <li>{@code software}: PostgreSQL's programs, unpacked
 *   <li>{@code lock}, {@code owner}: who uses the directory
 * </ul>
 *
 * <p>A server that ends without being asked to, as when the machine ran out of memory, is started anew at its port.
 *
 * <p>The server outlives a killed JVM. The next start ends it in good order and starts it anew, so that no transaction
 * of the dead program hangs on and changed options take effect.
 *
 * <p>Safe for use by several threads.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final String NAME = "etmconnect";
    private static final String DATABASE = "postgres";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 120;
    private static final long LOOK_MILLIS = 500;
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    private final Path directory;
    private final Path data;
    private final PostgresCommands commands;
    private final Secret password;
    private final int port;
    private final DirectoryLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedPostgres(Path directory, PostgresCommands commands, Secret password, int port, DirectoryLock lock) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.commands = commands;
        this.password = password;
        this.port = port;
        this.lock = lock;
    }

    /**
     * Starts the server of {@code directory}, which is made with a new, empty database if there is none, and returns
     * when it accepts connections.
     *
     * @throws EmbeddedPostgresException if another process uses the directory, if it holds another major version's
     *     database, if the machine cannot run the programs, or if the server does not come up within two minutes
     */
    public static EmbeddedPostgres start(Path directory, PostgresOptions options) {
        try {
            Files.createDirectories(directory);
            Path home = directory.toRealPath();
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            DirectoryLock lock = DirectoryLock.take(home);
            try {
                EmbeddedPostgres server = start(home, options, lock);
                if (options.stopAtExit()) {
                    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-postgres"));
                }
                return server;
            } catch (IOException | RuntimeException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new EmbeddedPostgresException(
                    "The embedded PostgreSQL in " + directory + " could not be started: " + failed
                            + ". Is the directory writable, and is there room on the disk?",
                    failed);
        }
    }

    private static EmbeddedPostgres start(Path home, PostgresOptions options, DirectoryLock lock) throws IOException {
        long begin = System.nanoTime();
        Path data = home.resolve("data");
        PostgresSoftware software = PostgresSoftware.unpackInto(home.resolve("software"));
        PostgresCommands commands = PostgresCommands.of(software, home);
        stopLeftover(commands, data);
        Secret password = password(home.resolve("password"), Files.exists(data));
        if (Files.notExists(data)) {
            initialise(commands, home, data, options);
        }
        checkVersion(commands, data);
        Files.createDirectories(home.resolve("log"));
        int port = startOnFreePort(commands, home, data, options);
        EmbeddedPostgres server = new EmbeddedPostgres(home, commands, password, port, lock);
        Thread.ofPlatform().daemon().name("watch-postgres").start(server::watch);
        LOG.info(
                "PostgreSQL in {} listens on 127.0.0.1:{} after {} ms",
                home,
                port,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        return server;
    }

    private static void stopLeftover(PostgresCommands commands, Path data) throws IOException {
        if (Postmaster.of(data).isPresent()) {
            LOG.info("PostgreSQL in {} outlived the program that started it; it is started anew", data);
            stop(commands, data);
        }
        Postmaster.endOrphans(data);
        // Whatever is written there now is not a server of this directory: the lock is ours, and nothing runs here.
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }

    private static Secret password(Path file, boolean hasData) throws IOException {
        if (Files.notExists(file)) {
            if (hasData) {
                throw new EmbeddedPostgresException("The file " + file + " is missing, and without it the database"
                        + " beside it cannot be opened. Put it back from your backup.");
            }
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            Path half = file.resolveSibling("password.half");
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(half, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.setPosixFilePermissions(file, OWNER_ONLY);
        return Secret.of(Files.readString(file).strip());
    }

    /** Makes the database beside its place and moves it there when whole, so that a killed first start leaves none. */
    private static void initialise(PostgresCommands commands, Path home, Path data, PostgresOptions options)
            throws IOException {
        Path half = home.resolve("data.half");
        FileTree.delete(half);
        List<String> arguments = new ArrayList<>(List.of(
                "--pgdata=" + half,
                "--username=" + NAME,
                "--pwfile=" + home.resolve("password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // The collation comes with PostgreSQL, so an update of the machine cannot break an index.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        if (!options.durable()) {
            arguments.add("--no-sync");
        }
        commands.run("initdb", arguments, START_SECONDS);
        Files.writeString(
                half.resolve("postgresql.conf"),
                System.lineSeparator() + "include = '" + NAME + ".conf'" + System.lineSeparator(),
                StandardOpenOption.APPEND);
        Files.move(half, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void checkVersion(PostgresCommands commands, Path data) throws IOException {
        String stored = Files.readString(data.resolve("PG_VERSION")).strip();
        String ours = commands.majorVersion();
        if (!stored.equals(ours)) {
            throw new EmbeddedPostgresException("The database in " + data + " was written by PostgreSQL " + stored
                    + ", and this program brings PostgreSQL " + ours + ". Start it once with the release that wrote it"
                    + " and export, or upgrade the directory with pg_upgrade.");
        }
    }

    private static int startOnFreePort(PostgresCommands commands, Path home, Path data, PostgresOptions options)
            throws IOException {
        Path file = home.resolve("port");
        Path log = home.resolve("log");
        int port = freePort(Files.exists(file) ? Files.readString(file).strip() : "");
        for (int attempt = 1; ; attempt++) {
            Files.writeString(data.resolve(NAME + ".conf"), ServerSettings.file(options, port, log));
            Files.writeString(file, Integer.toString(port));
            try {
                start(commands, data, log);
                return port;
            } catch (EmbeddedPostgresException failed) {
                // Between the look and the start another program may have taken the port.
                if (attempt == 3 || isFree(port)) {
                    throw new EmbeddedPostgresException(
                            failed.getMessage() + " The reason is in the newest file of " + log + ".", failed);
                }
                port = freePort("");
            }
        }
    }

    private static int freePort(String wanted) throws IOException {
        if (wanted.matches("[0-9]{1,5}") && isFree(Integer.parseInt(wanted))) {
            return Integer.parseInt(wanted);
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    private static boolean isFree(int port) throws IOException {
        if (port < 1 || port > 65535) {
            return false;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (java.net.BindException taken) {
            return false;
        }
    }

    private void watch() {
        long wait = LOOK_MILLIS;
        while (!closed.get()) {
            try {
                Thread.sleep(wait);
                wait = startIfGone() ? LOOK_MILLIS : Math.min(2 * wait, LONGEST_WAIT_MILLIS);
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    /** Returns whether the server runs. */
    private synchronized boolean startIfGone() {
        try {
            if (closed.get() || Postmaster.of(data).isPresent()) {
                return true;
            }
            LOG.warn("PostgreSQL in {} has ended by itself; it is started anew", data);
            Postmaster.endOrphans(data);
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            start(commands, data, directory.resolve("log"));
            LOG.info("PostgreSQL in {} runs again", data);
            return true;
        } catch (IOException | EmbeddedPostgresException failed) {
            LOG.error(
                    "PostgreSQL in {} could not be started anew and is tried again. The reason is in the newest file of"
                            + " {}. Is there room on the disk?",
                    data,
                    directory.resolve("log"),
                    failed);
            return false;
        }
    }

    private static void start(PostgresCommands commands, Path data, Path log) throws IOException {
        commands.run(
                "pg_ctl",
                List.of(
                        "--pgdata=" + data,
                        "--log=" + log.resolve("start.log"),
                        "--wait",
                        "--timeout=" + START_SECONDS,
                        "--silent",
                        "start"),
                START_SECONDS + 10);
    }

    private static void stop(PostgresCommands commands, Path data) throws IOException {
        commands.run(
                "pg_ctl",
                List.of("--pgdata=" + data, "--mode=fast", "--wait", "--timeout=" + STOP_SECONDS, "--silent", "stop"),
                STOP_SECONDS + 10);
    }

    /** JDBC address of the product's own database, without user and password. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    /** JDBC address of {@code database}, a plain name, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The one user, who may do everything. */
    public String user() {
        return NAME;
    }

    /** The user's password. */
    public Secret password() {
        return password;
    }

    /** TCP port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /**
     * Ends open transactions by rolling them back, stops the server and frees the directory. Does nothing the second
     * time.
     *
     * @throws EmbeddedPostgresException if the server does not stop within two minutes
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        end();
    }

    private synchronized void end() {
        try (lock) {
            if (Postmaster.of(data).isPresent()) {
                stop(commands, data);
            }
        } catch (IOException failed) {
            throw new EmbeddedPostgresException(
                    "The embedded PostgreSQL in " + directory + " could not be stopped: " + failed, failed);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL in " + directory + " on 127.0.0.1:" + port;
    }
}
