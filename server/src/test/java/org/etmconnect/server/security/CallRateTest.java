// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallRateTest {

    private long now = 5_000_000_000L;
    private final CallRate rate = new CallRate(2, () -> now);

    private long allowed(String caller, int calls) {
        return IntStream.range(0, calls)
                .filter(_ -> rate.take(caller).isEmpty())
                .count();
    }

    @Test
    void tenSecondsWorthMayComeAtOnceThenSoManyASecond() {
        assertThat(allowed("a", 100)).isEqualTo(20);
        assertThat(rate.take("a")).contains(Duration.ofMillis(500));

        now += Duration.ofSeconds(3).toNanos();

        assertThat(allowed("a", 100)).isEqualTo(6);
    }

    @Test
    void nobodySavesUpMoreThanTenSecondsWorth() {
        assertThat(allowed("a", 20)).isEqualTo(20);

        now += Duration.ofHours(1).toNanos();

        assertThat(allowed("a", 100)).isEqualTo(20);
    }

    @Test
    void callersDoNotCountForOneAnother() {
        assertThat(allowed("a", 100)).isEqualTo(20);
        assertThat(allowed("b", 100)).isEqualTo(20);
    }

    @Test
    void lookingDoesNotCount() {
        assertThat(allowed("a", 19)).isEqualTo(19);
        assertThat(IntStream.range(0, 100).mapToObj(_ -> rate.look("a"))).allMatch(wait -> wait.isEmpty());
        assertThat(allowed("a", 100)).isEqualTo(1);
        assertThat(rate.look("a")).contains(Duration.ofMillis(500));
    }

    @Test
    void anyNumberOfCallersTakesNoMoreMemory() {
        assertThat(allowed("a", 20)).isEqualTo(20);
        for (int other = 0; other < 10_000; other++) {
            assertThat(rate.take("other " + other)).isEmpty();
        }

        assertThat(allowed("a", 100))
                .as("the one that was quiet the longest is forgotten")
                .isEqualTo(20);
    }
}
