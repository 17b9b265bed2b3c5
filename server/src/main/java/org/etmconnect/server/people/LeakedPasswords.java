// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A list of passwords that are known to be leaked, if the operator has one: a file with a line for each, its SHA-1 in
 * hexadecimal digits and, if one likes, a colon and a number, in the order of the hashes. So is what the downloader of Have I
 * Been Pwned makes. It is searched where it lies, 40 GB of it in some 36 reads, and nothing of a password leaves the server.
 *
 * <p>Stays open as long as the process lives. Safe for use by several threads.
 */
public final class LeakedPasswords {

    private final Optional<HashFile> list;

    private LeakedPasswords(Optional<HashFile> list) {
        this.list = list;
    }

    /** A list that holds nothing. */
    public static LeakedPasswords none() {
        return new LeakedPasswords(Optional.empty());
    }

    /**
     * The list in {@code file}.
     *
     * @throws IllegalArgumentException if it cannot be read, or does not look like such a list; the message says why
     */
    public static LeakedPasswords in(Path file) {
        try {
            HashFile list = new HashFile(file, FileChannel.open(file, StandardOpenOption.READ));
            list.checkEnds();
            return new LeakedPasswords(Optional.of(list));
        } catch (IOException failure) {
            throw new IllegalArgumentException("Cannot read " + file + ": " + failure + ".", failure);
        }
    }

    /** Whether {@code password} is one of the list. */
    boolean hold(String password) {
        try {
            return list.isPresent() && list.get().holds(sha1(password));
        } catch (IOException failure) {
            throw new UncheckedIOException("The list of leaked passwords cannot be read any more", failure);
        }
    }

    private static String sha1(String password) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().withUpperCase().formatHex(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-1", missing);
        }
    }

    private record HashFile(Path file, FileChannel channel) {

        private static final int DIGITS = 40;

        /** More than a line has: the digits, a colon, a number, its end. */
        private static final int LONGEST_LINE = 80;

        void checkEnds() throws IOException {
            if (lineAround(0).hash().compareTo(lineAround(channel.size() - 1).hash()) > 0) {
                throw new IllegalArgumentException(
                        file + " is not in the order of its hashes. Sort it, or download the list that is.");
            }
        }

        boolean holds(String wanted) throws IOException {
            long low = 0;
            long high = channel.size();
            while (low < high) {
                Line line = lineAround((low + high) >>> 1);
                int order = wanted.compareTo(line.hash());
                if (order == 0) {
                    return true;
                }
                if (order < 0) {
                    high = line.begin();
                } else {
                    low = line.end();
                }
            }
            return false;
        }

        private Line lineAround(long place) throws IOException {
            long from = Math.max(0, place - LONGEST_LINE);
            String text = text(from);
            int within = Math.toIntExact(place - from);
            int begin = text.lastIndexOf('\n', within - 1) + 1;
            int newline = text.indexOf('\n', within);
            int end = newline < 0 ? text.length() : newline + 1;
            String line = text.substring(begin, end);
            if (!line.matches("\\p{XDigit}{40}(:\\d+)?\\R?")) {
                throw new IllegalArgumentException(file + " has no hash in the line at byte " + (from + begin)
                        + ": each is the SHA-1 of a password, as 40 hexadecimal digits, and may go on with a colon and a"
                        + " number.");
            }
            return new Line(from + begin, from + end, line.substring(0, DIGITS).toUpperCase(Locale.ROOT));
        }

        private String text(long from) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(2 * LONGEST_LINE);
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = channel.read(bytes, from + bytes.position());
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * @param begin the place of its first byte
     * @param end the place after its end of line
     * @param hash in capital hexadecimal digits, whose order is that of the numbers
     */
    private record Line(long begin, long end, String hash) {}
}
