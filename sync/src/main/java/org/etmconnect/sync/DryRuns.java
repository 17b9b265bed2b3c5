// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FindingType;
import org.etmconnect.inventory.apply.InventoryChanges;
import org.etmconnect.inventory.apply.InventoryForecast;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.snapshot.Seal;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries maps on the whole last snapshot of a connection, one after another, and remembers for some hours what came of it,
 * in memory. Writes nothing to the inventory and calls no vendor. Safe for use by several threads.
 */
public final class DryRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DryRuns.class);
    private static final int REMEMBERED = 20;
    private static final Duration KEPT = Duration.ofHours(6);
    private static final int MOST_WAITING = 5;

    private final DataSource database;
    private final RunStore runs;
    private final TransformMaps maps;
    private final LastSnapshots snapshots;
    private final SyncOptions options;
    private final InstantSource clock;
    private final TreeMap<Integer, Job> jobs = new TreeMap<>();
    // Platform threads: interrupting a virtual one would close the database's socket under it.
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("dry-run").daemon().factory());
    private int lastId;

    /** What came of asking for a dry run. */
    public sealed interface Start {
        /** It waits or is under way. */
        record Accepted(DryRun dryRun) implements Start {}

        /** The connection has no snapshot that is kept here. */
        record NoSnapshot() implements Start {}

        /** Too many wait already. */
        record Busy(int waiting) implements Start {}
    }

    private static final class Job {
        final StopSignal stop = new StopSignal();
        private DryRun now;

        Job(DryRun now) {
            this.now = now;
        }

        synchronized DryRun now() {
            return now;
        }

        synchronized void change(java.util.function.UnaryOperator<DryRun> change) {
            now = change.apply(now);
        }
    }

    public DryRuns(
            DataSource database,
            RunStore runs,
            TransformMaps maps,
            LastSnapshots snapshots,
            SyncOptions options,
            InstantSource clock) {
        this.database = database;
        this.runs = runs;
        this.maps = maps;
        this.snapshots = snapshots;
        this.options = options;
        this.clock = clock;
    }

    /**
     * Asks for a dry run.
     *
     * @param connection whose last snapshot is used: the newest sealed one, else the newest
     * @param connector the connection's
     * @param map a map that {@link TransformMaps#check} accepted
     * @param version the map's, if it is a stored version
     * @param startedBy who asks
     */
    public Start start(
            SavedConnection connection,
            Connector connector,
            TransformMap map,
            Optional<Integer> version,
            String startedBy) {
        if (snapshots.newest(connection.id()).isEmpty()) {
            return new Start.NoSnapshot();
        }
        Job job;
        synchronized (jobs) {
            forgetOld();
            int waiting = (int) jobs.values().stream()
                    .filter(each -> each.now().state() == DryRun.State.QUEUED)
                    .count();
            if (waiting >= MOST_WAITING) {
                return new Start.Busy(waiting);
            }
            job = new Job(new DryRun(
                    ++lastId,
                    connection.id(),
                    map.name(),
                    version,
                    DryRun.State.QUEUED,
                    startedBy,
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
            jobs.put(lastId, job);
            thread.execute(() -> execute(job, connection, connector, map));
        }
        return new Start.Accepted(job.now());
    }

    private void forgetOld() {
        Instant before = clock.instant().minus(KEPT);
        jobs.values()
                .removeIf(job -> job.now()
                        .finishedAt()
                        .filter(end -> end.isBefore(before))
                        .isPresent());
        while (jobs.size() >= REMEMBERED) {
            Optional<Integer> oldest = jobs.values().stream()
                    .map(Job::now)
                    .filter(each -> each.state().ended())
                    .map(DryRun::id)
                    .findFirst();
            if (oldest.isEmpty()) {
                return;
            }
            jobs.remove(oldest.get());
        }
    }

    /** The dry run with this id, if this server made it and remembers it. */
    public Optional<DryRun> find(int id) {
        return job(id).map(Job::now);
    }

    private Optional<Job> job(int id) {
        synchronized (jobs) {
            return Optional.ofNullable(jobs.get(id));
        }
    }

    /** All that this server remembers, the newest first. */
    public List<DryRun> all() {
        synchronized (jobs) {
            forgetOld();
            return jobs.descendingMap().values().stream().map(Job::now).toList();
        }
    }

    /**
     * Stops a dry run that waits or is under way.
     *
     * @return false if there is none of this id, or it has ended
     */
    public boolean cancel(int id) {
        Optional<Job> job = job(id).filter(each -> !each.now().state().ended());
        job.ifPresent(each -> {
            each.stop.stop(StopSignal.Reason.CANCELLED);
            each.change(now -> now.state() == DryRun.State.QUEUED
                    ? ended(now, DryRun.State.CANCELLED, Optional.empty(), Optional.empty())
                    : now);
        });
        return job.isPresent();
    }

    private void execute(Job job, SavedConnection connection, Connector connector, TransformMap map) {
        job.change(now -> now.state() == DryRun.State.QUEUED ? under(now, "Starting") : now);
        if (job.now().state().ended()) {
            return;
        }
        try {
            DryRunResult result = tryOut(job, connection, connector, map);
            job.change(now -> ended(now, DryRun.State.DONE, Optional.empty(), Optional.of(result)));
        } catch (StopSignal.Stopped stopped) {
            job.change(now -> ended(now, DryRun.State.CANCELLED, Optional.empty(), Optional.empty()));
        } catch (RunFailure failure) {
            fail(job, failure.kind(), failure.reason());
        } catch (RuntimeException e) {
            LOG.error("Dry run {} failed", job.now().id(), e);
            fail(
                    job,
                    FailureKind.INTERNAL,
                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }

    private void fail(Job job, FailureKind kind, String message) {
        job.change(
                now -> ended(now, DryRun.State.FAILED, Optional.of(new Run.Failure(kind, message)), Optional.empty()));
    }

    private DryRunResult tryOut(Job job, SavedConnection connection, Connector connector, TransformMap map) {
        LastSnapshots.Ended ended = snapshots
                .newest(connection.id())
                .orElseThrow(() -> new RunFailure(
                        FailureKind.CONFIGURATION,
                        "The connection has no snapshot that is kept any more. Run one of its profiles first."));
        TransformPlan plan = compiled(map)
                .orElseThrow(() -> new RunFailure(
                        FailureKind.CONFIGURATION,
                        "The transform map \"" + map.name() + "\" does not fit its models. Check it first."));
        Seal seal = ended.sealForReplay(runs, connection.id());
        Survey survey = new Survey(current(connection), options.recordsPerBatch());
        AtomicReference<@Nullable InventoryForecast> forecast = new AtomicReference<>();
        Path work = options.workDirectory().resolve("dry-run-" + job.now().id());
        ApplyRun.Result result;
        try {
            Files.createDirectories(work);
            result = new ApplyRun(
                            options,
                            ApplyRun.Subject.of(database, connection.id(), Integer.MAX_VALUE, 0, Optional.empty()),
                            connector,
                            connection.findingTypes().contains(FindingType.VULNERABILITY),
                            map,
                            ended.snapshot(),
                            seal,
                            job.stop,
                            progress -> job.change(now -> under(now, progress)),
                            new StageClock(Map.of(), System::nanoTime),
                            survey,
                            new Scope.All())
                    .run(work, RunCounts.NONE, asked -> {
                        InventoryForecast opened = InventoryForecast.open(database, asked, survey::formerKey);
                        forecast.set(opened);
                        return opened;
                    });
        } catch (IOException e) {
            throw new RunFailure(
                    FailureKind.CONFIGURATION,
                    "The directory " + work + " cannot be made: " + e.getMessage() + ". Check the disk.");
        } finally {
            delete(work);
        }
        InventoryForecast made = forecast.get();
        if (made == null) {
            throw new IllegalStateException("A dry run ended without a forecast");
        }
        InventoryChanges changes = made.changes().with(result.counts());
        return new DryRunResult(
                ended.runId(),
                ended.seal().at(),
                ended.seal().sealed(),
                result.missing(),
                warnings(map),
                plan.findingsDependOnRecord(),
                survey.fill(map),
                survey.failures(),
                changes);
    }

    private List<MapProblem> warnings(TransformMap map) {
        return maps.check(map).problems();
    }

    private Optional<TransformPlan> compiled(TransformMap map) {
        return switch (maps.check(map)) {
            case Compilation.Compiled compiled -> Optional.of(compiled.plan());
            case Compilation.Refused ignored -> Optional.empty();
        };
    }

    /** The map of the last run that wrote: by it the inventory knows the hosts. */
    private Optional<TransformPlan> current(SavedConnection connection) {
        return connection.lastAppliedRun().isEmpty()
                ? Optional.empty()
                : runs.find(connection.lastAppliedRun().getAsInt())
                        .flatMap(run -> maps.find(run.transformMap(), run.transformMapVersion()))
                        .flatMap(found -> compiled(found.map()));
    }

    private static void delete(Path directory) {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("The directory {} of a dry run could not be deleted; delete it by hand", directory, e);
        }
    }

    private static DryRun under(DryRun now, String stage) {
        return under(now, new RunProgress(stage, 0, OptionalLong.empty(), "hosts"));
    }

    private static DryRun under(DryRun now, RunProgress progress) {
        return new DryRun(
                now.id(),
                now.connectionId(),
                now.map(),
                now.mapVersion(),
                DryRun.State.RUNNING,
                now.startedBy(),
                now.queuedAt(),
                Optional.empty(),
                Optional.of(progress),
                Optional.empty(),
                Optional.empty());
    }

    private DryRun ended(DryRun now, DryRun.State state, Optional<Run.Failure> failure, Optional<DryRunResult> result) {
        return new DryRun(
                now.id(),
                now.connectionId(),
                now.map(),
                now.mapVersion(),
                state,
                now.startedBy(),
                now.queuedAt(),
                Optional.of(clock.instant()),
                Optional.empty(),
                failure,
                result);
    }

    /** Stops what is under way or waits, and waits for its end for up to 10 s. */
    @Override
    public void close() {
        Collection<Job> all;
        synchronized (jobs) {
            all = new ArrayList<>(jobs.values());
        }
        all.forEach(job -> cancel(job.now().id()));
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("A dry run did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
