// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.etmconnect.inventory.DefinitionBlock;

/** Whether a row of findings holds definitions, and which. */
final class Holding {

    /** Up to so many, comparing arrays is quicker than looking each element up. */
    private static final int FEW_IDS = 16;

    private Holding() {}

    /** The definitions of a row {@code c}, unfolded as {@code u.definition_id}. */
    static final String UNFOLDED = unfolded("");

    /** What is to be added to each element of a row {@code c}. */
    static final String BASE = "65536 * c.block + 32768";

    /** Joins them to the row. */
    static final String DEFINITIONS = " cross join lateral " + UNFOLDED;

    /** The definitions of a row {@code c#}, unfolded as {@code u#.definition_id}, for a suffix #. */
    static String unfolded(String suffix) {
        return "definition_ids(c#.block, c#.definitions) u#(definition_id)".replace("#", suffix);
    }

    /**
     * One of the definitions, by way of an index on them.
     *
     * @param row the row's alias with a dot, or nothing
     */
    static Sql byIndex(String row, int[] ids) {
        return inBlocks(row, ids, block -> Sql.of(row + "definitions && ").bind(block.elements()));
    }

    /** A definition by way of an index, as plain text. */
    static String byIndex(String row, int id) {
        DefinitionBlock block = DefinitionBlock.of(id);
        return "(%1$sblock = %2$d and %1$sdefinitions @> '{%3$d}'::smallint[])"
                .formatted(row, block.number(), block.elements()[0]);
    }

    /** One of the definitions; written so that no index is used, and that a row is unfolded no further than to the first of them. */
    static Sql oneOf(String row, int[] ids) {
        return inBlocks(row, ids, block -> {
            short[] elements = block.elements();
            String definitions = row + "definitions";
            if (elements.length == 1) {
                return new Sql().bind(elements[0]).add(" = any(" + definitions + ")");
            }
            return elements.length <= FEW_IDS
                    ? Sql.of("arrayoverlap(" + definitions + ", ")
                            .bind(elements)
                            .add(")")
                    : Sql.of("exists (select from (select unnest(" + definitions + ")) e(id) where e.id = any(")
                            .bind(elements)
                            .add("))");
        });
    }

    /** Joins each of the definitions that a row {@code c} holds, to count them: sooner than by unfolding their ids. */
    static final String ELEMENTS = " cross join lateral (select unnest(c.definitions)) e(element)";

    /** Over {@link #ELEMENTS}, whether it is one of the definitions. */
    static Sql elementOf(int[] ids) {
        return inBlocks(
                "c.",
                ids,
                block -> Sql.of("e.element = any(").bind(block.elements()).add(")"));
    }

    /** The definition that a column says; written so that no index is used. */
    static String definitionOf(String column, String row) {
        return "%2$sblock = definition_block(%1$s) and definition_element(%1$s) = any(%2$sdefinitions)"
                .formatted(column, row);
    }

    private static Sql inBlocks(String row, int[] ids, Function<DefinitionBlock, Sql> holds) {
        int[] ascending = ids.clone();
        Arrays.sort(ascending);
        List<Sql> blocks = DefinitionBlock.of(ascending).stream()
                .map(block -> Sql.of("(" + row + "block = " + block.number() + " and ")
                        .add(holds.apply(block))
                        .add(")"))
                .toList();
        return blocks.isEmpty()
                ? Sql.of("false")
                : Sql.of("(").add(Sql.join(" or ", blocks)).add(")");
    }
}
