// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells a run to stop at its next page or batch. Safe for use by several threads. */
final class StopSignal {

    enum Reason {
        CANCELLED,
        SERVER_STOPS,
        /** Another server executes the run, or ended it. */
        LOST,
        /** It made no progress for too long. */
        STUCK
    }

    private @Nullable Reason reason;
    private final List<Runnable> listeners = new ArrayList<>();

    void stop(Reason why) {
        List<Runnable> toTell;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            toTell = List.copyOf(listeners);
        }
        toTell.forEach(Runnable::run);
    }

    /** Calls {@code listener} when the signal comes; at once if it came before. */
    void onStop(Runnable listener) {
        synchronized (this) {
            listeners.add(listener);
            if (reason == null) {
                return;
            }
        }
        listener.run();
    }

    /** Why the run is to stop; empty if it is not. */
    synchronized Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    synchronized void check() {
        if (reason != null) {
            throw new Stopped(reason);
        }
    }

    /** Leaves a run that is to stop. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Reason reason;

        Stopped(Reason reason) {
            super(reason.name());
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }
}
