// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns "these hosts have this CVE" round into "this host has these CVEs", in bounded memory. Pairs come row by row and
 * are kept in blocks of neighbouring host numbers: a row's number once, then the hosts of the block that it names, two
 * bytes each. When the blocks outgrow the memory they are appended to one file. At the end each block is sorted on its
 * own.
 */
final class Inversion implements AutoCloseable {

    /** 8,192 hosts: a block of them with 100 CVEs each sorts within 4 MB. */
    private static final int BLOCK_BITS = 13;

    private static final int BLOCK = 1 << BLOCK_BITS;
    private static final int FIRST_CAPACITY = 64;
    private static final int IO_BYTES = 1 << 18;
    private static final int NO_ROW = -1;
    /** A negative value, then another, are a row's number; others are hosts. */
    private static final int LOW_BITS = 15;

    private static final int LOW = (1 << LOW_BITS) - 1;
    private static final short[] NOTHING = new short[0];

    private final long memoryBytes;
    private final Path directory;
    /** Pairs of each host, by block. */
    private int[][] counts = new int[16][];

    private int names;
    private short[][] blocks = new short[16][];
    private int[] used = new int[16];
    /** How much each block held when it was last written out. */
    private int[] usual = new int[16];

    private int[] lastRow = new int[16];
    private long[][] spilled = new long[16][];
    private int blockCount;
    private long buffered;
    private @Nullable FileChannel file;
    private @Nullable Path path;

    /**
     * @param memoryBytes heap for pairs, and once more for the result
     * @param directory where to spill
     */
    Inversion(long memoryBytes, Path directory) {
        this.memoryBytes = Math.max(memoryBytes, FIRST_CAPACITY * Integer.BYTES);
        this.directory = directory;
    }

    /** Notes that {@code row} names host {@code name}. Rows come in ascending order. */
    void add(int name, int row) throws IOException {
        int block = name >>> BLOCK_BITS;
        if (name >= names) {
            grow(name, block);
        }
        if (lastRow[block] != row) {
            lastRow[block] = row;
            append(block, (short) (Short.MIN_VALUE | (row >>> LOW_BITS)));
            append(block, (short) (Short.MIN_VALUE | (row & LOW)));
        }
        append(block, (short) (name & (BLOCK - 1)));
        counts[block][name & (BLOCK - 1)]++;
        if (buffered >= memoryBytes / Short.BYTES) {
            spill();
        }
    }

    private void append(int block, short value) {
        short[] buffer = blocks[block];
        int at = used[block];
        if (at == buffer.length) {
            int larger = at == 0 ? Math.max(FIRST_CAPACITY, usual[block]) : at + at / 2;
            buffer = Arrays.copyOf(buffer, larger);
            buffered += larger - at;
            blocks[block] = buffer;
        }
        buffer[at] = value;
        used[block] = at + 1;
    }

    private void grow(int name, int block) {
        names = name + 1;
        if (block >= blocks.length) {
            int larger = Math.max(block + 1, blocks.length * 2);
            blocks = Arrays.copyOf(blocks, larger);
            used = Arrays.copyOf(used, larger);
            usual = Arrays.copyOf(usual, larger);
            counts = Arrays.copyOf(counts, larger);
            lastRow = Arrays.copyOf(lastRow, larger);
            spilled = Arrays.copyOf(spilled, larger);
        }
        for (; blockCount <= block; blockCount++) {
            blocks[blockCount] = NOTHING;
            counts[blockCount] = new int[BLOCK];
            lastRow[blockCount] = NO_ROW;
            spilled[blockCount] = new long[0];
        }
    }

    private void spill() throws IOException {
        FileChannel to = file;
        if (to == null) {
            Path created = Files.createTempFile(directory, "pairs", ".spill");
            path = created;
            to = FileChannel.open(created, StandardOpenOption.READ, StandardOpenOption.WRITE);
            file = to;
        }
        ByteBuffer bytes = buffer();
        long at = to.size();
        for (int block = 0; block < blockCount; block++) {
            if (used[block] == 0) {
                continue;
            }
            long[] chunks = Arrays.copyOf(spilled[block], spilled[block].length + 2);
            chunks[chunks.length - 2] = at;
            chunks[chunks.length - 1] = used[block];
            spilled[block] = chunks;
            for (int from = 0; from < used[block]; ) {
                int count = Math.min(used[block] - from, IO_BYTES / Short.BYTES);
                bytes.clear();
                bytes.asShortBuffer().put(blocks[block], from, count);
                bytes.limit(count * Short.BYTES);
                while (bytes.hasRemaining()) {
                    at += to.write(bytes, at);
                }
                from += count;
            }
            blocks[block] = NOTHING;
            usual[block] = used[block];
            used[block] = 0;
            lastRow[block] = NO_ROW;
        }
        buffered = 0;
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(IO_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The lists of items by host. Nothing may be added after this.
     *
     * @param itemOfRow the item that each row became, negative for rows that count for nothing
     */
    IntLists finish(int[] itemOfRow) throws IOException {
        try (IntLists.Builder lists = IntLists.builder(memoryBytes, directory)) {
            ByteBuffer bytes = buffer();
            long most = memoryBytes / Integer.BYTES;
            for (int block = 0; block < blockCount; block++) {
                int[] count = counts[block];
                int first = 0;
                int end = Math.min(names - (block << BLOCK_BITS), BLOCK);
                while (first < end) {
                    int last = first;
                    long pairs = count[first];
                    while (last + 1 < end && pairs + count[last + 1] <= most) {
                        pairs += count[++last];
                    }
                    sort(block, first, last + 1, Math.toIntExact(pairs), itemOfRow, bytes, lists);
                    first = last + 1;
                }
                blocks[block] = NOTHING;
                counts[block] = new int[0];
            }
            return lists.build();
        }
    }

    /** Writes the lists of the hosts from {@code first} to {@code end} of a block. */
    private void sort(
            int block, int first, int end, int pairs, int[] itemOfRow, ByteBuffer bytes, IntLists.Builder lists)
            throws IOException {
        int[] count = counts[block];
        Sorter sorter = new Sorter(count, first, end, pairs, itemOfRow);
        long[] chunks = spilled[block];
        for (int chunk = 0; chunk < chunks.length; chunk += 2) {
            long at = chunks[chunk];
            long left = chunks[chunk + 1];
            while (left > 0) {
                int values = (int) Math.min(left, IO_BYTES / Short.BYTES);
                bytes.clear().limit(values * Short.BYTES);
                readFully(bytes, at);
                ShortBuffer buffer = bytes.flip().asShortBuffer();
                for (int i = 0; i < values; i++) {
                    sorter.take(buffer.get(i));
                }
                at += (long) values * Short.BYTES;
                left -= values;
            }
        }
        short[] rest = blocks[block];
        for (int i = 0; i < used[block]; i++) {
            sorter.take(rest[i]);
        }
        int from = 0;
        for (int name = first; name < end; name++) {
            lists.add(sorter.sorted, from, sorter.next[name - first]);
            from += count[name];
        }
    }

    /** Takes a block's values in their order and puts each row's item to its hosts. */
    private static final class Sorter {
        final int[] next;
        final int[] sorted;
        private final int first;
        private final int[] itemOfRow;
        private int high = NO_ROW;
        private int item = NO_ROW;

        Sorter(int[] count, int first, int end, int pairs, int[] itemOfRow) {
            this.first = first;
            this.itemOfRow = itemOfRow;
            next = new int[end - first];
            sorted = new int[pairs];
            int sum = 0;
            for (int name = first; name < end; name++) {
                next[name - first] = sum;
                sum += count[name];
            }
        }

        void take(short value) {
            if (value < 0) {
                if (high == NO_ROW) {
                    high = (value & LOW) << LOW_BITS;
                } else {
                    item = itemOfRow[high | (value & LOW)];
                    high = NO_ROW;
                }
                return;
            }
            int name = value - first;
            if (item >= 0 && name >= 0 && name < next.length) {
                sorted[next[name]++] = item;
            }
        }
    }

    private void readFully(ByteBuffer bytes, long from) throws IOException {
        FileChannel spill = file;
        long at = from;
        while (bytes.hasRemaining()) {
            int read = spill == null ? -1 : spill.read(bytes, at);
            if (read < 0) {
                throw new IOException("The spill file " + path + " was cut off while it was in use");
            }
            at += read;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = file;
        Path created = path;
        if (open != null) {
            open.close();
        }
        if (created != null) {
            Files.deleteIfExists(created);
        }
    }
}
