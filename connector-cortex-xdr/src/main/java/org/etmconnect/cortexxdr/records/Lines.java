// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Divides JSON lines into lines without holding one: a line with a million hosts is as good as any. After {@link
 * #next()}, reading from this stream gives that line and then its end.
 *
 * <p>One list of texts of a row may be cut out on the way, which is most of what a large tenant's rows hold: its texts are
 * handed over as they lie there, and who reads the line finds the list without them. What is not plain (another character
 * than ASCII, an escape, a number, bad JSON) stays in the line, with all that follows it in the list.
 */
final class Lines extends InputStream {

    private static final int BUFFER = 1 << 16;
    /** Behind what was read, so that eight bytes can be looked at anywhere in it. */
    private static final int SLACK = 8;
    /** What is kept of a line to show it to a person. */
    private static final int SHOWN = 8192;

    /** Takes the texts that are cut out. */
    @FunctionalInterface
    interface Texts {
        /** A text, without quotes, in ASCII and without escapes. Eight bytes more can be read behind it. */
        void take(byte[] bytes, int from, int to) throws IOException;
    }

    private enum Cut {
        /** Reads what is to stay, and looks for the list. */
        LOOKING,
        /** Within the list, at a text or the list's end. */
        WITHIN,
        /** Nothing is to be cut out of the line any more. */
        OVER
    }

    private final InputStream in;
    private final byte[] field;
    private final Texts texts;
    private byte[] buffer = new byte[BUFFER + SLACK];
    private int at;
    private int end;
    private boolean inLine;
    private final byte[] shown = new byte[SHOWN];
    private int shownLength;
    private long number;

    private Cut cut = Cut.OVER;
    private int depth;
    private boolean inText;
    private boolean escaped;
    /** How much of the field's name the text at hand has been so far; negative if it is another. */
    private int matched;

    private boolean nameEnded;
    private boolean colon;
    private boolean afterComma;
    /** Given out before what comes next. */
    private boolean commaFirst;

    Lines(InputStream in) {
        this(in, "", (bytes, from, to) -> {});
    }

    /** @param field the field of each row whose texts {@code texts} takes; empty for none */
    Lines(InputStream in, String field, Texts texts) {
        this.in = in;
        this.field = field.getBytes(StandardCharsets.US_ASCII);
        this.texts = texts;
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
                    begin();
                    return true;
                }
                at++;
            }
        }
        return false;
    }

    private void begin() {
        inLine = true;
        cut = field.length == 0 ? Cut.OVER : Cut.LOOKING;
        depth = 0;
        inText = false;
        escaped = false;
        matched = -1;
        nameEnded = false;
        colon = false;
        commaFirst = false;
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
        cut = Cut.OVER;
        while (inLine) {
            if (at >= end && !fill()) {
                inLine = false;
                return;
            }
            int newline = newline(at, end);
            show(at, newline);
            at = newline;
            endAtNewline(end);
        }
    }

    private int newline(int from, int limit) {
        int newline = from;
        while (newline < limit && buffer[newline] != '\n') {
            newline++;
        }
        return newline;
    }

    private void endAtNewline(int limit) {
        if (at < limit) {
            at++;
            inLine = false;
        }
    }

    private void show(int from, int to) {
        int show = Math.min(to - from, SHOWN - shownLength);
        if (show > 0) {
            System.arraycopy(buffer, from, shown, shownLength, show);
            shownLength += show;
        }
    }

    private boolean fill() throws IOException {
        end = Math.max(0, in.read(buffer, 0, BUFFER));
        at = 0;
        return end > 0;
    }

    /** Reads on behind what is in the buffer from {@code at} on; false if nothing more comes or there is no room. */
    private boolean more() throws IOException {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        end -= at;
        at = 0;
        if (end == BUFFER) {
            return false;
        }
        int read = in.read(buffer, end, BUFFER - end);
        end += Math.max(0, read);
        return read > 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        while (inLine) {
            if (cut == Cut.WITHIN) {
                cutOut();
            }
            if (commaFirst) {
                commaFirst = false;
                to[offset] = ',';
                return 1;
            }
            if (at >= end && !fill()) {
                inLine = false;
                return -1;
            }
            int limit = Math.min(end, at + length);
            int stop = cut == Cut.LOOKING ? look(limit) : newline(at, limit);
            int count = stop - at;
            System.arraycopy(buffer, at, to, offset, count);
            show(at, stop);
            at = stop;
            if (cut != Cut.WITHIN) {
                endAtNewline(limit);
            }
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    /** Where what is to be given out ends: before a newline or at {@code limit}, or behind the list's opening bracket. */
    private int look(int limit) {
        for (int i = at; i < limit; i++) {
            byte value = buffer[i];
            if (value == '\n') {
                return i;
            }
            if (inText) {
                if (escaped) {
                    escaped = false;
                    matched = -1;
                } else if (value == '\\') {
                    escaped = true;
                } else if (value == '"') {
                    inText = false;
                    nameEnded = matched == field.length;
                } else if (matched >= 0) {
                    matched = matched < field.length && field[matched] == value ? matched + 1 : -1;
                }
                continue;
            }
            switch (value) {
                case ' ', '\t', '\r' -> {}
                case '"' -> {
                    inText = true;
                    matched = depth == 1 ? 0 : -1;
                    nameEnded = false;
                    colon = false;
                }
                case ':' -> {
                    colon = nameEnded;
                    nameEnded = false;
                }
                case '[' -> {
                    depth++;
                    if (colon) {
                        cut = Cut.WITHIN;
                        afterComma = false;
                        return i + 1;
                    }
                }
                case '{' -> {
                    depth++;
                    colon = false;
                }
                case '}', ']' -> depth--;
                default -> {
                    nameEnded = false;
                    colon = false;
                }
            }
        }
        return limit;
    }

    /** Hands over texts up to the list's end, or to what is not plain. */
    private void cutOut() throws IOException {
        while (true) {
            int from = afterSpace(at);
            if (from == end) {
                show(at, end);
                at = end;
                if (fill()) {
                    continue;
                }
                leave();
                return;
            }
            if (buffer[from] != '"') {
                leave();
                return;
            }
            int to = from + 1;
            while (to < end && isPlain(buffer[to])) {
                to++;
            }
            int behind = to < end && buffer[to] == '"' ? afterSpace(to + 1) : to;
            if (behind == end) {
                if (more()) {
                    continue;
                }
                leave();
                return;
            }
            byte next = buffer[behind];
            if (buffer[to] != '"' || (next != ',' && next != ']')) {
                leave();
                return;
            }
            texts.take(buffer, from + 1, to);
            show(at, behind);
            if (next == ']') {
                at = behind;
                afterComma = false;
                leave();
                return;
            }
            show(behind, behind + 1);
            at = behind + 1;
            afterComma = true;
        }
    }

    /** What follows stays. A comma before the list's end is given back, so that the list is as bad as it was. */
    private void leave() {
        int from = afterSpace(at);
        commaFirst = afterComma && from < end && buffer[from] == ']';
        cut = Cut.LOOKING;
        colon = false;
    }

    private int afterSpace(int from) {
        int i = from;
        while (i < end && (buffer[i] == ' ' || buffer[i] == '\t' || buffer[i] == '\r')) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(byte value) {
        return value >= ' ' && value != '"' && value != '\\';
    }
}
