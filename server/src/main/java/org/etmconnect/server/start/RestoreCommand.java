// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Enumeration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.backup.DatabaseContents;
import org.etmconnect.inventory.backup.TableLoad;
import org.etmconnect.inventory.embedded.EmbeddedPostgres;
import org.etmconnect.inventory.embedded.PostgresOptions;
import org.etmconnect.server.backup.BackupManifest;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes the data directory and the database of a server from a backup. The server is started afterwards. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a data directory and a database from what \"./etm backup\" wrote. Both must be empty; nothing is overwritten.",
            "A backup of an older version is brought up to this one. Start the server afterwards: a run that was under way goes"
                    + " on, and people sign in again."
        },
        footer = {
            "",
            "Examples:",
            "  ./etm restore monday.backup --data /var/lib/etm-connect",
            "  ETM_DATABASE_PASSWORD=... ./etm restore monday.backup --data ./data --database"
                    + " jdbc:postgresql://db.example.com/etm --database-user etm"
        })
public final class RestoreCommand implements Callable<Integer> {

    /** In a data directory of which the restoring has not ended. */
    static final String UNFINISHED = "restore-unfinished";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The backup")
    private Path file = Path.of("backup");

    @Option(
            names = "--data",
            defaultValue = "${env:ETM_DATA:-./data}",
            paramLabel = "DIR",
            description = "The data directory to make. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("data");

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "An empty database in a PostgreSQL of your own, jdbc:postgresql://HOST/NAME. Without it one is made"
                            + " in the data directory.")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--database-user",
            paramLabel = "NAME",
            description = "Its user; the password comes from ETM_DATABASE_PASSWORD")
    private Optional<String> databaseUser = Optional.empty();

    private RestoreCommand() {}

    /** Runs the command: 0 if the backup is restored, 1 if not, 2 if it was called wrongly. */
    public static int execute(String[] arguments) {
        return new CommandLine(new RestoreCommand())
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof StartFailure said) {
                        command.getErr().println(said.getMessage());
                    } else {
                        failure.printStackTrace(command.getErr());
                    }
                    return 1;
                })
                .execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        try (ZipFile archive = open()) {
            BackupManifest manifest = manifest(archive);
            DataDirectory directory = emptyDirectory();
            Path unfinished = Files.createFile(directory.path().resolve(UNFINISHED));
            long rows = database.isPresent()
                    ? restore(archive, manifest, ownDatabase(database.get()))
                    : restoreEmbedded(archive, manifest, directory);
            int files = files(archive, directory);
            Files.delete(unfinished);
            PrintWriter out = spec.commandLine().getOut();
            out.printf("Restored %,d rows and %,d files as of %s.%n", rows, files, manifest.at());
            if (!manifest.keys()) {
                out.println(
                        "The backup holds no keys: start with the same --key-file or ETM_KEYS as before, or give the"
                                + " connections their credentials again.");
            }
            out.println("Now start the server: ./etm serve --data " + data);
            out.flush();
            return 0;
        }
    }

    private ZipFile open() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw failure("There is no file " + file + ".");
        }
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException torn) {
            throw new StartFailure(file + " is not a whole backup: " + torn.getMessage() + ". Take another one.", torn);
        }
    }

    private BackupManifest manifest(ZipFile archive) throws IOException {
        ZipEntry entry = archive.getEntry(BackupManifest.ENTRY);
        if (entry == null || archive.getEntry(BackupManifest.END) == null) {
            throw failure(file + " is not a whole backup of ETM Connect. Take another one.");
        }
        try (InputStream in = archive.getInputStream(entry)) {
            BackupManifest manifest = JSON.readValue(in, BackupManifest.class);
            if (manifest.format() != BackupManifest.FORMAT) {
                throw failure(
                        file + " was written by a newer version (" + manifest.version() + "). Restore it with that.");
            }
            return manifest;
        } catch (JacksonException unreadable) {
            throw new StartFailure(
                    file + " is a backup of another kind, or damaged: " + unreadable.getMessage()
                            + ". Take another one.",
                    unreadable);
        }
    }

    private DataDirectory emptyDirectory() throws IOException {
        if (Files.isDirectory(data)) {
            try (var entries = Files.list(data)) {
                if (entries.findAny().isPresent()) {
                    throw failure("The directory " + data
                            + " is not empty, and nothing is overwritten. Name another with --data, or move it away.");
                }
            }
        }
        return DataDirectory.prepare(data.toAbsolutePath().normalize());
    }

    private DataSource ownDatabase(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        if (source.getSslMode() == null && Database.isElsewhere(url)) {
            source.setSslMode(Database.CHECKED);
        }
        databaseUser.ifPresent(source::setUser);
        Optional.ofNullable(System.getenv("ETM_DATABASE_PASSWORD")).ifPresent(source::setPassword);
        return source;
    }

    private long restoreEmbedded(ZipFile archive, BackupManifest manifest, DataDirectory directory) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(
                directory.database(), PostgresOptions.defaults().withStopAtExit(true))) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setURL(server.jdbcUrl());
            source.setUser(server.user());
            Secret password = server.password();
            source.setPassword(password.reveal());
            return restore(archive, manifest, source);
        }
    }

    private long restore(ZipFile archive, BackupManifest manifest, DataSource target) throws IOException {
        if (!TableLoad.isEmpty(target)) {
            throw failure("The database is not empty, and nothing is overwritten. Make an empty one.");
        }
        try {
            Schema.migrateTo(target, manifest.database().schemaVersion());
        } catch (FlywayException newer) {
            throw new StartFailure(
                    file + " was written by a newer version (" + manifest.version() + "). Restore it with that.",
                    newer);
        }
        JsonNode end;
        try (InputStream in = archive.getInputStream(archive.getEntry(BackupManifest.END))) {
            end = JSON.readTree(in).path("rows");
        }
        long rows = 0;
        try (TableLoad load = TableLoad.begin(target, manifest.database())) {
            for (DatabaseContents.Table table : manifest.database().tables()) {
                ZipEntry entry = archive.getEntry(BackupManifest.TABLES + table.name());
                if (entry == null) {
                    throw failure(file + " lacks the table " + table.name() + ". Take another backup.");
                }
                try (InputStream in = archive.getInputStream(entry)) {
                    long read = load.read(table, in);
                    if (read != end.path(table.name()).asLong()) {
                        throw failure(file + " has " + read + " rows of " + table.name() + " instead of "
                                + end.path(table.name()).asLong() + ". Take another backup.");
                    }
                    rows += read;
                }
            }
            load.finish();
        }
        Schema.migrate(target);
        return rows;
    }

    private int files(ZipFile archive, DataDirectory directory) throws IOException {
        int files = 0;
        Enumeration<? extends ZipEntry> entries = archive.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            boolean keys = entry.getName().equals(BackupManifest.KEYS);
            if (!keys && !entry.getName().startsWith(BackupManifest.SNAPSHOTS)) {
                continue;
            }
            Path target = keys
                    ? directory.keySet()
                    : directory
                            .snapshots()
                            .resolve(entry.getName().substring(BackupManifest.SNAPSHOTS.length()))
                            .normalize();
            if (!target.startsWith(directory.path())) {
                throw failure(file + " names a file outside its directory: " + entry.getName() + ".");
            }
            Files.createDirectories(target.resolveSibling("."));
            try (InputStream in = archive.getInputStream(entry)) {
                Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
            if (keys) {
                Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
            }
            files++;
        }
        return files;
    }

    private static StartFailure failure(String message) {
        return new StartFailure(message, new IllegalArgumentException(message));
    }
}
