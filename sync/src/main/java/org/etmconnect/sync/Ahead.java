// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Makes one thing after the other, the next on a thread of its own while the last is used. Used by one thread. */
final class Ahead<T> implements AutoCloseable {

    private final ExecutorService thread;
    private final Supplier<Optional<T>> source;
    private Future<Optional<T>> next;

    /**
     * @param name the thread's
     * @param source makes the next; empty when there is no more, and then it is not asked again
     */
    Ahead(String name, Supplier<Optional<T>> source) {
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        this.source = source;
        this.next = thread.submit(source::get);
    }

    /** Waits for the next and has the one after it made meanwhile. Throws what its making threw. */
    Optional<T> next() {
        try {
            Optional<T> made = next.get();
            if (made.isPresent()) {
                next = thread.submit(source::get);
            }
            return made;
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case RuntimeException exception -> exception;
                case Error error -> throw error;
                case null, default -> new IllegalStateException(e);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The run's thread was interrupted", e);
        }
    }

    /** Waits until nothing is being made any more. */
    @Override
    public void close() {
        thread.close();
    }
}
