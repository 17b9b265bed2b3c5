// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The server process that a {@code postmaster.pid} speaks of, if it is still that process. */
final class Postmaster {

    private Postmaster() {}

    /**
     * The running server of {@code data}. A number that since went to another program, as happens after a restart of
     * the machine, is not taken for it.
     */
    static Optional<ProcessHandle> of(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        long pid;
        try {
            pid = Long.parseLong(lines.getFirst().strip());
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(process -> serves(process, data));
    }

    /**
     * Ends what a killed server left behind: its processes notice that only when they are idle, and one that still writes
     * while the next server recovers would spoil the database.
     *
     * @throws EmbeddedPostgresException if one does not end within a minute
     */
    static void endOrphans(Path data) {
        List<ProcessHandle> orphans = workingIn(data);
        orphans.forEach(ProcessHandle::destroyForcibly);
        for (int tries = 0; tries < 600 && !workingIn(data).isEmpty(); tries++) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new EmbeddedPostgresException("Interrupted while old processes of " + data + " ended", stopped);
            }
        }
        workingIn(data).stream().findAny().ifPresent(left -> {
            throw new EmbeddedPostgresException("Process " + left.pid() + " of the PostgreSQL that had " + data
                    + " before does not end. End it, then start again.");
        });
    }

    private static List<ProcessHandle> workingIn(Path data) {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .filter(process -> {
                    try {
                        // A person may stand in the directory, too.
                        return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data)
                                && process.info()
                                        .command()
                                        .map(command -> command.endsWith("/postgres"))
                                        .orElse(false);
                    } catch (IOException notOurs) {
                        return false;
                    }
                })
                .toList();
    }

    private static boolean serves(ProcessHandle process, Path data) {
        try {
            // PostgreSQL works in its data directory.
            return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
        } catch (IOException hidden) {
            return process.info()
                    .command()
                    .map(command -> command.endsWith("/postgres"))
                    .orElse(false);
        }
    }
}
