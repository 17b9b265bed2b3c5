// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * The token that callers of the API must have: 256 random bits. The server keeps only its SHA-256, beside the file with
 * the token in clear; so the clear file can be moved away. Without both files a new token is made. Immutable and safe for
 * use by several threads.
 */
public final class ApiToken {

    /** What every token begins with. */
    public static final String PREFIX = "etm_";

    private static final int BYTES = 32;

    private final byte[] hash;

    private ApiToken(byte[] hash) {
        this.hash = hash;
    }

    /** Reads the token's hash beside {@code file}, or makes a token and writes it to {@code file}. */
    public static ApiToken openOrCreate(Path file) throws IOException {
        Path hashFile = file.resolveSibling(file.getFileName() + ".sha256");
        if (Files.exists(hashFile)) {
            try {
                return new ApiToken(
                        HexFormat.of().parseHex(Files.readString(hashFile).strip()));
            } catch (IllegalArgumentException damaged) {
                throw new IOException(hashFile + " is damaged; delete it and " + file + " for a new token", damaged);
            }
        }
        String token = Files.exists(file) ? Files.readString(file).strip() : newToken();
        if (token.length() < PREFIX.length() + BYTES) {
            throw new IOException(file + " holds no token; delete it for a new one");
        }
        if (Files.notExists(file)) {
            write(file, token);
        }
        byte[] hash = hash(token);
        write(hashFile, HexFormat.of().formatHex(hash));
        return new ApiToken(hash);
    }

    /** Whether {@code candidate} is the token. Takes the same time whatever it is. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(hash, hash(candidate));
    }

    /** A new token: 256 random bits. */
    public static String newToken() {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static void write(Path file, String text) throws IOException {
        try (var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(java.nio.ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** What is kept of a token. */
    public static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }
}
