// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the embedded PostgreSQL is run. Immutable.
 *
 * @param durable whether a commit survives a power cut. Without it a test runs faster, and loses its data when the
 *     machine stops; a killed server or a killed program loses nothing either way
 * @param sharedBuffersMegabytes PostgreSQL's own page cache, in MiB, at least 16
 * @param workMegabytes memory of one sort or hash, in MiB, at least 1
 * @param maintenanceWorkMegabytes memory for building an index, in MiB, at least 16
 * @param maxWalMegabytes write-ahead log between two checkpoints, in MiB, at least 64
 * @param maxConnections connections at the same time, at least 4
 * @param stopAtExit whether an ordinary end of the JVM stops the server too. A program that closes what it started in
 *     its own order leaves this off
 * @param settings further PostgreSQL settings by name. They win over all the others but the ones that keep the server
 *     private: address, port, sockets and how passwords are stored
 */
public record PostgresOptions(
        boolean durable,
        int sharedBuffersMegabytes,
        int workMegabytes,
        int maintenanceWorkMegabytes,
        int maxWalMegabytes,
        int maxConnections,
        boolean stopAtExit,
        Map<String, String> settings) {

    /** Checks the ranges and copies {@code settings}. */
    public PostgresOptions {
        atLeast(16, sharedBuffersMegabytes, "sharedBuffersMegabytes");
        atLeast(1, workMegabytes, "workMegabytes");
        atLeast(16, maintenanceWorkMegabytes, "maintenanceWorkMegabytes");
        atLeast(64, maxWalMegabytes, "maxWalMegabytes");
        atLeast(4, maxConnections, "maxConnections");
        settings = Map.copyOf(settings);
    }

    /** Durable, and small enough to live beside the server on two cores and 4 GiB; the page cache grows with the machine. */
    public static PostgresOptions defaults() {
        return new PostgresOptions(true, sharedBuffers(memoryBytes()), 32, 256, 4096, 60, false, Map.of());
    }

    /** A sixteenth of the memory, in MiB: what is not found there is found in the system's own cache, ten times as slowly. */
    static int sharedBuffers(long memoryBytes) {
        return Math.toIntExact(Math.clamp(memoryBytes / 16 / 1_048_576, 256L, 2_048L));
    }

    /** Of the machine, or of the container if it has less. */
    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /** For tests: quick rather than durable, and gone with the JVM. */
    public static PostgresOptions forTests() {
        return new PostgresOptions(false, 64, 16, 64, 1024, 60, true, Map.of());
    }

    /** The same with another page cache, in MiB. */
    public PostgresOptions withSharedBuffersMegabytes(int megabytes) {
        return new PostgresOptions(
                durable,
                megabytes,
                workMegabytes,
                maintenanceWorkMegabytes,
                maxWalMegabytes,
                maxConnections,
                stopAtExit,
                settings);
    }

    /** The same, stopped or not stopped at the end of the JVM. */
    public PostgresOptions withStopAtExit(boolean stop) {
        return new PostgresOptions(
                durable,
                sharedBuffersMegabytes,
                workMegabytes,
                maintenanceWorkMegabytes,
                maxWalMegabytes,
                maxConnections,
                stop,
                settings);
    }

    /** The same with one more PostgreSQL setting, such as {@code "wal_compression"}, {@code "off"}. */
    public PostgresOptions withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new PostgresOptions(
                durable,
                sharedBuffersMegabytes,
                workMegabytes,
                maintenanceWorkMegabytes,
                maxWalMegabytes,
                maxConnections,
                stopAtExit,
                more);
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }
}
