// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.Arrays;

/** A list of ints that is filled again and again. */
final class IntBuffer {

    private int[] values = new int[256];
    private int size;

    void clear() {
        size = 0;
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    int get(int index) {
        return values[index];
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
