// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
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
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(directory.resolve("database"), PostgresOptions.forTests())) {
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

    private DataDirectory prepared() {
        return DataDirectory.prepareWhole(directory.resolve("data"));
    }

    private ServerOptions options(EmbeddedPostgres postgres, String url) {
        return new ServerOptions(
                InetAddress.getLoopbackAddress(),
                0,
                directory.resolve("data"),
                Optional.of(new ExternalDatabase(url, Optional.of(postgres.user()), Optional.of(postgres.password()))),
                true,
                Targets.internetAnd(List.of()),
                false);
    }
}
