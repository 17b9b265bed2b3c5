// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.IOException;
import java.io.InputStream;

/** Counts the rows of JSON lines in passing. */
final class RowCounter {

    private static final int BUFFER = 1 << 16;

    private long rows;
    private byte lastOfLine;

    /** How many lines hold anything, a cut-off last one not counted. */
    static RowCounter of(InputStream lines) throws IOException {
        RowCounter counter = new RowCounter();
        byte[] buffer = new byte[BUFFER];
        for (int read = lines.read(buffer); read >= 0; read = lines.read(buffer)) {
            counter.take(buffer, read);
        }
        return counter;
    }

    private void take(byte[] buffer, int length) {
        byte last = lastOfLine;
        long count = rows;
        for (int i = 0; i < length; i++) {
            byte value = buffer[i];
            if (value == '\n') {
                if (last != 0) {
                    count++;
                    last = 0;
                }
            } else if (value > ' ' || value < 0) {
                last = value;
            }
        }
        lastOfLine = last;
        rows = count;
    }

    /** Whether the last line breaks off within its object. */
    boolean cutOff() {
        return lastOfLine != 0 && lastOfLine != '}';
    }

    long rows() {
        return rows + (lastOfLine == '}' ? 1 : 0);
    }
}
