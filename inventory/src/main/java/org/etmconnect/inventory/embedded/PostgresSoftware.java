// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path into a directory of their own that bears their hash: another
 * version never mixes with this one, and half an unpacking is never taken for a whole.
 *
 * @param home holds {@code bin}, {@code lib} and {@code share}
 */
record PostgresSoftware(Path home) {

    static PostgresSoftware unpackInto(Path directory) throws IOException {
        String archive = "/postgres-linux-" + architecture() + ".txz";
        Path home = directory.resolve(hash(archive).substring(0, 16));
        if (Files.notExists(home)) {
            FileTree.delete(directory);
            Files.createDirectories(directory);
            Path half = directory.resolve("half");
            unpack(archive, half);
            Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PostgresSoftware(home);
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static String architecture() {
        String system = System.getProperty("os.name", "");
        String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (system.equals("Linux")) {
            switch (architecture) {
                case "amd64", "x86_64" -> {
                    return "x86_64";
                }
                case "aarch64", "arm64" -> {
                    return "arm_64";
                }
                default -> {}
            }
        }
        throw new EmbeddedPostgresException("There is no embedded PostgreSQL for " + system + " on " + architecture
                + ", only for Linux on amd64 and arm64. Use a PostgreSQL of your own: --database jdbc:postgresql://…");
    }

    private static String hash(String archive) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
        try (InputStream bytes = new DigestInputStream(open(archive), digest)) {
            bytes.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static InputStream open(String archive) {
        InputStream bytes = PostgresSoftware.class.getResourceAsStream(archive);
        if (bytes == null) {
            throw new EmbeddedPostgresException("The program was built without PostgreSQL for this machine (" + archive
                    + " is not on the class path). Use a PostgreSQL of your own: --database jdbc:postgresql://…");
        }
        return bytes;
    }

    private static void unpack(String archive, Path target) throws IOException {
        try (TarArchiveInputStream entries =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(open(archive))))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException(archive + " holds an entry outside itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(parent(file));
                    Files.copy(entries, file);
                    if ((entry.getMode() & 0100) != 0) {
                        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
                    }
                }
            }
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }
}
