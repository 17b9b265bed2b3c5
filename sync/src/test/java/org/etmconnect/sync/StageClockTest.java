// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.etmconnect.inventory.runs.RunStage;
import org.junit.jupiter.api.Test;

class StageClockTest {

    private long now;

    private void pass(long milliseconds) {
        now += milliseconds * 1_000_000;
    }

    @Test
    void timeGoesIntoTheStageThatWasEnteredLastAndAddsUpWithThatOfAnEarlierPart() {
        StageClock clock = new StageClock(Map.of(RunStage.FETCH, 100L), () -> now);
        pass(1_000);
        clock.enter(RunStage.FETCH);
        pass(5);
        clock.enter(RunStage.APPLY);
        pass(7);

        assertThat(clock.milliseconds()).isEqualTo(Map.of(RunStage.FETCH, 105L, RunStage.APPLY, 7L));

        clock.stop();
        pass(1_000);
        assertThat(clock.milliseconds()).isEqualTo(Map.of(RunStage.FETCH, 105L, RunStage.APPLY, 7L));
    }

    @Test
    void workOfAnotherStageIsTakenOutOfTheOneItInterrupts() {
        StageClock clock = new StageClock(Map.of(), () -> now);
        clock.enter(RunStage.TRANSFORM);
        pass(3);
        clock.during(RunStage.APPLY, () -> {
            pass(4);
            return true;
        });
        pass(2);
        clock.move(RunStage.APPLY, RunStage.IDENTIFY, Duration.ofMillis(1));

        assertThat(clock.milliseconds())
                .isEqualTo(Map.of(RunStage.TRANSFORM, 5L, RunStage.APPLY, 3L, RunStage.IDENTIFY, 1L));
    }
}
