// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DefinitionBlockTest {

    @Property
    void anyDefinitionsAreTheSameAfterwardsEachBlockOnceAndAscending(@ForAll("ascendingIds") int[] ids) {
        List<DefinitionBlock> blocks = DefinitionBlock.of(ids);

        assertThat(blocks.stream()
                        .flatMapToInt(block -> IntStream.of(block.ids()))
                        .toArray())
                .isEqualTo(ids);
        assertThat(blocks).extracting(DefinitionBlock::number).doesNotHaveDuplicates();
        assertThat(blocks).allSatisfy(block -> assertThat(block.elements()).isSorted());
    }

    @Provide
    Arbitrary<int[]> ascendingIds() {
        Arbitrary<Integer> anywhere = Arbitraries.integers().between(1, Integer.MAX_VALUE);
        Arbitrary<Integer> atBorders = Arbitraries.of(0, 1, 2, 32_767)
                .flatMap(block -> Arbitraries.integers().between(-3, 3).map(near -> (block << 16) + near))
                .filter(id -> id > 0);
        return Arbitraries.oneOf(anywhere, atBorders, Arbitraries.integers().between(1, 200))
                .list()
                .ofMaxSize(50)
                .map(list -> list.stream()
                        .mapToInt(Integer::intValue)
                        .sorted()
                        .distinct()
                        .toArray());
    }
}
