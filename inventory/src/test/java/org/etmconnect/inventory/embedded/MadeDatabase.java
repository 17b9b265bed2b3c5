// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.etmconnect.inventory.Schema;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The directory of an embedded PostgreSQL with today's schema and nothing in it, for servers that tests start: unpacking the
 * programs, making a database and migrating it take seconds, and a copy of what came of it does not.
 */
public final class MadeDatabase {

    private MadeDatabase() {}

    /** Makes {@code directory}, which is not there yet, such a one; all of them use the same programs. */
    public static void copyTo(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.createSymbolicLink(directory.resolve("software"), Made.DIRECTORY.resolve("software"));
            Files.copy(
                    Made.DIRECTORY.resolve("password"),
                    directory.resolve("password"),
                    StandardCopyOption.COPY_ATTRIBUTES);
            Path data = Made.DIRECTORY.resolve("data");
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.toList()) {
                    Files.copy(
                            file,
                            directory.resolve("data").resolve(data.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static final class Made {

        static final Path DIRECTORY = make(Path.of("target", "made-database").toAbsolutePath());

        private static Path make(Path directory) {
            try {
                FileTree.delete(directory);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            try (EmbeddedPostgres server =
                    EmbeddedPostgres.start(directory, PostgresOptions.forTests().withStopAtExit(false))) {
                PGSimpleDataSource source = new PGSimpleDataSource();
                source.setURL(server.jdbcUrl());
                source.setUser(server.user());
                source.setPassword(server.password().reveal());
                Schema.migrate(source);
            }
            return directory;
        }
    }
}
