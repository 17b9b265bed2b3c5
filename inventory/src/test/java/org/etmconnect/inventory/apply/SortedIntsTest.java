// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SortedIntsTest {

    @Property
    void theSetOfSomeNumbersIsAscendingWithoutDoublesAndLeavesTheNumbersAsTheyWere(
            @ForAll @IntRange(max = 30) int[] numbers) {
        int[] before = numbers.clone();

        assertThat(SortedInts.of(numbers))
                .containsExactly(Arrays.stream(before).sorted().distinct().toArray());

        assertThat(numbers).containsExactly(before);
    }
}
