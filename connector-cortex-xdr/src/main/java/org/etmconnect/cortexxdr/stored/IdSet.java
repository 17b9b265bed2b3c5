// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** A set of endpoint ids: 16 bytes for each of the usual 32 hexadecimal digits, exact also for any other text. */
public final class IdSet {

    private static final int DIGITS = 32;

    private long[] slots = new long[2 << 10];
    private int size;
    private boolean zero;
    private final Set<String> others = new HashSet<>();

    /** Adds {@code id}; whether it was not there yet. */
    public boolean add(String id) {
        if (id.length() != DIGITS) {
            return others.add(id);
        }
        long high = hex(id, 0);
        long low = hex(id, DIGITS / 2);
        if (!isLowerHex(id)) {
            return others.add(id);
        }
        if (high == 0 && low == 0) {
            boolean added = !zero;
            zero = true;
            return added;
        }
        if (size * 2 >= slots.length / 2) {
            grow();
        }
        return put(slots, high, low);
    }

    private boolean put(long[] table, long high, long low) {
        int mask = table.length / 2 - 1;
        int slot = spread(high, low) & mask;
        while (table[2 * slot] != 0 || table[2 * slot + 1] != 0) {
            if (table[2 * slot] == high && table[2 * slot + 1] == low) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        table[2 * slot] = high;
        table[2 * slot + 1] = low;
        size++;
        return true;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 2];
        Arrays.fill(slots, 0);
        size = 0;
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 || old[i + 1] != 0) {
                put(slots, old[i], old[i + 1]);
            }
        }
    }

    private static int spread(long high, long low) {
        long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 33);
    }

    private static boolean isLowerHex(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static long hex(String id, int from) {
        long value = 0;
        for (int i = from; i < from + DIGITS / 2; i++) {
            value = (value << 4) | (Character.digit(id.charAt(i), 16) & 0xf);
        }
        return value;
    }
}
