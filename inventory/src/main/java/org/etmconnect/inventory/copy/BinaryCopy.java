// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.copy;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows by {@code COPY … WITH (FORMAT binary)}, the fastest way into PostgreSQL. Call {@link #row()} and then one
 * method for each column, in order; {@link #end()} finishes. Used by one thread, on a connection that does nothing else
 * meanwhile. Formats: PostgreSQL's documentation of COPY and the types' send and receive functions.
 */
public final class BinaryCopy implements AutoCloseable {

    /** Signature, flags and the length of an empty header extension. */
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private static final int FLUSH_AT = 1 << 16;
    private static final int INT4 = 23;
    private static final int TEXT = 25;
    /** PostgreSQL counts time from 2000-01-01. */
    private static final long EPOCH_OFFSET_SECONDS = 946_684_800;

    private final CopyIn copy;
    private final int columns;
    private byte[] buffer = new byte[FLUSH_AT * 2];
    private int length;

    private BinaryCopy(CopyIn copy, int columns) {
        this.copy = copy;
        this.columns = columns;
        System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
        length = HEADER.length;
    }

    /**
     * Begins a copy.
     *
     * @param table a trusted name, not user input
     * @param columns trusted names
     * @throws SQLException if PostgreSQL refuses
     */
    public static BinaryCopy into(Connection connection, String table, List<String> columns) throws SQLException {
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table + " (" + String.join(", ", columns) + ") from stdin with (format binary)");
        return new BinaryCopy(copy, columns.size());
    }

    /** Begins the next row. */
    public BinaryCopy row() throws SQLException {
        if (length >= FLUSH_AT) {
            flush();
        }
        int16(columns);
        return this;
    }

    private BinaryCopy absent() {
        int32(-1);
        return this;
    }

    public BinaryCopy int4(int value) {
        int32(4);
        int32(value);
        return this;
    }

    /** An {@code int}, null where {@code value} is. */
    public BinaryCopy int4(@Nullable Integer value) {
        return value == null ? absent() : int4(value.intValue());
    }

    public BinaryCopy int8(long value) {
        int32(8);
        int64(value);
        return this;
    }

    /** A {@code smallint}, null where {@code value} is. */
    public BinaryCopy int2(@Nullable Integer value) {
        if (value == null) {
            return absent();
        }
        int32(2);
        int16(value);
        return this;
    }

    /** A {@code real}, null where {@code value} is. */
    public BinaryCopy float4(@Nullable Double value) {
        if (value == null) {
            return absent();
        }
        int32(4);
        int32(Float.floatToRawIntBits(value.floatValue()));
        return this;
    }

    /** A {@code text}, null where {@code value} is. The character 0, which PostgreSQL cannot hold, becomes U+FFFD. */
    public BinaryCopy text(@Nullable String value) {
        if (value == null) {
            return absent();
        }
        byte[] utf8 = utf8(value);
        int32(utf8.length);
        bytesOf(utf8);
        return this;
    }

    /** A {@code bytea}, null where {@code value} is. */
    public BinaryCopy bytea(byte @Nullable [] value) {
        if (value == null) {
            return absent();
        }
        int32(value.length);
        bytesOf(value);
        return this;
    }

    /** A value of type jsonb from its text, null where {@code json} is. */
    public BinaryCopy jsonb(@Nullable String json) {
        if (json == null) {
            return absent();
        }
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        int32(utf8.length + 1);
        ensure(1);
        buffer[length++] = 1;
        bytesOf(utf8);
        return this;
    }

    /** A {@code timestamptz} to the microsecond, null where {@code value} is. */
    public BinaryCopy timestamptz(@Nullable Instant value) {
        if (value == null) {
            return absent();
        }
        int32(8);
        int64((value.getEpochSecond() - EPOCH_OFFSET_SECONDS) * 1_000_000 + value.getNano() / 1_000);
        return this;
    }

    /** An {@code int[]}. */
    public BinaryCopy int4Array(int[] values) {
        return int4Array(values, values.length);
    }

    /** An {@code int[]} of the first {@code count} values. */
    public BinaryCopy int4Array(int[] values, int count) {
        if (count == 0) {
            return emptyArray(INT4);
        }
        ensure(24 + 8 * count);
        int32(20 + 8 * count);
        arrayHeader(INT4, count);
        for (int i = 0; i < count; i++) {
            int32(4);
            int32(values[i]);
        }
        return this;
    }

    /** A {@code text[]}. */
    public BinaryCopy textArray(Collection<String> values) {
        if (values.isEmpty()) {
            return emptyArray(TEXT);
        }
        List<byte[]> encoded = values.stream().map(BinaryCopy::utf8).toList();
        int32(20 + encoded.stream().mapToInt(utf8 -> 4 + utf8.length).sum());
        arrayHeader(TEXT, encoded.size());
        for (byte[] utf8 : encoded) {
            int32(utf8.length);
            bytesOf(utf8);
        }
        return this;
    }

    private BinaryCopy emptyArray(int elementType) {
        int32(12);
        int32(0);
        int32(0);
        int32(elementType);
        return this;
    }

    private void arrayHeader(int elementType, int count) {
        int32(1);
        int32(0);
        int32(elementType);
        int32(count);
        int32(1);
    }

    /**
     * Finishes.
     *
     * @return how many rows were written
     */
    public long end() throws SQLException {
        int16(-1);
        flush();
        return copy.endCopy();
    }

    /** Cancels a copy that was not ended. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private static byte[] utf8(String value) {
        return value.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, length);
        length = 0;
    }

    private void ensure(int more) {
        if (length + more > buffer.length) {
            byte[] larger = new byte[Math.max(buffer.length * 2, length + more)];
            System.arraycopy(buffer, 0, larger, 0, length);
            buffer = larger;
        }
    }

    private void bytesOf(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
    }

    private void int16(int value) {
        ensure(2);
        buffer[length++] = (byte) (value >>> 8);
        buffer[length++] = (byte) value;
    }

    private void int32(int value) {
        ensure(4);
        buffer[length++] = (byte) (value >>> 24);
        buffer[length++] = (byte) (value >>> 16);
        buffer[length++] = (byte) (value >>> 8);
        buffer[length++] = (byte) value;
    }

    private void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }
}
