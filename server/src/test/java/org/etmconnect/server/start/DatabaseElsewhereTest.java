// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.MadeDatabase;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.server.start.ServerOptions.ExternalDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database on another machine is spoken to by TLS with a certificate that is checked, unless its URL says otherwise. */
class DatabaseElsewhereTest {

    @TempDir
    Path directory;

    private EmbeddedPostgres postgres() {
        Path database = directory.resolve("database");
        if (Files.notExists(database)) {
            MadeDatabase.copyTo(database);
        }
        return EmbeddedPostgres.start(database, PostgresOptions.forTests());
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example.com/etm, true",
        "jdbc:postgresql://db.example.com:6432/etm?user=etm, true",
        "jdbc:postgresql://localhost/etm, false",
        "jdbc:postgresql://127.0.0.1:5432/etm, false",
        "jdbc:postgresql://[::1]/etm, false",
        "jdbc:postgresql:etm, false",
        "'jdbc:postgresql://localhost,db.example.com/etm', true",
    })
    void itIsToldByItsUrl(String url, boolean elsewhere) {
        assertThat(Database.isElsewhere(url)).isEqualTo(elsewhere);
    }

    @Test
    void withoutTlsItIsNotUsedAndTheMessageSaysWhatToDo() {
        try (EmbeddedPostgres postgres = postgres()) {
            // an address of this machine that does not look like one
            String url = postgres.jdbcUrl().replace("127.0.0.1", "0.0.0.0");
            assertThat(url).contains("0.0.0.0");

            assertThatThrownBy(() ->
                            Database.open(options(postgres, url), prepared()).close())
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("does not support SSL")
                    .hasMessageContaining("?sslrootcert=FILE, or say ?sslmode=disable");
            Database.open(options(postgres, url + "?sslmode=disable"), prepared())
                    .close();
        }
    }

    @Test
    void whatTheDatabaseRefusesIsToldAtOnce() {
        try (EmbeddedPostgres postgres = postgres()) {
            ServerOptions wrong = options(postgres, postgres.jdbcUrl(), Secret.of("not its password"));
            long begun = System.nanoTime();

            assertThatThrownBy(() -> Database.open(wrong, prepared()).close())
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("password");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("as long as for one that does not answer it was tried again")
                    .isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void aDatabaseThatStartsLaterIsWaitedFor() throws Exception {
        EmbeddedPostgres before = postgres();
        ServerOptions options = options(before, before.jdbcUrl());
        before.close();
        try (ExecutorService opener = Executors.newSingleThreadExecutor()) {
            Future<Database> opened = opener.submit(() -> Database.open(options, prepared()));
            try (EmbeddedPostgres later = postgres();
                    Database database = opened.get()) {
                assertThat(later.port()).isEqualTo(before.port());
                assertThat(Schema.version(database.pools().work())).isPresent();
            }
        }
    }

    private DataDirectory prepared() {
        return DataDirectory.prepareWhole(directory.resolve("data"));
    }

    private ServerOptions options(EmbeddedPostgres postgres, String url) {
        return options(postgres, url, postgres.password());
    }

    private ServerOptions options(EmbeddedPostgres postgres, String url, Secret password) {
        return new ServerOptions(
                InetAddress.getLoopbackAddress(),
                0,
                directory.resolve("data"),
                Optional.of(new ExternalDatabase(url, Optional.of(postgres.user()), Optional.of(password))),
                true,
                Targets.internetAnd(List.of()),
                false);
    }
}
