// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {

    @Test
    void aBackupIsWholeAndForItsOwnerAloneAndOverwritesNothing(@TempDir Path directory) throws IOException {
        try (RealServer server = RealServer.start(directory.resolve("data"))) {
            Path file = directory.resolve("monday.backup");

            RealServer.Answer written = server.etm("backup", file.toString());

            assertThat(written.status()).as(written.err()).isZero();
            assertThat(written.out()).contains("Wrote " + file).contains("as safe as a password");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(entries(file)).contains("backup.json", "tables/connection", "keys.json", "end.json");
            assertThat(directory.resolve("monday.backup.part")).doesNotExist();

            RealServer.Answer again = server.etm("backup", file.toString());
            assertThat(again.status()).isEqualTo(1);
            assertThat(again.err()).contains("is there already");

            Path without = directory.resolve("without.backup");
            assertThat(server.etm("backup", "--without-keys", without.toString())
                            .status())
                    .isZero();
            assertThat(entries(without)).doesNotContain("keys.json").contains("end.json");
            assertThat(server.etm("audit").out()).contains("writeBackup");
        }
    }

    private static List<String> entries(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        }
    }
}
