// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code etm backup}. */
@Command(
        name = "backup",
        description = {
            "Write the whole server into one file while it runs: the database as of one moment, the snapshots, and the keys that"
                    + " credentials are encrypted with.",
            "The file has mode 0600. It holds the tenants' data and, with the keys, what opens the tenants: keep it as safe as a"
                    + " password. Not in it: etm.yaml, the token for this machine, files that were delivered, logs."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm backup monday.backup",
            "  ./etm backup --without-keys monday.backup",
            "  ./etm restore monday.backup --data ./restored"
        })
final class BackupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(paramLabel = "FILE", description = "The file to write; it must not be there yet")
    private Path file = Path.of("etm.backup");

    @Option(
            names = "--without-keys",
            description = "Leave the keys out. Connections have to be given their credentials again after a restore.")
    private boolean withoutKeys;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(file)) {
            throw new CliFailure("The file " + file + " is there already, and is not overwritten. Name another.");
        }
        Path half = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(half))) {
                server.api()
                        .download("POST", "/api/v1/system/backup", Map.of("keys", Boolean.toString(!withoutKeys)), out);
            }
            try (ZipFile whole = new ZipFile(half.toFile())) {
                if (whole.getEntry("end.json") == null) {
                    throw new IOException("it has no end");
                }
            }
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException broken) {
            throw new CliFailure(
                    "The backup broke off: " + broken.getMessage() + ". See the server's log, and try again.", broken);
        } finally {
            Files.deleteIfExists(half);
        }
        spec.commandLine()
                .getOut()
                .printf("Wrote %s, %,d KB. Keep it as safe as a password.%n", file, (Files.size(file) + 1023) / 1024);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
