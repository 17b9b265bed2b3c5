// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory of the server's machine. */
final class DirectoryStore implements FileStore {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStore.class);

    private final Path directory;

    DirectoryStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Path draft(String name) throws IOException {
        Files.createDirectories(directory);
        return directory.resolve("." + name + ".part");
    }

    @Override
    public void publish(String name, Path draft) throws IOException {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void remove(String name) {
        try {
            Files.deleteIfExists(directory.resolve(name));
        } catch (IOException stays) {
            LOG.debug("{} stays in {}", name, directory, stays);
        }
    }

    @Override
    public String where() {
        return directory.toString();
    }

    @Override
    public void close() {}
}
