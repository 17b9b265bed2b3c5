// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySetTest {

    private static final byte[] PLAIN = "a key of a tenant".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @Test
    void whatWasEncryptedBeforeARestartIsDecryptedAfterIt() {
        Path file = directory.resolve("keys.json");
        byte[] encrypted = KeySet.openOrCreate(file).encrypt(PLAIN, "connection/1");

        assertThat(KeySet.openOrCreate(file).decrypt(encrypted, "connection/1", "connection 1"))
                .isEqualTo(PLAIN);
        assertThat(new String(encrypted, StandardCharsets.ISO_8859_1)).doesNotContain("tenant");
    }

    @Test
    void theFileIsReadableByItsOwnerAlone() throws Exception {
        Path file = directory.resolve("keys.json");
        KeySet.openOrCreate(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void credentialsCopiedToAnotherConnectionDoNotDecrypt() {
        KeySet keys = KeySet.openOrCreate(directory.resolve("keys.json"));
        byte[] encrypted = keys.encrypt(PLAIN, "connection/1");

        assertThatThrownBy(() -> keys.decrypt(encrypted, "connection/2", "connection 2"))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining("connection 2")
                .hasMessageContaining("enter the credentials again");
    }

    @Test
    void aDamagedFileIsNamedWithWhatToDo() throws Exception {
        Path file = Files.writeString(directory.resolve("keys.json"), "{}");

        assertThatThrownBy(() -> KeySet.openOrCreate(file))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("backup");
    }
}
