// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.copy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows into one table by {@code COPY … (format binary)}, which is a good deal cheaper for server and client than
 * text ("PostgreSQL documentation", COPY, binary format).
 *
 * <pre>{@code
 * try (BinaryCopy copy = BinaryCopy.into(connection, "finding_cohort", "source_record_id", "definitions")) {
 *     copy.startRow();
 *     copy.writeInt(7);
 *     copy.writeInts(new int[] {1, 5, 9});
 *     copy.finish();
 * }
 * }</pre>
 *
 * <p>A value must be written with the method of its column's very type: the server converts nothing in this format.
 * Closing before {@link #finish()} takes back every row. For use by one thread, which can do nothing else with the
 * connection meanwhile.
 */
public final class BinaryCopy implements AutoCloseable {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int INT2_OID = 21;
    private static final int INT4_OID = 23;
    private static final int FLUSH_AT = 1 << 16;
    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final CopyIn copy;
    private final String target;
    private final int columns;
    private byte[] buffer = new byte[FLUSH_AT + 8192];
    private int length;
    private int written;
    private boolean inRow;

    private BinaryCopy(CopyIn copy, String target, int columns) {
        this.copy = copy;
        this.target = target;
        this.columns = columns;
        this.written = columns;
        put(SIGNATURE);
        putInt(0);
        putInt(0);
    }

    /**
     * Opens a copy into {@code columns} of {@code table}. The names go into the statement as they are, so they must be
     * the program's own and never a user's.
     *
     * @param connection a connection of the PostgreSQL driver, or one that unwraps to it
     */
    public static BinaryCopy into(Connection connection, String table, String... columns) throws SQLException {
        return into(connection, table, List.of(columns));
    }

    /** The same, with the columns as a list. */
    public static BinaryCopy into(Connection connection, String table, List<String> columns) throws SQLException {
        String target = table + " (" + String.join(", ", columns) + ")";
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + target + " from stdin (format binary)");
        return new BinaryCopy(copy, target, columns.size());
    }

    /** Begins the next row, whose columns must then be written in their order. */
    public BinaryCopy startRow() throws SQLException {
        endRow();
        if (length >= FLUSH_AT) {
            flush();
        }
        inRow = true;
        written = 0;
        reserve(2);
        putShort(columns);
        return this;
    }

    /** Writes NULL, for a column of any type. */
    public BinaryCopy writeNull() {
        next(4);
        putInt(-1);
        return this;
    }

    /** Writes a {@code smallint}, or NULL. */
    public BinaryCopy writeShort(@Nullable Short value) {
        if (value == null) {
            writeNull();
        } else {
            next(6);
            putInt(2);
            putShort(value);
        }
        return this;
    }

    /** Writes an {@code int}. */
    public BinaryCopy writeInt(int value) {
        next(8);
        putInt(4);
        putInt(value);
        return this;
    }

    /** Writes an {@code int}, or NULL. */
    public BinaryCopy writeInt(@Nullable Integer value) {
        if (value == null) {
            writeNull();
        } else {
            writeInt(value.intValue());
        }
        return this;
    }

    /** Writes a {@code bigint}. */
    public BinaryCopy writeLong(long value) {
        next(12);
        putInt(8);
        putLong(value);
        return this;
    }

    /** Writes a {@code real}, or NULL. */
    public BinaryCopy writeFloat(@Nullable Float value) {
        if (value == null) {
            writeNull();
        } else {
            next(8);
            putInt(4);
            putInt(Float.floatToIntBits(value));
        }
        return this;
    }

    /** Writes a {@code boolean}. */
    public BinaryCopy writeBoolean(boolean value) {
        next(5);
        putInt(1);
        buffer[length++] = (byte) (value ? 1 : 0);
        return this;
    }

    /** Writes a {@code timestamptz}, to the microsecond (the rest is cut off), or NULL. */
    public BinaryCopy writeInstant(@Nullable Instant value) {
        if (value == null) {
            writeNull();
        } else {
            long seconds = Math.subtractExact(value.getEpochSecond(), POSTGRES_EPOCH_SECONDS);
            writeLong(Math.addExact(Math.multiplyExact(seconds, 1_000_000L), value.getNano() / 1000));
        }
        return this;
    }

    /**
     * Writes a {@code text} (or {@code varchar}, {@code json}), or NULL.
     *
     * @throws IllegalArgumentException if it holds the character NUL, which PostgreSQL cannot store
     */
    public BinaryCopy writeText(@Nullable String value) {
        if (value == null) {
            writeNull();
        } else {
            writeBytes(utf8(value));
        }
        return this;
    }

    /** Writes a {@code jsonb} from its text, or NULL. */
    public BinaryCopy writeJsonb(@Nullable String text) {
        if (text == null) {
            writeNull();
        } else {
            byte[] bytes = utf8(text.replace("\\u0000", "\\ufffd"));
            next(5 + bytes.length);
            putInt(1 + bytes.length);
            buffer[length++] = 1;
            put(bytes);
        }
        return this;
    }

    /** Writes a {@code bytea}, or NULL. */
    public BinaryCopy writeBytes(byte @Nullable [] value) {
        if (value == null) {
            writeNull();
        } else {
            next(4 + value.length);
            putInt(value.length);
            put(value);
        }
        return this;
    }

    /** Writes an {@code int[]}. */
    public BinaryCopy writeInts(int[] values) {
        writeInts(values, 0, values.length);
        return this;
    }

    /** Writes the part of {@code values} from {@code from} to before {@code to} as an {@code int[]}. */
    public BinaryCopy writeInts(int[] values, int from, int to) {
        int count = to - from;
        next(24 + Math.multiplyExact(8, count));
        putArrayHead(INT4_OID, count, 8 * count);
        for (int i = from; i < to; i++) {
            putInt(4);
            putInt(values[i]);
        }
        return this;
    }

    /** Writes a {@code smallint[]}. */
    public BinaryCopy writeShorts(short[] values) {
        next(24 + Math.multiplyExact(6, values.length));
        putArrayHead(INT2_OID, values.length, 6 * values.length);
        for (short value : values) {
            putInt(2);
            putShort(value);
        }
        return this;
    }

    /** Ends the copy and returns how many rows it added. They are visible to others with the transaction's commit. */
    public long finish() throws SQLException {
        endRow();
        reserve(2);
        putShort(-1);
        flush();
        return copy.endCopy();
    }

    /** Takes back the rows, unless {@link #finish()} was called. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private void endRow() {
        if (inRow && written != columns) {
            throw new IllegalStateException(
                    "A row of " + target + " has " + written + " of its " + columns + " columns");
        }
        inRow = false;
    }

    private void next(int bytes) {
        if (written == columns) {
            throw new IllegalStateException(
                    inRow ? "A row of " + target + " has no more columns" : "No row was started in " + target);
        }
        written++;
        reserve(bytes);
    }

    private void reserve(int bytes) {
        int needed = Math.addExact(length, bytes);
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(needed, Math.addExact(buffer.length, buffer.length >> 1)));
        }
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, length);
        length = 0;
    }

    private void putArrayHead(int elementType, int count, int size) {
        if (count == 0) {
            putInt(12);
            putInt(0);
            putInt(0);
            putInt(elementType);
            return;
        }
        putInt(20 + size);
        putInt(1);
        putInt(0);
        putInt(elementType);
        putInt(count);
        putInt(1);
    }

    private void put(byte[] bytes) {
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
    }

    private void putShort(int value) {
        buffer[length++] = (byte) (value >> 8);
        buffer[length++] = (byte) value;
    }

    private void putInt(int value) {
        INTS.set(buffer, length, value);
        length += 4;
    }

    private void putLong(long value) {
        LONGS.set(buffer, length, value);
        length += 8;
    }

    /** PostgreSQL cannot store the character NUL. A vendor's text that has one must not fail a whole batch. */
    private static byte[] utf8(String value) {
        return value.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
    }
}
