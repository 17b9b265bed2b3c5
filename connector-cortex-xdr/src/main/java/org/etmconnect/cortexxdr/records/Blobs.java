// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Byte strings by number, in memory up to a size and past it in a file. */
final class Blobs implements AutoCloseable {

    private final long memoryBytes;
    private final Path directory;
    private final List<byte[]> inMemory = new ArrayList<>();
    private long[] ends = new long[1024];
    private int size;
    private @Nullable FileChannel channel;
    private @Nullable Path file;

    Blobs(long memoryBytes, Path directory) {
        this.memoryBytes = memoryBytes;
        this.directory = directory;
    }

    int size() {
        return size;
    }

    /** Adds {@code blob}, which is kept as it is, and gives its number. */
    int add(byte[] blob) throws IOException {
        long start = size == 0 ? 0 : ends[size - 1];
        if (channel == null && start + blob.length > memoryBytes) {
            Path created = Files.createTempFile(directory, "items", ".spill");
            file = created;
            channel = FileChannel.open(created, StandardOpenOption.READ, StandardOpenOption.WRITE);
            for (byte[] earlier : inMemory) {
                write(earlier);
            }
            inMemory.clear();
        }
        if (channel == null) {
            inMemory.add(blob);
        } else {
            write(blob);
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
        }
        ends[size] = start + blob.length;
        return size++;
    }

    private void write(byte[] blob) throws IOException {
        FileChannel to = channel;
        ByteBuffer bytes = ByteBuffer.wrap(blob);
        while (to != null && bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    byte[] get(int number) throws IOException {
        FileChannel from = channel;
        if (from == null) {
            return inMemory.get(number);
        }
        long at = number == 0 ? 0 : ends[number - 1];
        ByteBuffer bytes = ByteBuffer.allocate((int) (ends[number] - at));
        while (bytes.hasRemaining()) {
            int read = from.read(bytes, at + bytes.position());
            if (read < 0) {
                throw new IOException("The spill file " + file + " was cut off while it was in use");
            }
        }
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
        Path created = file;
        if (created != null) {
            Files.deleteIfExists(created);
        }
    }
}
