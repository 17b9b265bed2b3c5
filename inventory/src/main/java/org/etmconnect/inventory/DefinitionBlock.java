// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Definitions as a row of {@code finding_cohort} holds them: two bytes each, and of which 65,536 ids they are. Its order is that
 * of the ids.
 *
 * @param number which ids: from 65,536 × number
 * @param elements of each id how far it is from the middle of its block. Not copied; nobody changes it.
 */
@SuppressWarnings("ArrayRecordComponent") // millions of them: a short[] is the point
public record DefinitionBlock(short number, short[] elements) {

    private static final int BITS = 16;
    private static final int MIDDLE = 1 << (BITS - 1);

    /**
     * The blocks of some definitions, by number.
     *
     * @param ids positive, ascending
     */
    public static List<DefinitionBlock> of(int[] ids) {
        List<DefinitionBlock> blocks = new ArrayList<>(1);
        int from = 0;
        while (from < ids.length) {
            int number = ids[from] >> BITS;
            int to = from + 1;
            while (to < ids.length && ids[to] >> BITS == number) {
                to++;
            }
            int base = base((short) number);
            short[] elements = new short[to - from];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = (short) (ids[from + i] - base);
            }
            blocks.add(new DefinitionBlock((short) number, elements));
            from = to;
        }
        return blocks;
    }

    /** What is added to an element of a block to have its id. */
    public static int base(short number) {
        return (number << BITS) + MIDDLE;
    }

    /** The block with one definition. */
    public static DefinitionBlock of(int id) {
        return of(new int[] {id}).getFirst();
    }

    /** The definitions' ids, ascending. */
    public int[] ids() {
        int base = base(number);
        int[] ids = new int[elements.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = base + elements[i];
        }
        return ids;
    }

    /** Reads columns of the database. */
    public static DefinitionBlock read(short number, Array elements) throws SQLException {
        Short[] boxed = (Short[]) elements.getArray();
        short[] unboxed = new short[boxed.length];
        for (int i = 0; i < unboxed.length; i++) {
            unboxed[i] = boxed[i];
        }
        return new DefinitionBlock(number, unboxed);
    }
}
