// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Duration;
import java.util.Optional;
import org.etmconnect.inventory.runs.RunActivity;

/** What a run is at and what it spent, while it is under way. Safe for use by several threads. */
final class RunMeter {

    private final StageClock stages;
    private volatile RunProgress progress;
    private volatile long progressedAt = System.nanoTime();
    private volatile String waitsFor = "";
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
        if (!now.equals(progress)) {
            progress = now;
            progressedAt = System.nanoTime();
        }
    }

    /** How long nothing has got on. */
    Duration idle() {
        return Duration.ofNanos(System.nanoTime() - progressedAt);
    }

    /** What the run asked for last, e.g. {@code an answer to /public_api/v1/endpoints/get_endpoint}; empty if nothing. */
    String waitsFor() {
        return waitsFor;
    }

    void waitsFor(String what) {
        waitsFor = what;
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
