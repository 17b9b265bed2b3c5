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

    /** JSON that repeats itself packs to a twentieth, perhaps; gzip's utmost is a thousandth, for each layer. */
    private static final int MOST_TIMES_ITS_SIZE = 250;

    /** Below this, how well an answer is packed does not matter. */
    private static final long ANY_RATIO_BYTES = 16L << 20;

    private static final int BUFFER = 1 << 16;

    private GzipLayers() {}

    static InputStream undo(InputStream raw) throws IOException {
        HonestlyAvailable packed = new HonestlyAvailable(raw);
        BufferedInputStream bytes = new BufferedInputStream(packed, BUFFER);
        for (int layer = 0; ; layer++) {
            bytes.mark(2);
            int first = bytes.read();
            int second = bytes.read();
            bytes.reset();
            if (first != 0x1f || second != 0x8b) {
                return bytes;
            }
            if (layer == MOST_LAYERS) {
                throw new Refused("It is compressed more than " + MOST_LAYERS + " times over.");
            }
            bytes = new BufferedInputStream(new Measured(new GZIPInputStream(bytes, BUFFER), packed), BUFFER);
        }
    }

    /** What was sent is made to be unpacked and not to be read. The message is a sentence about the answer. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** Unpacks no more than could be meant. Each layer is measured, or one could swell out of sight below the next. */
    private static final class Measured extends FilterInputStream {

        private final HonestlyAvailable packed;
        private long unpacked;

        Measured(InputStream in, HonestlyAvailable packed) {
            super(in);
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            count(Math.max(read, 0));
            return read;
        }

        private void count(int more) throws Refused {
            unpacked += more;
            if (unpacked > ANY_RATIO_BYTES && unpacked / MOST_TIMES_ITS_SIZE > packed.count()) {
                throw new Refused("It unpacks to more than " + MOST_TIMES_ITS_SIZE + " times its size.");
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    /** GZIPInputStream takes "nothing available yet" of a socket for the end and would drop further gzip members. */
    private static final class HonestlyAvailable extends FilterInputStream {

        private boolean ended;
        private long count;

        HonestlyAvailable(InputStream in) {
            super(in);
        }

        long count() {
            return count;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            ended |= value < 0;
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            ended |= read < 0;
            count += Math.max(read, 0);
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
