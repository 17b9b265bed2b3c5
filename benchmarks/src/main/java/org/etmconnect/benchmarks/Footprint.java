// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/** Watches what this process takes from {@link #watch} to {@link #close}: its heap, its memory, and its files in a folder. */
public final class Footprint implements AutoCloseable {

    private static final int MILLIS_BETWEEN_LOOKS = 100;

    private final Path spills;
    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(pool -> pool.getName())
            .collect(Collectors.toCollection(HashSet::new));
    private final AtomicLong heap = new AtomicLong();
    private final AtomicLong resident = new AtomicLong();
    private final AtomicLong spilled = new AtomicLong();
    private final NotificationListener listener = this::collected;
    private final Thread looks;

    /**
     * The most that was seen, in bytes.
     *
     * @param heapAfterCollection heap in use right after a garbage collection; 0 if there was none
     * @param resident memory that the system counts as this process's; 0 if it does not tell
     * @param spilled all files below the folder together
     */
    public record Most(long heapAfterCollection, long resident, long spilled) {}

    private Footprint(Path spills) {
        this.spills = spills;
        this.looks = Thread.ofPlatform().daemon().name("footprint").unstarted(this::look);
    }

    /**
     * Begins to watch.
     *
     * @param spills the folder whose files are counted; need not be there
     */
    public static Footprint watch(Path spills) {
        Footprint footprint = new Footprint(spills);
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(footprint.listener, null, null);
            }
        }
        footprint.looks.start();
        return footprint;
    }

    /** The most by now. */
    public Most most() {
        return new Most(heap.get(), resident.get(), spilled.get());
    }

    private void collected(Notification notification, @Nullable Object nothing) {
        if (notification.getUserData() instanceof CompositeData data
                && notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            long used =
                    GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                            .filter(pool -> heapPools.contains(pool.getKey()))
                            .map(pool -> pool.getValue())
                            .mapToLong(MemoryUsage::getUsed)
                            .sum();
            heap.accumulateAndGet(used, Math::max);
        }
    }

    private void look() {
        while (true) {
            try {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
                resident.accumulateAndGet(residentNow(), Math::max);
                spilled.accumulateAndGet(bytesOf(spills), Math::max);
            } catch (InterruptedException ended) {
                return;
            } catch (IOException goneMeanwhile) {
                // the next look sees what is there then
            }
        }
    }

    private static long residentNow() throws IOException {
        Path pages = Path.of("/proc/self/statm");
        return Files.exists(pages) ? Long.parseLong(Files.readString(pages).split(" ", 3)[1]) * 4096 : 0;
    }

    /** What the files below {@code folder} hold; 0 if it is not there. */
    public static long bytesOf(Path folder) throws IOException {
        AtomicLong bytes = new AtomicLong();
        if (Files.exists(folder)) {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes.addAndGet(attributes.size());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return bytes.get();
    }

    @Override
    public void close() {
        looks.interrupt();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(listener);
                } catch (javax.management.ListenerNotFoundException neverAdded) {
                    // nothing to take away
                }
            }
        }
    }
}
