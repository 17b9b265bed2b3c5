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
 * arena, some 20 bytes a name with all that finds it. Names that {@link HostName#key} makes equal get one number.
 *
 * <p>CVEs list their hosts in much the same order, so the name that follows the last one in the arena is looked at before
 * the name is looked up.
 */
final class NameTable {

    static final int UNKNOWN = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;
    /** A DNS name has at most 253 characters; what is longer is cut, not refused. */
    private static final int LONGEST = 4096;

    private static final int LENGTH_BYTES = 2;
    /** So many bytes behind a chunk can be read, and are zero: the length of the name that is not there. */
    private static final int SLACK = 16;
    /** The place of every 8th name is kept. */
    private static final int GROUP_BITS = 3;

    private static final int GROUP = 1 << GROUP_BITS;

    private final List<byte[]> chunks = new ArrayList<>();
    private int chunkUsed = CHUNK;
    private long[] groups = new long[128];
    /** A name's number plus one in the low bits, in those above it bits of its hash; 0 where there is none. */
    private int[] slots = new int[4096];

    private int size;

    private final byte[] key = new byte[LONGEST + 2 * Long.BYTES];
    private int keyLength;

    private final Trail[] trails = {new Trail(), new Trail(), new Trail(), new Trail()};
    private int luck = Trail.MOST_LUCK;
    private int lookups;

    /** Where the names stand that follow one that came lately. */
    private static final class Trail {
        static final int AHEAD = 3;
        static final int MOST_LUCK = 64;
        static final int SOMETIMES = 15;

        int id = UNKNOWN;
        /** Where the name after it stands. */
        long next;
    }

    int size() {
        return size;
    }

    /** The number of the name in these characters; given to it now if it is new. UNKNOWN if it is blank. */
    int intern(char[] text, int offset, int length) {
        fold(text, offset, length);
        return keyLength == 0 ? UNKNOWN : at(true);
    }

    /**
     * The same for a name in ASCII.
     *
     * @param text has at least 8 bytes more behind the name
     */
    int intern(byte[] text, int offset, int length) {
        int from = offset;
        int to = offset + length;
        while (from < to && isAsciiSpace((char) text[from])) {
            from++;
        }
        while (from < to && isAsciiSpace((char) text[to - 1])) {
            to--;
        }
        keyLength = Math.min(to - from, LONGEST);
        if (keyLength == 0) {
            return UNKNOWN;
        }
        int i = 0;
        for (; i <= keyLength - Long.BYTES; i += Long.BYTES) {
            LONGS.set(key, i, lowerCase((long) LONGS.get(text, from + i)));
        }
        long rest = (long) LONGS.get(text, from + i) & ~(-1L << ((keyLength - i) * Byte.SIZE));
        LONGS.set(key, i, lowerCase(rest));
        return at(true);
    }

    /** Eight ASCII characters at once. */
    private static long lowerCase(long eight) {
        long ones = 0x0101010101010101L;
        long upper = (eight + (0x80 - 'A') * ones) ^ (eight + (0x7f - 'Z') * ones);
        return eight | ((upper & (0x80 * ones)) >>> 2);
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
        endKey(count);
    }

    private void foldUnicode(String name) {
        byte[] bytes = HostName.key(name).getBytes(StandardCharsets.UTF_8);
        int count = Math.min(bytes.length, LONGEST);
        System.arraycopy(bytes, 0, key, 0, count);
        endKey(count);
    }

    /** The last eight bytes are compared at once, so those behind the name are zero. */
    private void endKey(int length) {
        keyLength = length;
        Arrays.fill(key, length, length + Long.BYTES, (byte) 0);
    }

    private static boolean isAsciiSpace(char c) {
        return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    }

    private int at(boolean add) {
        if (luck > 0 || (++lookups & Trail.SOMETIMES) == 0) {
            int id = onATrail();
            if (id != UNKNOWN) {
                luck = Math.min(Trail.MOST_LUCK, luck + 1);
                return id;
            }
            luck = Math.max(0, luck - 1);
        }
        int hash = hash(key, 0, keyLength);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int id = (slots[slot] & mask) - 1;
            if (((slots[slot] ^ hash) & ~mask) == 0) {
                long place = place(id);
                if (isKeyAt(place)) {
                    follow(id, place);
                    return id;
                }
            }
            slot = (slot + 1) & mask;
        }
        if (!add) {
            return UNKNOWN;
        }
        int id = size;
        long place = append();
        slots[slot] = (hash & ~mask) | (id + 1);
        if (size * 10L > slots.length * 7L) {
            rehash();
        }
        follow(id, place);
        return id;
    }

    private int onATrail() {
        for (int t = 0; t < trails.length; t++) {
            Trail trail = trails[t];
            if (trail.id == UNKNOWN) {
                continue;
            }
            long place = trail.next;
            for (int ahead = 1; ahead <= Trail.AHEAD; ahead++) {
                int length = lengthAt(place);
                if (length == 0) {
                    place = nextChunk(place);
                    length = lengthAt(place);
                    if (length == 0) {
                        break;
                    }
                }
                if (length == keyLength && isKeyAt(place)) {
                    trail.id += ahead;
                    trail.next = place + LENGTH_BYTES + length;
                    if (t > 0) {
                        trails[t] = trails[t - 1];
                        trails[t - 1] = trail;
                    }
                    return trail.id;
                }
                place += LENGTH_BYTES + length;
            }
        }
        return UNKNOWN;
    }

    /** Goes on from this name: on the trail that led to the name before it, or on that which led nowhere for longest. */
    private void follow(int id, long place) {
        Trail trail = trails[trails.length - 1];
        for (Trail known : trails) {
            if (known.id == id - 1) {
                trail = known;
            }
        }
        trail.id = id;
        trail.next = place + LENGTH_BYTES + lengthAt(place);
    }

    private static int hash(byte[] bytes, int from, int length) {
        long hash = length;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, from + i));
        }
        long rest = (long) LONGS.get(bytes, from + i) & ~(-1L << ((length - i) * Byte.SIZE));
        return (int) mix(hash ^ rest);
    }

    private static long mix(long value) {
        long product = value * 0x9E3779B97F4A7C15L;
        return product ^ (product >>> 32);
    }

    private int lengthAt(long place) {
        int index = (int) (place >>> CHUNK_BITS);
        if (index >= chunks.size()) {
            return 0;
        }
        byte[] chunk = chunks.get(index);
        int at = (int) (place & (CHUNK - 1));
        return (chunk[at] & 0xff) | ((chunk[at + 1] & 0xff) << 8);
    }

    private static long nextChunk(long place) {
        return ((place >>> CHUNK_BITS) + 1) << CHUNK_BITS;
    }

    private boolean isKeyAt(long place) {
        byte[] chunk = chunks.get((int) (place >>> CHUNK_BITS));
        int at = (int) (place & (CHUNK - 1));
        int length = (chunk[at] & 0xff) | ((chunk[at + 1] & 0xff) << 8);
        if (length != keyLength) {
            return false;
        }
        int from = at + LENGTH_BYTES;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if ((long) LONGS.get(chunk, from + i) != (long) LONGS.get(key, i)) {
                return false;
            }
        }
        long rest = (long) LONGS.get(chunk, from + i) ^ (long) LONGS.get(key, i);
        return (rest & ~(-1L << ((length - i) * Byte.SIZE))) == 0;
    }

    private long place(int id) {
        long place = groups[id >>> GROUP_BITS];
        for (int left = id & (GROUP - 1); left > 0; left--) {
            place += LENGTH_BYTES + lengthAt(place);
            if (lengthAt(place) == 0) {
                place = nextChunk(place);
            }
        }
        return place;
    }

    private long append() {
        if (chunkUsed + LENGTH_BYTES + keyLength > CHUNK - LENGTH_BYTES) {
            chunks.add(new byte[CHUNK + SLACK]);
            chunkUsed = 0;
        }
        long place = ((long) (chunks.size() - 1) << CHUNK_BITS) | chunkUsed;
        if ((size & (GROUP - 1)) == 0) {
            if (size >>> GROUP_BITS == groups.length) {
                groups = Arrays.copyOf(groups, groups.length * 2);
            }
            groups[size >>> GROUP_BITS] = place;
        }
        byte[] chunk = chunks.getLast();
        chunk[chunkUsed] = (byte) keyLength;
        chunk[chunkUsed + 1] = (byte) (keyLength >>> 8);
        System.arraycopy(key, 0, chunk, chunkUsed + LENGTH_BYTES, keyLength);
        chunkUsed += LENGTH_BYTES + keyLength;
        size++;
        return place;
    }

    private void rehash() {
        int[] larger = new int[slots.length * 2];
        slots = larger;
        int mask = larger.length - 1;
        long place = 0;
        for (int id = 0; id < size; id++) {
            if (lengthAt(place) == 0) {
                place = nextChunk(place);
            }
            int length = lengthAt(place);
            byte[] chunk = chunks.get((int) (place >>> CHUNK_BITS));
            int hash = hash(chunk, (int) (place & (CHUNK - 1)) + LENGTH_BYTES, length);
            int slot = hash & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = (hash & ~mask) | (id + 1);
            place += LENGTH_BYTES + length;
        }
    }
}
