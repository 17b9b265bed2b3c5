// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import org.etmconnect.connector.StoredPage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Files of a snapshot that are damaged: the first part is the journal, then the seal, then a page, divided by NUL bytes. */
class SnapshotFuzzTest {

    @TempDir
    static Path directory;

    @BeforeAll
    static void folders() throws IOException {
        Files.createDirectories(directory.resolve("pages/endpoints"));
    }

    @FuzzTest
    void aDamagedSnapshotIsReadOrSaysWhichFileIsDamaged(byte[] data) throws IOException {
        int first = end(data, 0);
        int second = end(data, first + 1);
        Files.write(directory.resolve("journal.jsonl"), Arrays.copyOfRange(data, 0, first));
        Files.write(directory.resolve("seal.json"), part(data, first + 1, second));
        Files.write(directory.resolve("pages/endpoints/p0.zst"), part(data, second + 1, data.length));
        try {
            Snapshot snapshot = Snapshot.open(directory, Clock.systemUTC(), true);
            snapshot.seal();
            for (StoredPage page : snapshot.pages("endpoints")) {
                try (InputStream body = snapshot.open(page)) {
                    body.readNBytes(1 << 20);
                } catch (IOException damaged) {
                    assertThat(damaged.getMessage()).isNotBlank();
                }
            }
        } catch (UncheckedIOException damaged) {
            assertThat(damaged.getMessage() + damaged.getCause()).contains(directory.toString());
        }
    }

    private static int end(byte[] data, int from) {
        int end = Math.min(from, data.length);
        while (end < data.length && data[end] != 0) {
            end++;
        }
        return end;
    }

    private static byte[] part(byte[] data, int from, int to) {
        return from >= to ? new byte[0] : Arrays.copyOfRange(data, from, to);
    }
}
