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
