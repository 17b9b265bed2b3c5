// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedPostgresTest {

    private static final PostgresOptions OPTIONS =
            PostgresOptions.defaults().withSharedBuffersMegabytes(32).withStopAtExit(true);

    @TempDir
    static Path parent;

    /** One directory for all, since making a database takes seconds and starting it again does not. */
    private final Path directory = parent.resolve("with a space");

    @Test
    void theServerIsDurableAndPrivate() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            assertThat(query(server, "show fsync")).isEqualTo("on");
            assertThat(query(server, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(server, "show full_page_writes")).isEqualTo("on");
            assertThat(query(server, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(server, "show server_version")).startsWith("18.");
            assertThat(query(server, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
                    .isEqualTo("scram-sha-256");
            assertThat(query(server, "select left(rolpassword, 13) from pg_authid where rolname = current_user"))
                    .isEqualTo("SCRAM-SHA-256");
        }
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("password"))).isEqualTo("rw-------");
    }

    @Test
    void theRowsAndThePortAreKeptFromStartToStart() throws Exception {
        int port;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            port = server.port();
            execute(server, "create table kept as select 42 as answer");
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            assertThat(query(server, "select answer from kept")).isEqualTo("42");
            assertThat(server.port()).isEqualTo(port);
        }
    }

    @Test
    void aWrongPasswordIsRefused() {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "guess")
                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(server.toString()).doesNotContain(server.password().reveal());
        }
    }

    @Test
    void aServerThatIsKilledIsStartedAnewAtItsPort() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            execute(server, "drop table if exists survived; create table survived as select 7 as answer");
            ProcessHandle first = Postmaster.of(directory.resolve("data")).orElseThrow();
            // It does not look up from its work, so it would not notice that its server is gone.
            Thread.ofVirtual().start(() -> {
                try {
                    execute(server, "do $$ begin loop perform 1; end loop; end $$");
                } catch (SQLException killed) {
                    // as it is to be
                }
            });
            ProcessHandle busy = busy(server);

            first.destroyForcibly();

            assertThat(answer(server, "select answer from survived")).isEqualTo("7");
            assertThat(Postmaster.of(directory.resolve("data")).orElseThrow().pid())
                    .isNotEqualTo(first.pid());
            assertThat(busy)
                    .satisfiesAnyOf(
                            process -> assertThat(process.isAlive()).isFalse(),
                            // it has ended, and nobody has asked for its status yet
                            process -> assertThat(process.info().command()).isEmpty());
        }
    }

    @Test
    void aKilledServerLosesNothingThatWasCommittedDurableOrNot() throws Exception {
        Path quick = parent.resolve("not durable");
        // What was not written out at the commit is not written out for ten seconds.
        PostgresOptions options = PostgresOptions.forTests().withSetting("wal_writer_delay", "10s");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(quick, options)) {
            execute(server, "create table kept (answer int)");
            execute(server, "insert into kept values (7)");

            Postmaster.of(quick.resolve("data")).orElseThrow().destroyForcibly();

            assertThat(answer(server, "select answer from kept")).isEqualTo("7");
        }
    }

    /** As soon as the server is there again. */
    private static String answer(EmbeddedPostgres server, String sql) throws InterruptedException {
        String answer = "";
        for (int tries = 0; tries < 300 && !answer.matches("[0-9]+"); tries++) {
            Thread.sleep(100);
            try {
                answer = query(server, sql);
            } catch (SQLException away) {
                answer = String.valueOf(away.getMessage());
            }
        }
        return answer;
    }

    private static ProcessHandle busy(EmbeddedPostgres server) throws SQLException, InterruptedException {
        String pid = "";
        while (pid.isEmpty()) {
            Thread.sleep(20);
            pid = query(server, "select coalesce(max(pid)::text, '') from pg_stat_activity where query like 'do $$%'");
        }
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Test
    void aTakenPortIsLeftToTheOther() throws Exception {
        int port;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            port = server.port();
        }
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
                EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            assertThat(other.isBound()).isTrue();
            assertThat(server.port()).isNotEqualTo(port);
            assertThat(query(server, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aDirectoryIsForOneServerOfThisProgramAtATime() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThatThrownBy(
                                () -> EmbeddedPostgres.start(directory, OPTIONS).close())
                        .isInstanceOf(EmbeddedPostgresException.class)
                        .hasMessageContaining("is in use by process "
                                + ProcessHandle.current().pid());
            }
            assertThat(query(server, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aDirectoryIsForOneProgramAtATime() throws Exception {
        Process other = startInAnotherJvm(directory);
        try {
            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, OPTIONS).close())
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("is in use by process " + other.pid());
        } finally {
            other.destroy();
            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Postmaster.of(directory.resolve("data"))).isEmpty();
    }

    @Test
    void aKilledProgramLosesNothing() throws Exception {
        Process other = startInAnotherJvm(directory);
        other.destroyForcibly();
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Optional<ProcessHandle> orphan = Postmaster.of(directory.resolve("data"));
        assertThat(orphan).isPresent();

        try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
            assertThat(Postmaster.of(directory.resolve("data"))).isPresent().isNotEqualTo(orphan);
            assertThat(query(server, "select max(at) is not null from written_by_the_other"))
                    .isEqualTo("t");
        }
    }

    @Test
    void theNumberOfAnotherProcessIsNotTakenForTheServers() throws Exception {
        EmbeddedPostgres.start(directory, OPTIONS).close();
        Process innocent = new ProcessBuilder("sleep", "100").start();
        try {
            Files.writeString(
                    directory.resolve("data/postmaster.pid"), innocent.pid() + "\n" + directory.resolve("data") + "\n");
            try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, OPTIONS)) {
                assertThat(query(server, "select 1")).isEqualTo("1");
            }
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void aDatabaseOfAnotherMajorVersionIsLeftAlone() throws Exception {
        EmbeddedPostgres.start(directory, OPTIONS).close();
        Path version = directory.resolve("data/PG_VERSION");
        Files.writeString(version, "14\n");
        try {
            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, OPTIONS).close())
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("written by PostgreSQL 14")
                    .hasMessageContaining("brings PostgreSQL 18");
        } finally {
            Files.writeString(version, "18\n");
        }
    }

    @Test
    void aLostPasswordIsSaidAndNotMadeAnew() throws Exception {
        EmbeddedPostgres.start(directory, OPTIONS).close();
        Path password = directory.resolve("password");
        Path away = directory.resolve("password.away");
        Files.move(password, away);
        try {
            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, OPTIONS).close())
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining(password + " is missing");
        } finally {
            Files.move(away, password);
        }
    }

    @Test
    void aServerThatDoesNotStartSaysWhereTheReasonIs() throws Exception {
        PostgresOptions broken = OPTIONS.withSetting("wal_compression", "never");
        assertThatThrownBy(() -> EmbeddedPostgres.start(directory, broken).close())
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining(directory.toRealPath().resolve("log").toString());
        EmbeddedPostgres.start(directory, OPTIONS).close();
    }

    private static Process startInAnotherJvm(Path directory) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerInAnotherJvm.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("written");
        return process;
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl(), server.user(), server.password().reveal());
    }
}
