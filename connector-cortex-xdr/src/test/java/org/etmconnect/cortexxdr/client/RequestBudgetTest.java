// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {

    private final FakeTime time = new FakeTime();

    private double secondsFor(RequestBudget budget, int calls) throws InterruptedException {
        long from = time.nanos();
        for (int i = 0; i < calls; i++) {
            budget.take();
        }
        return (time.nanos() - from) / 1e9;
    }

    @Test
    void waitingWorkUsesAtLeast95PercentOfTheBudgetAndNeverMoreThanIt() throws InterruptedException {
        assertThat(secondsFor(new RequestBudget(8, time), 800)).isBetween(99.0, 100 / 0.95);
    }

    @Test
    void aTenantThatIsTooBusyHalvesThePaceAndCallsThatPassBringItBack() throws InterruptedException {
        RequestBudget budget = new RequestBudget(8, time);
        secondsFor(budget, 10);
        budget.tooFast(Duration.ofMillis(500));
        assertThat(budget.pace()).isEqualTo(4);
        assertThat(secondsFor(budget, 1)).isGreaterThanOrEqualTo(0.5);
        for (int i = 0; i < 8; i++) {
            budget.passed();
        }
        assertThat(budget.pace()).isBetween(7.2, 7.6);
        for (int i = 0; i < 60; i++) {
            budget.passed();
        }
        assertThat(budget.pace()).isEqualTo(8);
    }

    @Test
    void refusalsThatComeTogetherCountAsOne() throws InterruptedException {
        RequestBudget budget = new RequestBudget(8, time);
        secondsFor(budget, 10);
        for (int i = 0; i < 8; i++) {
            budget.tooFast(Duration.ofMillis(500));
        }
        assertThat(budget.pace()).isEqualTo(4);
    }

    @Test
    void aTenantThatAllowsLessThanTheBudgetSeldomRefusesAndIsUsedWell() throws InterruptedException {
        RequestBudget budget = new RequestBudget(10, time);
        Deque<Long> admitted = new ArrayDeque<>();
        int passed = 0;
        int refused = 0;
        long from = time.nanos();
        while (time.nanos() - from < Duration.ofMinutes(5).toNanos()) {
            budget.take();
            long now = time.nanos();
            while (!admitted.isEmpty()
                    && now - admitted.getFirst() >= Duration.ofSeconds(1).toNanos()) {
                admitted.removeFirst();
            }
            if (admitted.size() < 6) {
                admitted.addLast(now);
                budget.passed();
                passed++;
            } else {
                refused++;
                budget.tooFast(Duration.ofMillis(500));
            }
        }
        assertThat(passed / 300.0)
                .as("calls a second of the 6 that are allowed")
                .isGreaterThan(4.8);
        assertThat(refused).isLessThan(passed / 20);
    }

    @Test
    void restingDoesNotSaveUpABurst() throws InterruptedException {
        RequestBudget budget = new RequestBudget(8, time);
        time.sleep(Duration.ofHours(1));
        assertThat(secondsFor(budget, 80)).isBetween(9.5, 10.0);
    }

    /** A tenant counts the calls of the last second; where it begins is not known here. */
    @Test
    void noSecondHasMoreCallsThanTheBudgetHoweverLateSomeLeave() throws InterruptedException {
        RequestBudget budget = new RequestBudget(10, time);
        Random random = new Random(1);
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            if (random.nextInt(8) == 0) {
                time.sleep(Duration.ofMillis(random.nextInt(400)));
            }
            budget.take();
            left.add(time.nanos());
        }
        for (int i = 10; i < left.size(); i++) {
            assertThat(left.get(i) - left.get(i - 10))
                    .as("from call %d to call %d", i - 10, i)
                    .isGreaterThan(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void threadsTogetherKeepToTheBudgetInRealTime() throws Exception {
        RequestBudget budget = new RequestBudget(100, Time.system());
        long from = System.nanoTime();
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 15; i++) {
                        budget.take();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat((System.nanoTime() - from) / 1e9).isBetween(1.15, 1.2 / 0.95 + 0.05);
    }
}
