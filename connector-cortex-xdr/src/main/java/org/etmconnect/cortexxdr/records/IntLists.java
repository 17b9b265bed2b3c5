// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sorted lists of ints by number, one after the other in an array, or past a size in a file that is mapped. */
final class IntLists implements AutoCloseable {

    private static final int[] NONE = new int[0];
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long[] ends;
    private final int[] array;
    private final @Nullable MemorySegment mapped;
    private final @Nullable Arena arena;
    private final @Nullable Path file;

    private IntLists(
            long[] ends, int[] array, @Nullable MemorySegment mapped, @Nullable Arena arena, @Nullable Path file) {
        this.ends = ends;
        this.array = array;
        this.mapped = mapped;
        this.arena = arena;
        this.file = file;
    }

    /** The list {@code number}, ascending; empty if there is none. */
    int[] get(int number) {
        if (number < 0 || number >= ends.length) {
            return NONE;
        }
        long from = number == 0 ? 0 : ends[number - 1];
        int length = (int) (ends[number] - from);
        if (length == 0) {
            return NONE;
        }
        MemorySegment segment = mapped;
        if (segment == null) {
            return Arrays.copyOfRange(array, (int) from, (int) from + length);
        }
        int[] list = new int[length];
        MemorySegment.copy(segment, INT, from * Integer.BYTES, list, 0, length);
        return list;
    }

    /** How many ints there are in all. */
    long total() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public void close() throws IOException {
        Arena open = arena;
        if (open != null) {
            open.close();
        }
        Path created = file;
        if (created != null) {
            Files.deleteIfExists(created);
        }
    }

    static Builder builder(int lists, long memoryInts, Path directory) {
        return new Builder(lists, memoryInts, directory);
    }

    /** Takes the lists in the order of their numbers. */
    static final class Builder {

        private static final int IO_BYTES = 1 << 18;

        private final long[] ends;
        private final long memoryInts;
        private final Path directory;
        private int added;
        private long total;
        private int[] array = new int[1024];
        private @Nullable FileChannel channel;
        private @Nullable Path file;
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(IO_BYTES).order(ByteOrder.LITTLE_ENDIAN);

        private Builder(int lists, long memoryInts, Path directory) {
            this.ends = new long[lists];
            this.memoryInts = Math.min(memoryInts, Integer.MAX_VALUE / 4);
            this.directory = directory;
        }

        /** Adds the values from {@code from} to {@code to} as the next list; sorts them in place and leaves out doubles. */
        void add(int[] values, int from, int to) throws IOException {
            for (int i = from + 1; i < to; i++) {
                if (values[i - 1] >= values[i]) {
                    Arrays.sort(values, from, to);
                    break;
                }
            }
            int kept = from;
            for (int i = from; i < to; i++) {
                if (kept == from || values[kept - 1] != values[i]) {
                    values[kept++] = values[i];
                }
            }
            append(values, from, kept);
            total += kept - from;
            ends[added++] = total;
        }

        private void append(int[] values, int from, int to) throws IOException {
            int count = to - from;
            if (channel == null && total + count <= memoryInts) {
                if (total + count > array.length) {
                    array = Arrays.copyOf(
                            array, (int) Math.min(memoryInts, Math.max(total + count, array.length * 2L)));
                }
                System.arraycopy(values, from, array, (int) total, count);
                return;
            }
            if (channel == null) {
                Path created = Files.createTempFile(directory, "lists", ".spill");
                file = created;
                channel = open(created);
                write(array, 0, (int) total);
                array = NONE;
            }
            write(values, from, to);
        }

        @SuppressWarnings("MustBeClosed") // build() closes it
        private static FileChannel open(Path file) throws IOException {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }

        private void write(int[] values, int from, int to) throws IOException {
            for (int i = from; i < to; i++) {
                if (bytes.remaining() < Integer.BYTES) {
                    flush();
                }
                bytes.putInt(values[i]);
            }
        }

        private void flush() throws IOException {
            bytes.flip();
            FileChannel to = channel;
            while (to != null && bytes.hasRemaining()) {
                to.write(bytes);
            }
            bytes.clear();
        }

        @SuppressWarnings("MustBeClosed") // the lists close it
        IntLists build() throws IOException {
            FileChannel written = channel;
            if (written == null) {
                return new IntLists(ends, Arrays.copyOf(array, (int) total), null, null, null);
            }
            flush();
            Arena arena = Arena.ofShared();
            MemorySegment mapped = written.map(FileChannel.MapMode.READ_ONLY, 0, total * Integer.BYTES, arena);
            written.close();
            return new IntLists(ends, NONE, mapped, arena, file);
        }
    }
}
