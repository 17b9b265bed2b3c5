// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Divides JSON lines into lines without holding one: a line with a million hosts is as good as any. After {@link
 * #next()}, reading from this stream gives that line and then its end.
 */
final class Lines extends InputStream {

    private static final int BUFFER = 1 << 16;
    /** What is kept of a line to show it to a person. */
    private static final int SHOWN = 8192;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private boolean inLine;
    private final byte[] shown = new byte[SHOWN];
    private int shownLength;
    private long number;

    Lines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line that holds anything; false at the end. What is left of the line before is passed over. */
    boolean next() throws IOException {
        rest();
        while (at < end || fill()) {
            number++;
            shownLength = 0;
            while (at < end || fill()) {
                byte value = buffer[at];
                if (value == '\n') {
                    at++;
                    break;
                }
                if (value > ' ' || value < 0) {
                    inLine = true;
                    return true;
                }
                at++;
            }
        }
        return false;
    }

    /** The line's number, from 1. */
    long number() {
        return number;
    }

    /** The line's beginning, up to 8,192 bytes of it. */
    String shown() throws IOException {
        rest();
        return new String(shown, 0, shownLength, StandardCharsets.UTF_8);
    }

    private void rest() throws IOException {
        byte[] passedOver = new byte[1 << 12];
        while (inLine) {
            read(passedOver, 0, passedOver.length);
        }
    }

    private boolean fill() throws IOException {
        end = in.read(buffer, 0, buffer.length);
        at = 0;
        return end > 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (!inLine) {
            return -1;
        }
        if (at >= end && !fill()) {
            inLine = false;
            return -1;
        }
        int limit = Math.min(end, at + length);
        int newline = at;
        while (newline < limit && buffer[newline] != '\n') {
            newline++;
        }
        int count = newline - at;
        System.arraycopy(buffer, at, to, offset, count);
        int show = Math.min(count, SHOWN - shownLength);
        System.arraycopy(buffer, at, shown, shownLength, show);
        shownLength += show;
        at = newline;
        if (newline < limit) {
            at++;
            inLine = false;
            return count == 0 ? -1 : count;
        }
        return count;
    }
}
