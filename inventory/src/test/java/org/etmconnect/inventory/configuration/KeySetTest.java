// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.etmconnect.connector.Secret;
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
    void aFileThatOthersMayReadIsRefusedWithTheCommandThatClosesIt() throws Exception {
        Path file = directory.resolve("keys.json");
        KeySet.openOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> KeySet.openOrCreate(file))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void ofGivenKeysTheFirstEncryptsAndAllDecrypt() throws Exception {
        String old = Base64.getEncoder().encodeToString(new byte[32]);
        byte[] bytes = new byte[32];
        bytes[0] = 7;
        String fresh = Base64.getEncoder().encodeToString(bytes);
        byte[] before = KeySet.ofText(Secret.of(old), "a test").encrypt(PLAIN, "c");
        Path file = Files.writeString(directory.resolve("given"), fresh + "\n" + old + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        KeySet both = KeySet.fromFile(file);

        assertThat(both.decrypt(before, "c", "x")).isEqualTo(PLAIN);
        byte[] after = both.encrypt(PLAIN, "c");
        assertThat(KeySet.ofText(Secret.of(fresh), "a test").decrypt(after, "c", "x"))
                .isEqualTo(PLAIN);
        assertThatThrownBy(() -> KeySet.ofText(Secret.of(old), "a test").decrypt(after, "c", "x"))
                .isInstanceOf(StorageFault.class);
        assertThat(both.keys()).extracting(KeySet.KeyInfo::primary).containsExactly(true, false);
    }

    @Test
    void aGivenKeyThatIsNoneIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> KeySet.ofText(Secret.of("c2hvcnQ="), "the setting ETM_KEYS"))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining("Key 1 in the setting ETM_KEYS")
                .hasMessageContaining("openssl rand -base64 32")
                .hasMessageNotContaining("c2hvcnQ=");
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
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> KeySet.openOrCreate(file))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("backup");
    }
}
