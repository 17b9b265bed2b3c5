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
    private static final int INT4_OID = 23;
    private static final int TEXT_OID = 25;
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
        String target = table + " (" + String.join(", ", columns) + ")";
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + target + " from stdin (format binary)");
        return new BinaryCopy(copy, target, columns.length);
    }

    /** Begins the next row, whose columns must then be written in their order. */
    public void startRow() throws SQLException {
        endRow();
        if (length >= FLUSH_AT) {
            flush();
        }
        inRow = true;
        written = 0;
        reserve(2);
        putShort(columns);
    }

    /** Writes NULL, for a column of any type. */
    public void writeNull() {
        next(4);
        putInt(-1);
    }

    /** Writes a {@code smallint}. */
    public void writeShort(short value) {
        next(6);
        putInt(2);
        putShort(value);
    }

    /** Writes an {@code int}. */
    public void writeInt(int value) {
        next(8);
        putInt(4);
        putInt(value);
    }

    /** Writes an {@code int}, or NULL. */
    public void writeInt(@Nullable Integer value) {
        if (value == null) {
            writeNull();
        } else {
            writeInt(value.intValue());
        }
    }

    /** Writes a {@code bigint}. */
    public void writeLong(long value) {
        next(12);
        putInt(8);
        putLong(value);
    }

    /** Writes a {@code real}, or NULL. */
    public void writeFloat(@Nullable Float value) {
        if (value == null) {
            writeNull();
        } else {
            next(8);
            putInt(4);
            putInt(Float.floatToIntBits(value));
        }
    }

    /** Writes a {@code boolean}. */
    public void writeBoolean(boolean value) {
        next(5);
        putInt(1);
        buffer[length++] = (byte) (value ? 1 : 0);
    }

    /** Writes a {@code timestamptz}, to the microsecond (the rest is cut off), or NULL. */
    public void writeInstant(@Nullable Instant value) {
        if (value == null) {
            writeNull();
        } else {
            long seconds = Math.subtractExact(value.getEpochSecond(), POSTGRES_EPOCH_SECONDS);
            writeLong(Math.addExact(Math.multiplyExact(seconds, 1_000_000L), value.getNano() / 1000));
        }
    }

    /**
     * Writes a {@code text} (or {@code varchar}, {@code json}), or NULL.
     *
     * @throws IllegalArgumentException if it holds the character NUL, which PostgreSQL cannot store
     */
    public void writeText(@Nullable String value) {
        if (value == null) {
            writeNull();
        } else {
            writeBytes(utf8(value));
        }
    }

    /** Writes a {@code jsonb} from its text, or NULL. */
    public void writeJsonb(@Nullable String text) {
        if (text == null) {
            writeNull();
        } else {
            byte[] bytes = utf8(text);
            next(5 + bytes.length);
            putInt(1 + bytes.length);
            buffer[length++] = 1;
            put(bytes);
        }
    }

    /** Writes a {@code bytea}, or NULL. */
    public void writeBytes(byte @Nullable [] value) {
        if (value == null) {
            writeNull();
        } else {
            next(4 + value.length);
            putInt(value.length);
            put(value);
        }
    }

    /** Writes an {@code int[]}. */
    public void writeInts(int[] values) {
        writeInts(values, 0, values.length);
    }

    /** Writes the part of {@code values} from {@code from} to before {@code to} as an {@code int[]}. */
    public void writeInts(int[] values, int from, int to) {
        int count = to - from;
        next(24 + Math.multiplyExact(8, count));
        putArrayHead(INT4_OID, count, 8 * count);
        for (int i = from; i < to; i++) {
            putInt(4);
            putInt(values[i]);
        }
    }

    /** Writes a {@code text[]} without NULLs in it. */
    public void writeTexts(List<String> values) {
        byte[][] elements = new byte[values.size()][];
        int size = 0;
        for (int i = 0; i < elements.length; i++) {
            elements[i] = utf8(values.get(i));
            size = Math.addExact(size, 4 + elements[i].length);
        }
        next(24 + size);
        putArrayHead(TEXT_OID, elements.length, size);
        for (byte[] element : elements) {
            putInt(element.length);
            put(element);
        }
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

    private static byte[] utf8(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("PostgreSQL cannot store the character NUL, found at position "
                    + value.indexOf('\0') + " of a text of " + value.length() + " characters");
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
