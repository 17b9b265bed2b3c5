// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Optional;
import org.etmconnect.inventory.runs.RunActivity;

/** What a run is at and what it spent, while it is under way. Safe for use by several threads. */
final class RunMeter {

    private final StageClock stages;
    private volatile RunProgress progress;
    private double spent;
    private Optional<Double> left;

    RunMeter(RunActivity before, RunProgress progress) {
        this.stages = new StageClock(before.milliseconds(), System::nanoTime);
        this.progress = progress;
        this.spent = before.quota().map(RunActivity.Quota::spent).orElse(0.0);
        this.left = before.quota().map(RunActivity.Quota::left);
    }

    StageClock stages() {
        return stages;
    }

    RunProgress progress() {
        return progress;
    }

    void progress(RunProgress now) {
        progress = now;
    }

    synchronized void quota(double more, double remaining) {
        spent += more;
        left = Optional.of(remaining);
    }

    synchronized RunActivity activity() {
        return new RunActivity(
                stages.milliseconds(),
                Optional.of(progress.kept()),
                left.map(remaining -> new RunActivity.Quota(spent, remaining)));
    }
}
