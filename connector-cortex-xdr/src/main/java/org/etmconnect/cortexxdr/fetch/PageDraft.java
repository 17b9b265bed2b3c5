// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Supplier;
import org.etmconnect.connector.PageWriter;
import org.jspecify.annotations.Nullable;

/**
 * A page that may turn out not to be one: an answer is stored as it is read, and only at its end is it known whether it
 * brought rows or said "pending". Small answers stay in memory, so that "pending" costs no file.
 */
final class PageDraft implements AutoCloseable {

    private static final int IN_MEMORY = 1 << 18;

    private final Supplier<PageWriter> page;
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private @Nullable PageWriter writer;
    private @Nullable OutputStream body;

    PageDraft(Supplier<PageWriter> page) {
        this.page = page;
    }

    /** {@code answer}, each byte of which goes into the draft as it is read. */
    InputStream copying(InputStream answer) {
        return new FilterInputStream(answer) {
            @Override
            public int read() throws IOException {
                int value = in.read();
                if (value >= 0) {
                    write(new byte[] {(byte) value}, 0, 1);
                }
                return value;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = in.read(buffer, offset, length);
                if (read > 0) {
                    write(buffer, offset, read);
                }
                return read;
            }

            @Override
            public long skip(long count) throws IOException {
                return readNBytes((int) Math.min(count, 1 << 16)).length;
            }

            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        if (body == null && beginning.size() + length <= IN_MEMORY) {
            beginning.write(bytes, offset, length);
        } else {
            open().write(bytes, offset, length);
        }
    }

    private OutputStream open() throws IOException {
        OutputStream to = body;
        if (to == null) {
            PageWriter opened = page.get();
            writer = opened;
            to = opened.body();
            body = to;
            beginning.writeTo(to);
        }
        return to;
    }

    void commit(long rows, Map<String, String> facts) throws IOException {
        open();
        PageWriter opened = writer;
        if (opened != null) {
            opened.commit(rows, facts);
        }
    }

    @Override
    public void close() {
        PageWriter opened = writer;
        if (opened != null) {
            opened.close();
        }
    }
}
