// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.etmconnect.inventory.backup.DatabaseContents.Table;
import org.etmconnect.inventory.backup.TableDump;
import tools.jackson.databind.json.JsonMapper;

/** Writes a backup: the tables as of one moment, then the snapshots as they are by then, then the keys. */
final class BackupWriter {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String JOURNAL = "journal.jsonl";
    private static final String SEAL = "seal.json";

    private final ZipOutputStream zip;
    private final Map<String, Long> written = new LinkedHashMap<>();

    /** @param out stays open */
    BackupWriter(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
    }

    /** @param keys the key set's file's content, if it is to be in the backup */
    void write(BackupManifest manifest, TableDump dump, Path snapshots, Optional<byte[]> keys) throws IOException {
        entry(BackupManifest.ENTRY, JSON.writeValueAsBytes(manifest));
        for (Table table : manifest.database().tables()) {
            zip.putNextEntry(new ZipEntry(BackupManifest.TABLES + table.name()));
            written.put(table.name(), dump.write(table, zip));
            zip.closeEntry();
        }
        if (keys.isPresent()) {
            entry(BackupManifest.KEYS, keys.get());
        }
        if (Files.isDirectory(snapshots)) {
            for (Path connection : entries(snapshots)) {
                for (Path run : entries(connection)) {
                    snapshot(snapshots, run);
                }
            }
        }
        entry(BackupManifest.END, JSON.writeValueAsBytes(Map.of("rows", written)));
        zip.finish();
        zip.flush();
    }

    /**
     * A run may be writing it, or deleting it as an old one. The seal is read first: if there is one, all pages are there
     * and in the journal. The journal is read before the pages: what it names is there, unless it is being deleted; then
     * the restored snapshot does not count as sealed.
     */
    private void snapshot(Path snapshots, Path run) throws IOException {
        file(snapshots, run.resolve(SEAL));
        file(snapshots, run.resolve(JOURNAL));
        for (Path stream : entries(run.resolve("pages"))) {
            for (Path page : entries(stream)) {
                if (page.getFileName().toString().endsWith(".zst")) {
                    file(snapshots, page);
                }
            }
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return new ArrayList<>(entries.sorted().toList());
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException gone) {
            return List.of();
        }
    }

    private void file(Path root, Path file) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            return;
        }
        entry(BackupManifest.SNAPSHOTS + root.relativize(file), content);
    }

    private void entry(String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
