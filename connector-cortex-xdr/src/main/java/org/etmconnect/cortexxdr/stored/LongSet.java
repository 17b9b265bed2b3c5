// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

/** A growing set of longs in one array. */
final class LongSet {

    private long[] slots = new long[1 << 10];
    private int size;
    private boolean zero;

    /** Adds {@code value}; whether it was not there yet. */
    boolean add(long value) {
        if (value == 0) {
            boolean added = !zero;
            zero = true;
            return added;
        }
        if (size * 4L >= slots.length * 3L) {
            grow();
        }
        return put(value);
    }

    private boolean put(long value) {
        int mask = slots.length - 1;
        int slot = (int) ((value * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (slots[slot] != 0) {
            if (slots[slot] == value) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = value;
        size++;
        return true;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 2];
        size = 0;
        for (long value : old) {
            if (value != 0) {
                put(value);
            }
        }
    }
}
