// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Set;

/**
 * The keys that credentials are encrypted with (AES-256-GCM). They live in one file that only the server's user can
 * read. Who loses it must enter all credentials again. Immutable and safe for use by several threads.
 */
public final class KeySet {

    private static final Configuration ENCRYPTION = AeadConfig2026.get();

    private final Aead aead;
    private final Path file;

    private KeySet(Aead aead, Path file) {
        this.aead = aead;
        this.file = file;
    }

    /**
     * Reads the key set at {@code file}, or makes one there if there is none.
     *
     * @throws StorageFault if the file can be neither read nor made
     */
    public static KeySet openOrCreate(Path file) {
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(
                    Files.readString(file, StandardCharsets.UTF_8), ENCRYPTION, InsecureSecretKeyAccess.get());
            return new KeySet(handle.getPrimitive(ENCRYPTION, Aead.class), file);
        } catch (IOException failure) {
            throw new StorageFault(
                    "The key set " + file + " could not be read or made: " + failure
                            + ". Check that the server's user owns the data directory.",
                    failure);
        } catch (GeneralSecurityException failure) {
            throw new StorageFault(
                    "The key set " + file
                            + " is damaged. Put it back from a backup; or delete it, start again and enter"
                            + " the credentials of all connections anew.",
                    failure);
        }
    }

    private static void create(Path file) throws IOException, GeneralSecurityException {
        String keys = TinkJsonProtoKeysetFormat.serializeKeyset(
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, ENCRYPTION),
                ENCRYPTION,
                InsecureSecretKeyAccess.get());
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = Files.newByteChannel(
                        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly);
                var out = Channels.newOutputStream(channel)) {
            out.write(keys.getBytes(StandardCharsets.UTF_8));
        } catch (FileAlreadyExistsException madeMeanwhile) {
            // Another thread was first; its key set is as good as ours.
        }
    }

    /** Encrypts {@code plain} so that it decrypts only together with {@code context}, which is not secret. */
    byte[] encrypt(byte[] plain, String context) {
        try {
            return aead.encrypt(plain, context.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException failure) {
            throw new StorageFault("Credentials could not be encrypted with the key set " + file + ".", failure);
        }
    }

    /** The opposite of {@link #encrypt}. {@code whose} names the owner in the message of a failure. */
    byte[] decrypt(byte[] encrypted, String context, String whose) {
        try {
            return aead.decrypt(encrypted, context.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException failure) {
            throw new StorageFault(
                    "The credentials of " + whose + " cannot be decrypted: the key set " + file
                            + " is not the one they were saved with. Put that file back, or enter the credentials again.",
                    failure);
        }
    }
}
