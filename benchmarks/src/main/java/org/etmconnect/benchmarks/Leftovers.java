// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What an earlier run left behind. */
public final class Leftovers {

    private Leftovers() {}

    /** Deletes a file or a folder with all it holds, if it is there. Follows no links: what they lead to stays. */
    public static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
