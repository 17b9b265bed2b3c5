// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;

/** Sets of ints as ascending arrays without doubles. */
final class SortedInts {

    static final int[] EMPTY = {};

    private SortedInts() {}

    /** The elements of {@code a} that are not in {@code b}; {@code a} itself if that is all of them. */
    static int[] minus(int[] a, int[] b) {
        if (b.length == 0 || a.length == 0) {
            return a;
        }
        int[] result = new int[a.length];
        int count = 0;
        int j = 0;
        for (int value : a) {
            while (j < b.length && b[j] < value) {
                j++;
            }
            if (j == b.length || b[j] != value) {
                result[count++] = value;
            }
        }
        return count == a.length ? a : Arrays.copyOf(result, count);
    }

    /** The elements in both. */
    static int[] common(int[] a, int[] b) {
        int[] result = new int[Math.min(a.length, b.length)];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] < b[j]) {
                i++;
            } else if (a[i] > b[j]) {
                j++;
            } else {
                result[count++] = a[i];
                i++;
                j++;
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** The elements in either. */
    static int[] union(int[] a, int[] b) {
        if (a.length == 0) {
            return b;
        }
        if (b.length == 0) {
            return a;
        }
        int[] result = new int[a.length + b.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            if (j == b.length || (i < a.length && a[i] < b[j])) {
                result[count++] = a[i++];
            } else {
                if (i < a.length && a[i] == b[j]) {
                    i++;
                }
                result[count++] = b[j++];
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** The set of {@code values}, which may come in any order and with doubles; the array itself if it is one already. */
    static int[] of(int[] values) {
        boolean ascending = true;
        for (int i = 1; i < values.length && ascending; i++) {
            ascending = values[i - 1] < values[i];
        }
        if (ascending) {
            return values;
        }
        // A stream would keep each number as an object to find doubles: it took a tenth of a run's processor time.
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        int count = 1;
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] != sorted[i - 1]) {
                sorted[count++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, count);
    }

    static Integer[] boxed(int[] values) {
        return Arrays.stream(values).boxed().toArray(Integer[]::new);
    }

    static int[] read(Array column) throws SQLException {
        Integer[] boxed = (Integer[]) column.getArray();
        return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
    }
}
