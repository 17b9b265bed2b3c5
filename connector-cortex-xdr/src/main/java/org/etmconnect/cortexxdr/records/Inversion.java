// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns "these hosts have this CVE" round into "this host has these CVEs", in bounded memory. Pairs come row by row and
 * are kept in blocks of neighbouring host numbers: a row's number once, then the hosts of the block that it names. When
 * the blocks outgrow the memory they are appended to one file. At the end each block is sorted on its own.
 */
final class Inversion implements AutoCloseable {

    /** 8,192 hosts: a block of them with 100 CVEs each sorts within 4 MB. */
    private static final int BLOCK_BITS = 13;

    private static final int BLOCK = 1 << BLOCK_BITS;
    private static final int FIRST_CAPACITY = 64;
    private static final int IO_BYTES = 1 << 18;
    private static final int NO_ROW = -1;
    private static final int[] NOTHING = new int[0];

    private final long memoryInts;
    private final Path directory;
    private int[] counts = new int[1024];
    private int names;
    private int[][] blocks = new int[16][];
    private int[] used = new int[16];
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
        this.memoryInts = Math.max(memoryBytes / Integer.BYTES, FIRST_CAPACITY);
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
            append(block, ~row);
        }
        append(block, name & (BLOCK - 1));
        counts[name]++;
        if (buffered >= memoryInts) {
            spill();
        }
    }

    private void append(int block, int value) {
        int[] buffer = blocks[block];
        int at = used[block];
        if (at == buffer.length) {
            int larger = Math.max(FIRST_CAPACITY, at * 2);
            buffer = Arrays.copyOf(buffer, larger);
            buffered += larger - at;
            blocks[block] = buffer;
        }
        buffer[at] = value;
        used[block] = at + 1;
    }

    private void grow(int name, int block) {
        if (name >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(name + 1, counts.length * 2));
        }
        names = name + 1;
        if (block >= blocks.length) {
            int larger = Math.max(block + 1, blocks.length * 2);
            blocks = Arrays.copyOf(blocks, larger);
            used = Arrays.copyOf(used, larger);
            lastRow = Arrays.copyOf(lastRow, larger);
            spilled = Arrays.copyOf(spilled, larger);
        }
        for (; blockCount <= block; blockCount++) {
            blocks[blockCount] = NOTHING;
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
                int count = Math.min(used[block] - from, IO_BYTES / Integer.BYTES);
                bytes.clear();
                bytes.asIntBuffer().put(blocks[block], from, count);
                bytes.limit(count * Integer.BYTES);
                while (bytes.hasRemaining()) {
                    at += to.write(bytes, at);
                }
                from += count;
            }
            blocks[block] = NOTHING;
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
        IntLists.Builder lists = IntLists.builder(names, memoryInts, directory);
        ByteBuffer bytes = buffer();
        for (int block = 0; block < blockCount; block++) {
            int first = block << BLOCK_BITS;
            int end = Math.min(names, first + BLOCK);
            while (first < end) {
                int last = first;
                long pairs = counts[first];
                while (last + 1 < end && pairs + counts[last + 1] <= memoryInts) {
                    pairs += counts[++last];
                }
                sort(block, first, last + 1, Math.toIntExact(pairs), itemOfRow, bytes, lists);
                first = last + 1;
            }
            blocks[block] = NOTHING;
        }
        return lists.build();
    }

    /** Writes the lists of hosts from {@code first} to {@code end}, all of one block. */
    private void sort(
            int block, int first, int end, int pairs, int[] itemOfRow, ByteBuffer bytes, IntLists.Builder lists)
            throws IOException {
        int[] next = new int[end - first];
        int sum = 0;
        for (int name = first; name < end; name++) {
            next[name - first] = sum;
            sum += counts[name];
        }
        int[] sorted = new int[pairs];
        int base = first & (BLOCK - 1);
        int item = NO_ROW;
        long[] chunks = spilled[block];
        for (int chunk = 0; chunk < chunks.length; chunk += 2) {
            long at = chunks[chunk];
            long left = chunks[chunk + 1];
            while (left > 0) {
                int count = (int) Math.min(left, IO_BYTES / Integer.BYTES);
                bytes.clear().limit(count * Integer.BYTES);
                readFully(bytes, at);
                IntBuffer values = bytes.flip().asIntBuffer();
                for (int i = 0; i < count; i++) {
                    item = place(values.get(i), item, base, next, sorted, itemOfRow);
                }
                at += (long) count * Integer.BYTES;
                left -= count;
            }
        }
        int[] rest = blocks[block];
        for (int i = 0; i < used[block]; i++) {
            item = place(rest[i], item, base, next, sorted, itemOfRow);
        }
        int from = 0;
        for (int name = first; name < end; name++) {
            lists.add(sorted, from, next[name - first]);
            from += counts[name];
        }
    }

    /** Takes one value of a block: a row's number, or a host of that row. Gives the item of the row at hand. */
    private static int place(int value, int item, int base, int[] next, int[] sorted, int[] itemOfRow) {
        if (value < 0) {
            return itemOfRow[~value];
        }
        int name = value - base;
        if (item >= 0 && name >= 0 && name < next.length) {
            sorted[next[name]++] = item;
        }
        return item;
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
