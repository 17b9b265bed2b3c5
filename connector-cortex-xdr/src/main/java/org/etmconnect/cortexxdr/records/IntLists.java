// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sorted lists of ints by number, one after the other in memory, or past a size in a file that is mapped. A list is its
 * length in bytes, how many ints it has, and the differences between them, each in as few bytes as it needs.
 */
final class IntLists implements AutoCloseable {

    private static final int[] NONE = new int[0];
    /** Where every 16th list begins is kept. */
    private static final int GROUP_BITS = 4;

    private static final int GROUP = 1 << GROUP_BITS;

    private final int size;
    private final long[] groups;
    private final MemorySegment bytes;
    private final @Nullable Arena arena;
    private final @Nullable Path file;

    private IntLists(int size, long[] groups, MemorySegment bytes, @Nullable Arena arena, @Nullable Path file) {
        this.size = size;
        this.groups = groups;
        this.bytes = bytes;
        this.arena = arena;
        this.file = file;
    }

    /** The list {@code number}, ascending; empty if there is none. */
    int[] get(int number) {
        if (number < 0 || number >= size) {
            return NONE;
        }
        long at = groups[number >>> GROUP_BITS];
        for (int left = number & (GROUP - 1); left > 0; left--) {
            int length = varint(at);
            at += width(length) + length;
        }
        int length = varint(at);
        if (length == 0) {
            return NONE;
        }
        byte[] packed = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + width(length), packed, 0, length);
        return unpacked(packed);
    }

    private static int[] unpacked(byte[] packed) {
        int[] list = NONE;
        int count = -1;
        int before = 0;
        int value = 0;
        int shift = 0;
        for (byte each : packed) {
            value |= (each & 0x7f) << shift;
            if (each < 0) {
                shift += 7;
                continue;
            }
            if (count < 0) {
                list = new int[value];
                count = 0;
            } else {
                before += value;
                list[count++] = before;
            }
            value = 0;
            shift = 0;
        }
        return list;
    }

    private int varint(long from) {
        int value = 0;
        long at = from;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get(ValueLayout.JAVA_BYTE, at++);
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static int width(int value) {
        return Math.max(1, (31 - Integer.numberOfLeadingZeros(value)) / 7 + 1);
    }

    private static int put(int value, byte[] to, int from) {
        int at = from;
        int left = value;
        while (left > 0x7f) {
            to[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        to[at++] = (byte) left;
        return at;
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

    /** @param memoryBytes what is held before it goes into a file in {@code directory} */
    static Builder builder(long memoryBytes, Path directory) {
        return new Builder(memoryBytes, directory);
    }

    /** Takes the lists in the order of their numbers. */
    static final class Builder implements AutoCloseable {

        private static final int IO_BYTES = 1 << 18;
        private static final int LONGEST_INT = 5;

        private final long memoryBytes;
        private final Path directory;
        private long[] groups = new long[64];
        private int added;
        private long total;
        private byte[] array = new byte[1024];
        /** What of the array is used; once there is a file, what of it is not written yet. */
        private int used;

        private byte[] packed = new byte[1024];
        private @Nullable FileChannel channel;
        private @Nullable Path file;

        private Builder(long memoryBytes, Path directory) {
            this.memoryBytes = Math.min(memoryBytes, Integer.MAX_VALUE / 4);
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
            pack(values, from, kept);
        }

        private void pack(int[] values, int from, int to) throws IOException {
            int most = (to - from + 2) * LONGEST_INT;
            if (packed.length < most) {
                packed = new byte[most + most / 2];
            }
            // the list's own length comes before it
            int begin = LONGEST_INT;
            int end = begin;
            if (to > from) {
                end = put(to - from, packed, end);
                int before = 0;
                for (int i = from; i < to; i++) {
                    end = put(values[i] - before, packed, end);
                    before = values[i];
                }
            }
            int length = end - begin;
            begin -= width(length);
            put(length, packed, begin);
            if ((added & (GROUP - 1)) == 0) {
                if (added >>> GROUP_BITS == groups.length) {
                    groups = Arrays.copyOf(groups, groups.length * 2);
                }
                groups[added >>> GROUP_BITS] = total;
            }
            added++;
            append(begin, end);
        }

        private void append(int from, int to) throws IOException {
            int count = to - from;
            total += count;
            if (channel == null && total > memoryBytes) {
                Path created = Files.createTempFile(directory, "lists", ".spill");
                file = created;
                channel = open(created);
                flush();
                array = new byte[IO_BYTES];
            }
            if (used + count > array.length) {
                if (channel == null) {
                    array = Arrays.copyOf(array, (int) Math.max(total, Math.min(memoryBytes, array.length * 2L)));
                } else {
                    flush();
                    if (count > array.length) {
                        array = new byte[count];
                    }
                }
            }
            System.arraycopy(packed, from, array, used, count);
            used += count;
        }

        @SuppressWarnings("MustBeClosed") // build() closes it
        private static FileChannel open(Path file) throws IOException {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }

        private void flush() throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(array, 0, used);
            FileChannel to = channel;
            while (to != null && bytes.hasRemaining()) {
                to.write(bytes);
            }
            used = 0;
        }

        @SuppressWarnings("MustBeClosed") // the lists close it
        IntLists build() throws IOException {
            FileChannel written = channel;
            long[] begins = Arrays.copyOf(groups, (added + GROUP - 1) >>> GROUP_BITS);
            if (written == null) {
                return new IntLists(added, begins, MemorySegment.ofArray(Arrays.copyOf(array, used)), null, null);
            }
            flush();
            Arena arena = Arena.ofShared();
            MemorySegment mapped = written.map(FileChannel.MapMode.READ_ONLY, 0, total, arena);
            IntLists lists = new IntLists(added, begins, mapped, arena, file);
            file = null;
            close();
            return lists;
        }

        /** Removes what was spilled, unless it was built into lists. */
        @Override
        public void close() throws IOException {
            FileChannel open = channel;
            if (open != null) {
                open.close();
                channel = null;
            }
            Path created = file;
            if (created != null) {
                Files.deleteIfExists(created);
            }
        }
    }
}
