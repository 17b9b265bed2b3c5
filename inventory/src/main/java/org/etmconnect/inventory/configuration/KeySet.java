// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.Secret;

/**
 * The keys that credentials are encrypted with (AES-256-GCM). The first, the primary one, encrypts; all decrypt. They are
 * the server's own, in one file that only its user can read, or the operator gives them. Who loses them must enter all
 * credentials again. Safe for use by several threads.
 */
public final class KeySet {

    private static final Configuration ENCRYPTION = AeadConfig2026.get();
    private static final int KEY_BYTES = 32;
    private static final String MAKE_KEY = "Make one with: openssl rand -base64 32";

    private final String where;
    private final Optional<Path> own;
    private volatile State state;

    private record State(KeysetHandle handle, Aead aead) {
        static State of(KeysetHandle handle) throws GeneralSecurityException {
            return new State(handle, handle.getPrimitive(ENCRYPTION, Aead.class));
        }
    }

    /**
     * One key.
     *
     * @param id tells it from the others; not secret
     * @param primary whether it encrypts
     */
    public record KeyInfo(String id, boolean primary) {}

    private KeySet(State state, String where, Optional<Path> own) {
        this.state = state;
        this.where = where;
        this.own = own;
    }

    /**
     * Reads the server's own key set at {@code file}, or makes one there if there is none.
     *
     * @throws StorageFault if the file can be neither read nor made, or others than its owner may read it
     */
    public static KeySet openOrCreate(Path file) {
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            return new KeySet(State.of(parse(read(file))), "the key set " + file, Optional.of(file));
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

    /**
     * Reads keys from a file that the operator gives and keeps: one base64 key of 32 bytes a line, the primary one first,
     * or a key set that a server made.
     *
     * @throws StorageFault if the file cannot be read, or others than its owner may read it
     */
    public static KeySet fromFile(Path file) {
        try {
            String text = read(file).strip();
            String where = "the key file " + file;
            return text.startsWith("{")
                    ? new KeySet(State.of(parse(text)), where, Optional.empty())
                    : ofKeys(text, where);
        } catch (IOException failure) {
            throw new StorageFault(
                    "The key file " + file + " cannot be read: " + failure
                            + ". Name one that the server's user may read.",
                    failure);
        } catch (GeneralSecurityException failure) {
            throw new StorageFault(
                    "The key file " + file + " begins like a key set and is none. Put it back from a backup.", failure);
        }
    }

    /**
     * Keys that the operator gives as text: base64 keys of 32 bytes, the primary one first, apart by commas or blanks.
     *
     * @param where names their origin in messages, e.g. {@code the variable ETM_KEYS}
     * @throws StorageFault if there is none or one cannot be read
     */
    public static KeySet ofText(Secret keys, String where) {
        return ofKeys(keys.reveal(), where);
    }

    @AccessesPartialKey
    private static KeySet ofKeys(String text, String where) {
        try {
            KeysetHandle.Builder builder = KeysetHandle.newBuilder().setConfiguration(ENCRYPTION);
            int number = 0;
            for (String encoded : text.strip().split("[\\s,]+", -1)) {
                number++;
                byte[] key = decode(encoded, number, where);
                int id = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key))
                        .getInt();
                KeysetHandle.Builder.Entry entry = KeysetHandle.importKey(AesGcmKey.builder()
                                .setParameters(AesGcmParameters.builder()
                                        .setKeySizeBytes(KEY_BYTES)
                                        .setIvSizeBytes(12)
                                        .setTagSizeBytes(16)
                                        .setVariant(AesGcmParameters.Variant.TINK)
                                        .build())
                                .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                                .setIdRequirement(id)
                                .build())
                        .withFixedId(id);
                builder.addEntry(number == 1 ? entry.makePrimary() : entry);
            }
            return new KeySet(State.of(builder.build()), where, Optional.empty());
        } catch (GeneralSecurityException failure) {
            throw new StorageFault(
                    "The keys in " + where + " cannot be used together: " + failure.getMessage()
                            + ". Name each key once.",
                    failure);
        }
    }

    private static byte[] decode(String encoded, int number, String where) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException noBase64) {
            key = new byte[0];
        }
        if (key.length != KEY_BYTES) {
            throw new StorageFault("Key " + number + " in " + where + " is not 32 bytes in base64. " + MAKE_KEY + ".");
        }
        return key;
    }

    private static KeysetHandle parse(String text) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.parseKeyset(text, ENCRYPTION, InsecureSecretKeyAccess.get());
    }

    private static String read(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(permission -> !permission.name().startsWith("OWNER"))) {
            throw new StorageFault("Others than its owner may use " + file + " ("
                    + PosixFilePermissions.toString(permissions) + "). Whoever read it can decrypt all credentials."
                    + " Close it with: chmod 600 " + file);
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static void create(Path file) throws IOException, GeneralSecurityException {
        try {
            write(file, KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, ENCRYPTION));
        } catch (FileAlreadyExistsException madeMeanwhile) {
            // Another thread was first; its key set is as good as ours.
        }
    }

    private static void write(Path file, KeysetHandle keys) throws IOException, GeneralSecurityException {
        String text = TinkJsonProtoKeysetFormat.serializeKeyset(keys, ENCRYPTION, InsecureSecretKeyAccess.get());
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Where the keys are from, in words, e.g. {@code the key file /etc/etm/keys}. */
    public String where() {
        return where;
    }

    /** Whether the keys are the server's own, which it may change. */
    public boolean isOwn() {
        return own.isPresent();
    }

    /** The keys, without what is secret of them. */
    public List<KeyInfo> keys() {
        KeysetHandle handle = state.handle();
        List<KeyInfo> keys = new ArrayList<>();
        for (int index = 0; index < handle.size(); index++) {
            KeysetHandle.Entry entry = handle.getAt(index);
            keys.add(new KeyInfo("%08x".formatted(entry.getId()), entry.isPrimary()));
        }
        return List.copyOf(keys);
    }

    /** Adds a key and makes it the primary one, unless there are several already, as after a rotation that was cut off. */
    void addPrimary() {
        if (own.isPresent() && state.handle().size() == 1) {
            change(
                    "add a key to",
                    KeysetHandle.newBuilder(state.handle())
                            .setConfiguration(ENCRYPTION)
                            .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                                    .withRandomId()
                                    .makePrimary()));
        }
    }

    /** Removes all keys but the primary one. What they encrypted must be encrypted anew before. */
    void removeOld() {
        if (own.isPresent() && state.handle().size() > 1) {
            KeysetHandle.Builder builder =
                    KeysetHandle.newBuilder(state.handle()).setConfiguration(ENCRYPTION);
            for (int index = builder.size() - 1; index >= 0; index--) {
                if (!builder.getAt(index).isPrimary()) {
                    builder.deleteAt(index);
                }
            }
            change("remove old keys from", builder);
        }
    }

    private void change(String what, KeysetHandle.Builder changed) {
        Path file = own.orElseThrow();
        try {
            KeysetHandle keys = changed.build();
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(beside);
            write(beside, keys);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            state = State.of(keys);
        } catch (IOException | GeneralSecurityException failure) {
            throw new StorageFault(
                    "Could not " + what + " " + where + ": " + failure
                            + ". The keys are as they were. Check that the server's user may write there, and try again.",
                    failure);
        }
    }

    /** Encrypts {@code plain} so that it decrypts only together with {@code context}, which is not secret. */
    byte[] encrypt(byte[] plain, String context) {
        try {
            return state.aead().encrypt(plain, context.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException failure) {
            throw new StorageFault("Credentials could not be encrypted with " + where + ".", failure);
        }
    }

    /** The opposite of {@link #encrypt}. {@code whose} names the owner in the message of a failure. */
    byte[] decrypt(byte[] encrypted, String context, String whose) {
        try {
            return state.aead().decrypt(encrypted, context.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException failure) {
            throw new StorageFault(
                    "The credentials of " + whose + " cannot be decrypted: " + where
                            + " is not the one they were saved with. Put that one back, or enter the credentials again.",
                    failure);
        }
    }
}
