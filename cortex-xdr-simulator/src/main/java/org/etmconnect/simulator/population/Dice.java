// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/** Random numbers that depend on nothing but what is thrown in. */
final class Dice {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Dice() {}

    /** The finishing step of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). */
    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    static long roll(long base, long salt) {
        return mix(base + salt * GOLDEN);
    }

    /** A number from 0 to {@code bound - 1}. */
    static int below(int bound, long roll) {
        return (int) Math.multiplyHigh(roll >>> 1, (long) bound << 1);
    }

    /** A number from 0 (inclusive) to 1 (exclusive). */
    static double fraction(long roll) {
        return (roll >>> 11) * 0x1.0p-53;
    }
}
