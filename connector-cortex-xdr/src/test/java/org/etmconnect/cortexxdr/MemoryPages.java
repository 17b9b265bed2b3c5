// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.etmconnect.connector.PageSink;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;

/** Pages kept in memory, with the contract of a snapshot. */
public final class MemoryPages implements StoredPages, PageSink {

    private record Kept(StoredPage page, byte[] bytes) {}

    private final ConcurrentSkipListMap<String, Kept> kept = new ConcurrentSkipListMap<>();
    private final AtomicLong ticks = new AtomicLong();

    private static String id(String stream, String key) {
        return stream + "/" + key;
    }

    @Override
    public PageWriter begin(String stream, String key, String request) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return new PageWriter() {
            @Override
            public OutputStream body() {
                return body;
            }

            @Override
            public void commit(long rows, Map<String, String> facts) {
                put(stream, key, request, rows, facts, body.toByteArray());
            }

            @Override
            public void close() {}
        };
    }

    /** Stores a page as a fetch would. */
    public MemoryPages put(
            String stream, String key, String request, long rows, Map<String, String> facts, byte[] bytes) {
        Instant at = Instant.parse("2026-03-01T00:00:00Z").plusMillis(ticks.incrementAndGet());
        StoredPage page = new StoredPage(stream, key, request, rows, bytes.length, sha256(bytes), at, facts);
        kept.put(id(stream, key), new Kept(page, bytes));
        return this;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public void remove(String stream, String key) {
        kept.remove(id(stream, key));
    }

    public String text(String stream, String key) {
        return new String(kept.get(id(stream, key)).bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public List<StoredPage> pages(String stream) {
        return kept.values().stream()
                .map(Kept::page)
                .filter(page -> page.stream().equals(stream))
                .toList();
    }

    @Override
    public Optional<StoredPage> page(String stream, String key) {
        return Optional.ofNullable(kept.get(id(stream, key))).map(Kept::page);
    }

    @Override
    public InputStream open(StoredPage page) {
        return new ByteArrayInputStream(kept.get(id(page.stream(), page.key())).bytes());
    }
}
