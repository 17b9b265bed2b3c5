// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.etmconnect.cortexxdr.stored.HostName;

/**
 * Numbers host names from 0 in the order in which they come, without an object for each: the names' bytes lie in an
 * arena. Names that {@link HostName#key} makes equal get one number.
 */
final class NameTable {

    static final int UNKNOWN = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;
    /** A DNS name has at most 253 characters; what is longer is cut, not refused. */
    private static final int LONGEST = 4096;

    private static final int LENGTH_BYTES = 2;

    private final List<byte[]> chunks = new ArrayList<>();
    private int chunkUsed = CHUNK;
    private long[] starts = new long[1024];
    private int[] hashes = new int[1024];
    private int[] slots = new int[4096];
    private int size;

    private final byte[] key = new byte[LONGEST + Long.BYTES];
    private int keyLength;

    int size() {
        return size;
    }

    /** The number of the name in these characters; given to it now if it is new. UNKNOWN if it is blank. */
    int intern(char[] text, int offset, int length) {
        fold(text, offset, length);
        return keyLength == 0 ? UNKNOWN : at(true);
    }

    /** The number of the name, if it has one; else UNKNOWN. */
    int find(String name) {
        char[] text = name.toCharArray();
        fold(text, 0, text.length);
        return keyLength == 0 ? UNKNOWN : at(false);
    }

    private void fold(char[] text, int offset, int length) {
        int from = offset;
        int to = offset + length;
        while (from < to && isAsciiSpace(text[from])) {
            from++;
        }
        while (from < to && isAsciiSpace(text[to - 1])) {
            to--;
        }
        int count = Math.min(to - from, LONGEST);
        for (int i = 0; i < count; i++) {
            char c = text[from + i];
            if (c >= 0x80) {
                foldUnicode(new String(text, from, to - from));
                return;
            }
            key[i] = (byte) (c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        }
        keyLength = count;
    }

    private void foldUnicode(String name) {
        byte[] bytes = HostName.key(name).getBytes(StandardCharsets.UTF_8);
        keyLength = Math.min(bytes.length, LONGEST);
        System.arraycopy(bytes, 0, key, 0, keyLength);
    }

    private static boolean isAsciiSpace(char c) {
        return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    }

    private int at(boolean add) {
        int hash = hash();
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (hashes[id] == hash && isKey(id)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        if (!add) {
            return UNKNOWN;
        }
        int id = append(hash);
        slots[slot] = id + 1;
        if (size * 2 > slots.length) {
            rehash();
        }
        return id;
    }

    private int hash() {
        long hash = keyLength;
        Arrays.fill(key, keyLength, keyLength + Long.BYTES, (byte) 0);
        for (int i = 0; i < keyLength; i += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(key, i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    private boolean isKey(int id) {
        long start = starts[id];
        byte[] chunk = chunks.get((int) (start >>> CHUNK_BITS));
        int at = (int) (start & (CHUNK - 1));
        int length = (chunk[at] & 0xff) | ((chunk[at + 1] & 0xff) << 8);
        return length == keyLength
                && Arrays.equals(chunk, at + LENGTH_BYTES, at + LENGTH_BYTES + length, key, 0, keyLength);
    }

    private int append(int hash) {
        if (chunkUsed + LENGTH_BYTES + keyLength > CHUNK) {
            chunks.add(new byte[CHUNK]);
            chunkUsed = 0;
        }
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        byte[] chunk = chunks.getLast();
        starts[size] = ((long) (chunks.size() - 1) << CHUNK_BITS) | chunkUsed;
        hashes[size] = hash;
        chunk[chunkUsed] = (byte) keyLength;
        chunk[chunkUsed + 1] = (byte) (keyLength >>> 8);
        System.arraycopy(key, 0, chunk, chunkUsed + LENGTH_BYTES, keyLength);
        chunkUsed += LENGTH_BYTES + keyLength;
        return size++;
    }

    private void rehash() {
        int[] larger = new int[slots.length * 2];
        int mask = larger.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hashes[id] & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = id + 1;
        }
        slots = larger;
    }
}
