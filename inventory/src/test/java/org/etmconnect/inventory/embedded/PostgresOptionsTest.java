// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresOptionsTest {

    @ParameterizedTest
    @CsvSource({"0, 256", "2, 256", "4, 256", "8, 512", "24, 1536", "32, 2048", "1024, 2048"})
    void pageCacheIsASixteenthOfTheMemoryWithinBounds(long gibibytes, int megabytes) {
        assertThat(PostgresOptions.sharedBuffers(gibibytes << 30)).isEqualTo(megabytes);
    }
}
