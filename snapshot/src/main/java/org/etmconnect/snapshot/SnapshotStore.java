// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The snapshots of all connections, below one folder: {@code CONNECTION/RUN/}. Safe for use by several threads. */
public final class SnapshotStore {

    private final Path root;
    private final Clock clock;
    private final boolean durable;

    /**
     * @param root the folder, made when the first snapshot is
     * @param clock gives the time that pages and seals carry
     */
    public SnapshotStore(Path root, Clock clock) {
        this(root, clock, true);
    }

    /**
     * @param durable whether a page survives a power cut. Without it what can be made again is written faster
     */
    public SnapshotStore(Path root, Clock clock, boolean durable) {
        this.root = root;
        this.clock = clock;
        this.durable = durable;
    }

    /**
     * The snapshot of a run, made if it is not there: a run that is resumed goes on with the pages it has.
     *
     * @throws UncheckedIOException if the folder cannot be made or read
     */
    public Snapshot openOrCreate(int connectionId, int runId) {
        return Snapshot.open(folder(connectionId, runId), clock, durable);
    }

    /** The snapshot of a run, if it is still kept. */
    public Optional<Snapshot> find(int connectionId, int runId) {
        Path folder = folder(connectionId, runId);
        return Files.isDirectory(folder) ? Optional.of(Snapshot.open(folder, clock, durable)) : Optional.empty();
    }

    /** The ids of the runs of a connection whose snapshots are kept, the newest first. */
    public List<Integer> runs(int connectionId) {
        Path folder = root.resolve(Integer.toString(connectionId));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Integer::valueOf)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the snapshots in " + folder, e);
        }
    }

    /** What all snapshots take on disk, in bytes. Files that go away meanwhile are not counted. */
    public long bytes() {
        if (!Files.isDirectory(root)) {
            return 0;
        }
        AtomicLong bytes = new AtomicLong();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes.addAndGet(attributes.size());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look through the snapshots in " + root, e);
        }
        return bytes.get();
    }

    /** Deletes the snapshot of a run, if it is there. */
    public void delete(int connectionId, int runId) {
        Path folder = folder(connectionId, runId);
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete the snapshot " + folder, e);
        }
    }

    private Path folder(int connectionId, int runId) {
        return root.resolve(Integer.toString(connectionId)).resolve(Integer.toString(runId));
    }
}
