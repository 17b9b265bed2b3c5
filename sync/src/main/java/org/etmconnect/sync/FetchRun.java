// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.etmconnect.connector.Completeness;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.PageSink;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.SourceFetch;
import org.etmconnect.connector.Split;
import org.etmconnect.connector.SplitOutcome;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunStage;
import org.etmconnect.snapshot.Snapshot;

/** Reads a fetch's splits on virtual threads into a snapshot and closes it. */
final class FetchRun {

    /** Splits waiting for the request budget cost little; the budget itself bounds what is sent. */
    private static final int SPLITS_AT_ONCE_BESIDE_PARALLEL_REQUESTS = 4;

    private final Connector connector;
    private final ConnectionSettings settings;
    private final Snapshot snapshot;
    private final StopSignal stop;
    private final BiConsumer<LogLine.Level, String> log;
    private final Consumer<RunProgress> progress;
    private final RunMeter meter;
    private final RunCounts before;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong throttled = new AtomicLong();
    private final AtomicLong pages = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final Map<String, Long> expected = new ConcurrentHashMap<>();
    /** What each split under way asked the vendor last. */
    private final Map<Thread, String> asked = new ConcurrentHashMap<>();

    /**
     * @param failure the first thing that kept the fetch from being whole, a fatal one before others
     * @param counts the run's counts with what was spent
     */
    record Result(Optional<Failure> failure, RunCounts counts) {}

    record Failure(FailureKind kind, String message, boolean fatal) {}

    /** @param unstored set if this machine could not keep what was fetched: nothing more need be asked for */
    private record Ended(Split split, Optional<SplitOutcome> outcome, Optional<UncheckedIOException> unstored) {

        Ended(Split split, Optional<SplitOutcome> outcome) {
            this(split, outcome, Optional.empty());
        }
    }

    /** Wakes the loop that waits for splits, so that it sees the signal to stop. */
    private static final Ended WAKE = new Ended(new Split("", "", Map.of()), Optional.empty());

    FetchRun(
            Connector connector,
            ConnectionSettings settings,
            Snapshot snapshot,
            StopSignal stop,
            BiConsumer<LogLine.Level, String> log,
            Consumer<RunProgress> progress,
            RunMeter meter,
            RunCounts before) {
        this.connector = connector;
        this.settings = settings;
        this.snapshot = snapshot;
        this.stop = stop;
        this.log = log;
        this.progress = progress;
        this.meter = meter;
        this.before = before;
    }

    /**
     * @param spent told now and then of the run's counts so far
     * @throws UncheckedIOException if what was fetched cannot be stored
     */
    Result run(Consumer<RunCounts> spent) {
        try (SourceFetch fetch = connector.openFetch(settings, new Observer())) {
            meter.stages().enter(RunStage.FETCH);
            List<Failure> failures = readSplits(fetch, spent);
            stop.check();
            meter.stages().enter(RunStage.SEAL);
            Completeness completeness = fetch.completeness(snapshot);
            Set<String> missing = new LinkedHashSet<>();
            failures.forEach(failure -> missing.add(failure.message()));
            missing.addAll(completeness.missing());
            snapshot.close(List.copyOf(missing), completeness.counts());
            RunCounts counts = counts();
            spent.accept(counts);
            return new Result(
                    failures.stream()
                            .filter(Failure::fatal)
                            .findFirst()
                            .or(() -> failures.stream().findFirst()),
                    counts);
        }
    }

    private List<Failure> readSplits(SourceFetch fetch, Consumer<RunCounts> spent) {
        List<Failure> failures = new ArrayList<>();
        Set<String> started = new HashSet<>();
        List<Split> waiting = new ArrayList<>();
        Map<String, Split> running = new HashMap<>();
        BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
        int atOnce = settings.network().parallelRequests() + SPLITS_AT_ONCE_BESIDE_PARALLEL_REQUESTS;
        PageSink sink = new CountingSink();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("fetch-", 0).factory());
        try {
            stop.onStop(() -> ended.add(WAKE));
            boolean fatal = false;
            while (true) {
                stop.check();
                if (!fatal) {
                    for (Split split : fetch.plan(snapshot, Collections.unmodifiableSet(started))) {
                        started.add(split.id());
                        waiting.add(split);
                    }
                }
                while (!waiting.isEmpty() && running.size() < atOnce) {
                    Split split = waiting.removeFirst();
                    running.put(split.id(), split);
                    threads.execute(() -> ended.add(read(fetch, split, sink)));
                }
                if (running.isEmpty()) {
                    return failures;
                }
                Ended end = ended.take();
                running.remove(end.split().id());
                if (end.unstored().isPresent()) {
                    throw end.unstored().get();
                }
                if (end.outcome().orElse(null) instanceof SplitOutcome.Failed failed) {
                    failures.add(new Failure(failed.kind(), failed.message(), failed.fatal()));
                    log.accept(LogLine.Level.ERROR, failed.message());
                    if (failed.fatal()) {
                        fatal = true;
                        waiting.clear();
                        threads.shutdownNow();
                    }
                }
                spent.accept(counts());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StopSignal.Stopped(StopSignal.Reason.SERVER_STOPS);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private void sayWhatIsWaitedFor() {
        Set<String> calls = new TreeSet<>(asked.values());
        meter.waitsFor(calls.isEmpty() ? "" : "an answer to " + String.join(" and ", calls));
    }

    private Ended read(SourceFetch fetch, Split split, PageSink sink) {
        try {
            return new Ended(split, Optional.of(fetch.read(split, snapshot, sink)));
        } catch (InterruptedException e) {
            // Stopped from outside, or another split found that all must fail: not a failure of this one.
            return new Ended(split, Optional.empty());
        } catch (StopSignal.Stopped e) {
            return new Ended(split, Optional.empty());
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof ClosedByInterruptException
                    ? new Ended(split, Optional.empty())
                    : new Ended(split, Optional.empty(), Optional.of(e));
        } catch (RuntimeException e) {
            return new Ended(
                    split,
                    Optional.of(new SplitOutcome.Failed(
                            FailureKind.INTERNAL, "Reading " + split.id() + " failed: " + e.getMessage(), false)));
        } finally {
            asked.remove(Thread.currentThread());
            sayWhatIsWaitedFor();
        }
    }

    private RunCounts counts() {
        return before.withFetch(calls.get(), throttled.get(), pages.get());
    }

    private void report() {
        long total = expected.values().stream().mapToLong(Long::longValue).sum();
        progress.accept(new RunProgress(
                "Fetching", rows.get(), total == 0 ? OptionalLong.empty() : OptionalLong.of(total), "rows"));
    }

    private final class Observer implements FetchObserver {
        @Override
        public void apiCall(String call) {
            calls.incrementAndGet();
            asked.put(Thread.currentThread(), call);
            sayWhatIsWaitedFor();
        }

        @Override
        public void throttled(String call) {
            throttled.incrementAndGet();
        }

        @Override
        public void expectedRows(String stream, long count) {
            expected.put(stream, count);
            report();
        }

        @Override
        public void quota(double spentUnits, double left) {
            meter.quota(spentUnits, left);
        }

        @Override
        public void warning(String message) {
            log.accept(LogLine.Level.WARNING, message);
        }
    }

    /** Counts what is stored on its way into the snapshot. */
    private final class CountingSink implements PageSink {
        @Override
        public PageWriter begin(String stream, String key, String request) {
            PageWriter page = snapshot.begin(stream, key, request);
            return new PageWriter() {
                @Override
                public OutputStream body() {
                    return new Storing(page.body());
                }

                @Override
                public void commit(long count, Map<String, String> facts) {
                    page.commit(count, facts);
                    pages.incrementAndGet();
                    rows.addAndGet(count);
                    report();
                }

                @Override
                public void close() {
                    page.close();
                }
            };
        }
    }

    /** A disk that takes no more is not to be mistaken for a tenant that breaks off its answer, which is asked again. */
    private static final class Storing extends FilterOutputStream {

        Storing(OutputStream page) {
            super(page);
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            try {
                out.write(buffer, offset, length);
            } catch (ClosedByInterruptException stopped) {
                throw new StopSignal.Stopped(StopSignal.Reason.SERVER_STOPS);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot store a page of the snapshot: " + e.getMessage(), e);
            }
        }
    }
}
