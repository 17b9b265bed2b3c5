// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.database;

/** Whether a thread is answering a request. Threads that one starts do not inherit that: their work goes on without it. */
public final class Answering {

    private static final ScopedValue<Boolean> NOW = ScopedValue.newInstance();

    private Answering() {}

    static boolean now() {
        return NOW.orElse(false);
    }

    /** Does {@code work} as part of an answer. */
    public static <R, X extends Throwable> R of(ScopedValue.CallableOp<R, X> work) throws X {
        return ScopedValue.where(NOW, true).call(work);
    }
}
