// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.snapshot;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.StoredPage;

/** Writes a page beside its name and renames it once it is whole, so that a half page never has its name. */
final class PageFileWriter implements PageWriter {

    private static final int COMPRESSION_LEVEL = 3;

    private final Snapshot snapshot;
    private final Path file;
    private final Path temporary;
    private final String stream;
    private final String key;
    private final String request;
    private final MessageDigest digest;
    private final FileChannel channel;
    private final ZstdOutputStream compressed;
    private final OutputStream body;
    private long bytes;
    private boolean ended;

    PageFileWriter(Snapshot snapshot, Path file, String stream, String key, String request) {
        this.snapshot = snapshot;
        this.file = file;
        this.temporary = file.resolveSibling(file.getFileName() + ".new");
        this.stream = stream;
        this.key = key;
        this.request = request;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
            Files.createDirectories(file.getParent());
            this.channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
            this.compressed = new ZstdOutputStream(Channels.newOutputStream(channel), COMPRESSION_LEVEL);
            compressed.setChecksum(true);
            compressed.setCloseFrameOnFlush(true);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the page " + temporary, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
        this.body = new Body();
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public void commit(long rows, Map<String, String> facts) {
        if (ended) {
            throw new IllegalStateException("The page " + key + " of " + stream + " has ended already.");
        }
        ended = true;
        try {
            // Ends the frame but not the file, which must be forced to disk before it is closed.
            compressed.flush();
            snapshot.force(channel);
            compressed.close();
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            snapshot.forceFolder(snapshot.folder().resolve("pages").resolve(stream));
            snapshot.commit(new StoredPage(
                    stream,
                    key,
                    request,
                    rows,
                    bytes,
                    HexFormat.of().formatHex(digest.digest()),
                    snapshot.clock().instant(),
                    facts));
        } catch (IOException e) {
            discard();
            throw new UncheckedIOException("Cannot store the page " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        discard();
    }

    /** Says nothing of what fails: on a full disk even the end of a page cannot be written, and it is not wanted. */
    private void discard() {
        try (channel) {
            compressed.close();
        } catch (IOException unwanted) {
            // the file goes all the same
        }
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException left) {
            // written over by the next page of its name
        }
    }

    private final class Body extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            digest.update(buffer, offset, length);
            compressed.write(buffer, offset, length);
            bytes += length;
        }
    }
}
