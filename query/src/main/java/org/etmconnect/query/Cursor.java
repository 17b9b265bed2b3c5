// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where the next page begins.
 *
 * @param now what "now" means on all pages of the list, to the microsecond
 * @param keys the sort keys of the last row: Long, Double or String
 */
record Cursor(Instant now, List<Object> keys) {

    private static final int CHECK_BYTES = 8;
    private static final int LONGEST = 16_384;

    Cursor {
        keys = List.copyOf(keys);
    }

    /** The cursor as text, readable only with the same list. */
    String encode(String list) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, now));
            out.writeByte(keys.size());
            for (Object key : keys) {
                switch (key) {
                    case Long number -> {
                        out.writeByte('l');
                        out.writeLong(number);
                    }
                    case Double number -> {
                        out.writeByte('d');
                        out.writeDouble(number);
                    }
                    case String text -> {
                        out.writeByte('s');
                        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                        out.writeInt(utf8.length);
                        out.write(utf8);
                    }
                    default -> throw new IllegalStateException("A sort key of " + key.getClass());
                }
            }
            byte[] payload = bytes.toByteArray();
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            whole.write(check(list, payload));
            whole.write(payload);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(whole.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cursor of a text, or empty if it is none of this list. */
    static Optional<Cursor> decode(String text, String list) {
        try {
            byte[] whole = text.length() > LONGEST
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
            if (whole.length < CHECK_BYTES) {
                return Optional.empty();
            }
            byte[] payload = Arrays.copyOfRange(whole, CHECK_BYTES, whole.length);
            if (!MessageDigest.isEqual(check(list, payload), Arrays.copyOf(whole, CHECK_BYTES))) {
                return Optional.empty();
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
            Instant now = Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS);
            int size = in.readUnsignedByte();
            List<Object> keys = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                keys.add(
                        switch (in.readUnsignedByte()) {
                            case 'l' -> in.readLong();
                            case 'd' -> in.readDouble();
                            case 's' -> new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                            default -> throw new IOException("unknown key");
                        });
            }
            return Optional.of(new Cursor(now, keys));
        } catch (IllegalArgumentException | IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] check(String list, byte[] payload) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] name = list.getBytes(StandardCharsets.UTF_8);
            digest.update((name.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(name);
            return Arrays.copyOf(digest.digest(payload), CHECK_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK lacks SHA-256", e);
        }
    }
}
