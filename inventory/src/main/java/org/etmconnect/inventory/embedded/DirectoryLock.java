// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for one {@link EmbeddedPostgres} at a time, over all processes of the machine. The kernel drops the
 * lock when the process dies, however it dies.
 */
final class DirectoryLock implements AutoCloseable {

    private final Path owner;
    private final FileChannel channel;

    private DirectoryLock(Path owner, FileChannel channel) {
        this.owner = owner;
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        Path owner = directory.resolve("owner");
        // A second opening of the file by the process that holds the lock would drop it when closed (POSIX), so the
        // owner is asked first, by one thread at a time.
        synchronized (DirectoryLock.class) {
            String found = Files.exists(owner) ? Files.readString(owner).strip() : "";
            if (found.equals(self())) {
                throw inUse(directory, found);
            }
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException taken) {
                throw inUse(directory, found);
            } catch (IOException noLocks) {
                channel.close();
                throw new EmbeddedPostgresException(
                        "The directory " + directory + " cannot be locked (" + noLocks.getMessage()
                                + "). It must be on a local disk, not on a network share.",
                        noLocks);
            }
            if (lock == null) {
                channel.close();
                throw inUse(directory, found);
            }
            Files.writeString(owner, self());
            return new DirectoryLock(owner, channel);
        }
    }

    private static String self() {
        ProcessHandle self = ProcessHandle.current();
        return self.pid() + " since "
                + self.info().startInstant().map(Object::toString).orElse("?");
    }

    private static EmbeddedPostgresException inUse(Path directory, String owner) {
        String who = owner.isEmpty() ? "another process" : "process " + owner;
        return new EmbeddedPostgresException("The database in " + directory + " is in use by " + who
                + ". Stop that one first, or name another data directory.");
    }

    @Override
    public void close() throws IOException {
        synchronized (DirectoryLock.class) {
            Files.deleteIfExists(owner);
            channel.close();
        }
    }
}
