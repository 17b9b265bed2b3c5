// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.etmconnect.connector.PageSink;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One run's pages on disk. A page is there once its line stands in the journal; what a crash leaves beside that is
 * ignored and overwritten. Safe for use by several threads of one process; only one process may have it open to write.
 */
public final class Snapshot implements StoredPages, PageSink {

    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,119}");
    private static final int MOST_SHARED = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Path journal;
    private final Clock clock;
    private final boolean durable;
    private final Map<String, NavigableMap<String, StoredPage>> streams = new ConcurrentHashMap<>();
    /** Where the journal's last whole line ends; what stands behind it is left of a write that failed. */
    private long journalEnd;

    private int lostPages;

    private Snapshot(Path folder, Clock clock, boolean durable) {
        this.folder = folder;
        this.journal = folder.resolve("journal.jsonl");
        this.clock = clock;
        this.durable = durable;
    }

    static Snapshot open(Path folder, Clock clock, boolean durable) {
        Snapshot snapshot = new Snapshot(folder, clock, durable);
        try {
            Files.createDirectories(folder);
            snapshot.readJournal();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open the snapshot " + folder, e);
        }
        return snapshot;
    }

    private void readJournal() throws IOException {
        if (!Files.exists(journal)) {
            return;
        }
        byte[] bytes = Files.readAllBytes(journal);
        Map<String, String> same = new HashMap<>();
        int lineStart = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                StoredPage page = page(bytes, lineStart, i);
                if (Files.exists(file(page.stream(), page.key()))) {
                    add(sharing(page, same));
                } else {
                    lostPages++;
                }
                lineStart = i + 1;
            }
        }
        // A crash may have torn the last line; its page was never committed, and the next line takes its place.
        journalEnd = lineStart;
    }

    /** The page with texts that others have too held once: a large tenant has a hundred thousand pages. */
    private static StoredPage sharing(StoredPage page, Map<String, String> same) {
        Map<String, String> facts = new HashMap<>();
        page.facts().forEach((fact, value) -> {
            String name = same.computeIfAbsent(fact, known -> known);
            // what one page says of itself is hardly said by the next
            String before = same.size() < MOST_SHARED ? same.putIfAbsent(value, value) : same.get(value);
            facts.put(name, before == null ? value : before);
        });
        return new StoredPage(
                same.computeIfAbsent(page.stream(), known -> known),
                page.key(),
                page.request(),
                page.rows(),
                page.bytes(),
                page.sha256(),
                page.fetchedAt(),
                facts);
    }

    private StoredPage page(byte[] bytes, int from, int to) throws IOException {
        String told = "Line at byte " + from + " of " + journal
                + " is not a page. The file was damaged: delete the snapshot's folder and run again.";
        StoredPage page;
        try {
            page = JSON.readValue(bytes, from, to - from, StoredPage.class);
        } catch (JacksonException e) {
            throw new IOException(told, e);
        }
        // "null" is JSON too
        if (page == null || !isSafe(page.stream()) || !isSafe(page.key())) {
            throw new IOException(told);
        }
        return page;
    }

    private static boolean isSafe(@Nullable String name) {
        return name != null && SAFE_NAME.matcher(name).matches();
    }

    private void add(StoredPage page) {
        NavigableMap<String, StoredPage> pages = streams.computeIfAbsent(page.stream(), stream -> new TreeMap<>());
        synchronized (pages) {
            pages.put(page.key(), page);
        }
    }

    @Override
    public List<StoredPage> pages(String stream) {
        NavigableMap<String, StoredPage> pages = streams.get(stream);
        if (pages == null) {
            return List.of();
        }
        synchronized (pages) {
            return List.copyOf(pages.values());
        }
    }

    @Override
    public Optional<StoredPage> page(String stream, String key) {
        NavigableMap<String, StoredPage> pages = streams.get(stream);
        if (pages == null) {
            return Optional.empty();
        }
        synchronized (pages) {
            return Optional.ofNullable(pages.get(key));
        }
    }

    @Override
    public InputStream open(StoredPage page) throws IOException {
        return new ZstdInputStream(
                new BufferedInputStream(Files.newInputStream(file(page.stream(), page.key())), 1 << 16));
    }

    @Override
    public PageWriter begin(String stream, String key, String request) {
        if (seal().isPresent()) {
            throw new IllegalStateException("The snapshot " + folder + " is closed; no page can be added.");
        }
        return new PageFileWriter(this, file(stream, key), stream, key, request);
    }

    /** Called by the writer once the page's file is on disk under its name. */
    void commit(StoredPage page) throws IOException {
        byte[] line = (JSON.writeValueAsString(page) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // A full disk takes a part of a line; appended to, it would spoil the next one.
                channel.truncate(journalEnd);
                channel.position(journalEnd);
                writeWhole(channel, line);
                force(channel);
            }
            if (journalEnd == 0) {
                forceFolder(folder);
            }
            journalEnd += line.length;
        }
        add(page);
    }

    Clock clock() {
        return clock;
    }

    private Path file(String stream, String key) {
        if (!isSafe(stream) || !isSafe(key)) {
            throw new IllegalArgumentException(
                    "A page's stream and key are file names of letters, digits, '.', '_' and '-': " + stream + ", "
                            + key);
        }
        return folder.resolve("pages").resolve(stream).resolve(key + ".zst");
    }

    /**
     * How the snapshot ended; empty while it is open. One that lost a page since is not sealed, whatever was said when it
     * was closed; a seal of which only a part was written is none.
     */
    public Optional<Seal> seal() {
        Path file = folder.resolve("seal.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Optional<Seal> seal = Optional.ofNullable(JSON.readValue(Files.readAllBytes(file), Seal.class));
            return lostPages == 0 ? seal : seal.map(this::withoutLostPages);
        } catch (JacksonException torn) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private Seal withoutLostPages(Seal seal) {
        List<String> missing = new ArrayList<>(seal.missing());
        missing.add(
                lostPages == 1
                        ? "1 page of the snapshot is gone from " + folder + ". Run the profile to fetch it again."
                        : lostPages + " pages of the snapshot are gone from " + folder
                                + ". Run the profile to fetch them again.");
        return new Seal(false, seal.at(), missing, seal.rows());
    }

    /**
     * Ends the snapshot. Said again, the first word stands.
     *
     * @param missing what is missing; empty seals it
     * @param rows how many rows of each stream it holds
     */
    public Seal close(List<String> missing, Map<String, Long> rows) {
        Optional<Seal> earlier = seal();
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Seal seal = new Seal(missing.isEmpty(), clock.instant(), missing, rows);
        Path file = folder.resolve("seal.json");
        Path temporary = folder.resolve("seal.json.new");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writeWhole(channel, JSON.writeValueAsBytes(seal));
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        return seal;
    }

    /** A full disk may take a part and say nothing; it refuses the rest. */
    private static void writeWhole(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Makes what was written survive a power cut. */
    void force(FileChannel channel) throws IOException {
        if (durable) {
            channel.force(true);
        }
    }

    /** Makes names that were given in a folder survive a power cut. */
    void forceFolder(Path named) throws IOException {
        if (durable) {
            try (FileChannel channel = FileChannel.open(named, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The folder it is kept in. */
    public Path folder() {
        return folder;
    }
}
