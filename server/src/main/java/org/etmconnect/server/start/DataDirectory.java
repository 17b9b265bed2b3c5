// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where the server keeps everything. Readable by its owner alone. */
record DataDirectory(Path path) {

    static DataDirectory prepare(Path path) {
        try {
            if (Files.notExists(path)) {
                Files.createDirectories(path.toAbsolutePath().normalize().getParent());
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(path.resolve("logs"));
            return new DataDirectory(path.toRealPath());
        } catch (IOException failure) {
            throw new StartFailure(
                    "The data directory " + path + " cannot be used: " + failure
                            + ". Name one that this user may write to with --data.",
                    failure);
        }
    }

    /** Refuses one of which the restoring has not ended. */
    static DataDirectory prepareWhole(Path path) {
        if (Files.exists(path.resolve(RestoreCommand.UNFINISHED))) {
            throw new StartFailure(
                    "A backup was being restored into " + path
                            + ", and that did not end. Delete the directory and run ./etm restore again.",
                    new IllegalStateException(RestoreCommand.UNFINISHED));
        }
        return prepare(path);
    }

    Path database() {
        return path.resolve("database");
    }

    Path snapshots() {
        return path.resolve("snapshots");
    }

    Path work() {
        return path.resolve("work");
    }

    Path deliveries() {
        return path.resolve("deliveries");
    }

    Path keySet() {
        return path.resolve("keys.json");
    }

    Path apiToken() {
        return path.resolve("api-token");
    }

    Path log() {
        return path.resolve("logs").resolve("server.log");
    }
}
