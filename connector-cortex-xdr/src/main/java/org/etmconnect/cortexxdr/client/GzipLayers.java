// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Undoes gzip for as long as the bytes begin like gzip: a result stream may be compressed by the call and once more by
 * the transport, and no header says so (Cortex XDR API reference, get_query_results_stream).
 */
final class GzipLayers {

    /** More layers than this are no accident of transport. */
    private static final int MOST_LAYERS = 4;

    private static final int BUFFER = 1 << 16;

    private GzipLayers() {}

    static InputStream undo(InputStream raw) throws IOException {
        BufferedInputStream bytes = new BufferedInputStream(new HonestlyAvailable(raw), BUFFER);
        for (int layer = 0; layer < MOST_LAYERS; layer++) {
            bytes.mark(2);
            int first = bytes.read();
            int second = bytes.read();
            bytes.reset();
            if (first != 0x1f || second != 0x8b) {
                return bytes;
            }
            bytes = new BufferedInputStream(new GZIPInputStream(bytes, BUFFER), BUFFER);
        }
        throw new IOException("The answer is compressed more than " + MOST_LAYERS + " times over.");
    }

    /** GZIPInputStream takes "nothing available yet" of a socket for the end and would drop further gzip members. */
    private static final class HonestlyAvailable extends FilterInputStream {

        private boolean ended;

        HonestlyAvailable(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            ended |= value < 0;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            ended |= read < 0;
            return read;
        }

        @Override
        public int available() {
            return ended ? 0 : 1;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
