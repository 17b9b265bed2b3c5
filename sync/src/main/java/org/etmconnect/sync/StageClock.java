// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.etmconnect.inventory.runs.RunStage;
import org.jspecify.annotations.Nullable;

/** Says what the time of a run goes into. The run's thread moves it on; any thread may read it. */
final class StageClock {

    private final LongSupplier nanos;
    private final Map<RunStage, Long> spent = new EnumMap<>(RunStage.class);
    private @Nullable RunStage current;
    private long since;

    /** @param before milliseconds of an earlier part of the run, which was cut off */
    StageClock(Map<RunStage, Long> before, LongSupplier nanos) {
        this.nanos = nanos;
        before.forEach((stage, milliseconds) -> spent.put(stage, milliseconds * 1_000_000));
    }

    /** From now on the time goes into this stage. */
    synchronized void enter(RunStage stage) {
        settle();
        current = stage;
    }

    /** Does some work of another stage, then goes on with the one before. */
    <T> T during(RunStage stage, Supplier<T> work) {
        RunStage before;
        synchronized (this) {
            before = current;
            enter(stage);
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                settle();
                current = before;
            }
        }
    }

    /** Of the time that went into one stage, some was another's. */
    synchronized void move(RunStage from, RunStage to, Duration time) {
        settle();
        spent.merge(from, -time.toNanos(), Long::sum);
        spent.merge(to, time.toNanos(), Long::sum);
    }

    synchronized void stop() {
        settle();
        current = null;
    }

    synchronized Map<RunStage, Long> milliseconds() {
        settle();
        Map<RunStage, Long> milliseconds = new EnumMap<>(RunStage.class);
        spent.forEach((stage, time) -> milliseconds.put(stage, Math.max(0, time / 1_000_000)));
        return milliseconds;
    }

    private void settle() {
        long now = nanos.getAsLong();
        if (current != null) {
            spent.merge(current, now - since, Long::sum);
        }
        since = now;
    }
}
