// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0.05S",
        "' 7 ', PT7S",
        "86401, PT24H",
        "9223372036854775, PT24H",
        "9223372036854775807, PT24H",
        "99999999999999999999999999, PT24H",
    })
    void aWaitThatIsAskedForIsNoBusyLoopAndNotLongerThanADay(String seconds, Duration wait) {
        assertThat(Patience.asked(seconds)).contains(wait);
    }

    @ParameterizedTest
    @CsvSource({"-1", "1.5", "soon", "''", "1e9"})
    void whatIsNoNumberOfSecondsIsNoWait(String text) {
        assertThat(Patience.asked(text)).isEmpty();
    }
}
