// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.etmconnect.connector.Connector;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.snapshot.SnapshotStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes runs happen, one at a time for each connection; others wait in the order they were asked for. Several servers
 * may share a database: each run is executed by one of them, and if that one falls silent, another goes on with it. A run
 * that is cut off by its server's end goes on at the next start, or on another server. Safe for use by several threads.
 */
public final class SyncService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);
    private static final Duration COMES_BACK_WITHIN = Duration.ofSeconds(10);

    private final RunStore runs;
    private final Room room;
    private final Map<Integer, RunExecution> active = new HashMap<>();
    private final String server = UUID.randomUUID().toString();
    private final ScheduledExecutorService pulse;
    private boolean closing;
    private boolean killed;

    /** What every run needs. */
    record Room(
            DataSource database,
            RunStore runs,
            ConfigurationStore configuration,
            SnapshotStore snapshots,
            Map<String, Connector> connectors,
            TransformMaps maps,
            SyncOptions options) {}

    public SyncService(
            DataSource database,
            RunStore runs,
            ConfigurationStore configuration,
            SnapshotStore snapshots,
            Collection<Connector> connectors,
            TransformMaps maps,
            SyncOptions options) {
        this.runs = runs;
        this.room = new Room(
                database,
                runs,
                configuration,
                snapshots,
                connectors.stream()
                        .collect(Collectors.toUnmodifiableMap(
                                connector -> connector.descriptor().id(), Function.identity())),
                maps,
                options);
        pulse = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("run-pulse").daemon().factory());
        long period = options.silence().toMillis() / 4;
        var _ = pulse.scheduleWithFixedDelay(this::beat, period, period, TimeUnit.MILLISECONDS);
        var _ = pulse.scheduleWithFixedDelay(this::noteActivities, 1, 1, TimeUnit.SECONDS);
        var _ = pulse.scheduleWithFixedDelay(this::watch, 1, 1, TimeUnit.SECONDS);
    }

    /** Goes on with runs that nobody executes and with those still waiting. Call at the start. */
    public void resume() {
        resume(room.options().silence());
    }

    /** The same for a server that alone has the database: it need not wait for another to fall silent. */
    public void resumeAlone() {
        resume(Duration.ZERO);
    }

    private void resume(Duration silence) {
        for (Run run : runs.unfinished()) {
            if (run.state() != RunState.QUEUED) {
                runs.takeOver(run.id(), server, silence).ifPresent(taken -> {
                    runs.log(
                            taken.id(),
                            LogLine.Level.INFO,
                            "The server that executed the run has stopped; the run goes on where it was.");
                    start(taken);
                });
            }
        }
        runs.unfinished().stream().map(Run::connectionId).distinct().forEach(this::startNext);
    }

    /** Says that this server lives, leaves what is no longer its own, and takes over what nobody executes. */
    private void beat() {
        try {
            List<RunExecution> before;
            synchronized (this) {
                before = List.copyOf(active.values());
            }
            Set<Integer> own = runs.heartbeat(server);
            before.stream()
                    .filter(execution -> !own.contains(execution.run().id()))
                    .forEach(RunExecution::lose);
            own.forEach(this::goOn);
            resume();
        } catch (RuntimeException e) {
            LOG.warn("The database could not be told that this server is alive; another may take over its runs", e);
        }
    }

    /** Takes up a run of this server that its thread had to leave, as when the database was away. */
    private void goOn(int runId) {
        synchronized (this) {
            if (closing
                    || active.values().stream()
                            .anyMatch(execution -> execution.run().id() == runId)) {
                return;
            }
        }
        // Asked again: it may have ended since it said that it is alive.
        if (runs.isExecutedBy(runId, server)) {
            runs.log(
                    runId,
                    LogLine.Level.INFO,
                    "The database could not be reached for a while; the run goes on where it was.");
            start(runs.find(runId).orElseThrow());
        }
    }

    /** Ends runs that get no further. One whose thread does not come back is left to itself; it can write no more. */
    private void watch() {
        List<RunExecution> executions;
        synchronized (this) {
            executions = List.copyOf(active.values());
        }
        Duration stuckAfter = room.options().stuckAfter();
        Duration comesBackWithin = stuckAfter.compareTo(COMES_BACK_WITHIN) < 0 ? stuckAfter : COMES_BACK_WITHIN;
        for (RunExecution execution : executions) {
            Duration over = execution.idle().minus(stuckAfter);
            if (over.isPositive()) {
                execution.stuck();
            }
            if (over.compareTo(comesBackWithin) > 0) {
                try {
                    execution.failAsStuck();
                    leave(execution);
                    startNext(execution.run().connectionId());
                } catch (RuntimeException e) {
                    LOG.warn(
                            "Run {}, which is stuck, could not be ended",
                            execution.run().id(),
                            e);
                }
            }
        }
    }

    /** What the runs of this server are at, for those that ask another. */
    private void noteActivities() {
        List<RunExecution> executions;
        synchronized (this) {
            executions = List.copyOf(active.values());
        }
        try {
            executions.forEach(RunExecution::noteActivity);
        } catch (RuntimeException e) {
            LOG.debug("What runs are at could not be noted", e);
        }
    }

    /** Asks for a run of a profile. It starts at once, or when the connection's run under way has ended. */
    public Run queue(Profile profile, Run.Trigger trigger) {
        Run run = runs.queue(
                profile.connectionId(), profile.id(), trigger, profile.transformMap(), profile.transformMapVersion());
        return startOrWait(run);
    }

    /**
     * Asks for the run that a profile's schedule made due at {@code dueAt}, once for all servers. It starts at once, or
     * when the connection's run under way has ended; its log says so.
     *
     * @return empty if that run was asked for already, one that was due before it still waits, or the profile is Inactive
     */
    public Optional<Run> queueDue(Profile profile, Instant dueAt) {
        return runs.queueDue(
                        profile.connectionId(),
                        profile.id(),
                        profile.transformMap(),
                        profile.transformMapVersion(),
                        dueAt)
                .map(this::startOrWait);
    }

    /**
     * Asks for a replay: a run that applies a map to the connection's last sealed snapshot, without any call to the
     * vendor. It starts at once, or when the connection's run under way has ended.
     *
     * @param transformMap the map, by name
     * @param version its version; empty for the newest when the replay begins
     * @return empty if this server keeps no sealed snapshot of the connection
     */
    public Optional<Run> replay(Profile profile, String transformMap, Optional<Integer> version) {
        return new LastSnapshots(room.snapshots())
                .newestSealed(profile.connectionId())
                .map(ended -> startOrWait(
                        runs.queueReplay(profile.connectionId(), profile.id(), transformMap, version, ended.runId())));
    }

    /**
     * Asks for a run that tries again what a run put into quarantine, with the profile's map as it is when the run begins
     * and the connection's last sealed snapshot. It closes nothing, and starts as a replay does.
     *
     * @param ofRun the run whose quarantine it is
     * @param ids which of it; empty for all that no run could use since
     * @return empty if this server keeps no sealed snapshot of the connection
     */
    public Optional<Run> retry(Profile profile, int ofRun, Optional<Set<Integer>> ids) {
        return new LastSnapshots(room.snapshots())
                .newestSealed(profile.connectionId())
                .map(ended -> startOrWait(runs.queueRetry(
                        profile.connectionId(),
                        profile.id(),
                        profile.transformMap(),
                        profile.transformMapVersion(),
                        ended.runId(),
                        ofRun,
                        ids)));
    }

    private Run startOrWait(Run run) {
        startNext(run.connectionId());
        Run now = runs.find(run.id()).orElse(run);
        if (now.state() == RunState.QUEUED) {
            runs.waitsFor(now)
                    .ifPresent(other -> runs.log(
                            now.id(),
                            LogLine.Level.INFO,
                            "A connection makes one run at a time: this one waits for run " + other + " to end."));
        }
        return now;
    }

    /**
     * Cancels a run that is waiting or under way. What it applied so far stays; nothing is closed by it.
     *
     * @return false if there is no such run or it has ended
     */
    public boolean cancel(int runId) {
        if (runs.find(runId).map(run -> run.state().ended()).orElse(true)) {
            return false;
        }
        synchronized (this) {
            for (RunExecution execution : active.values()) {
                if (execution.run().id() == runId) {
                    execution.cancel();
                    return true;
                }
            }
        }
        Optional<Run> run = runs.find(runId).filter(found -> !found.state().ended());
        run.ifPresent(waiting -> runs.end(waiting.id(), RunState.CANCELLED, List.of(), Optional.empty()));
        return run.isPresent();
    }

    /** How far a run has got, while it is under way on this server. */
    public synchronized Optional<RunProgress> progress(int runId) {
        return active.values().stream()
                .filter(execution -> execution.run().id() == runId)
                .findFirst()
                .map(RunExecution::progress);
    }

    private void startNext(int connectionId) {
        synchronized (this) {
            if (closing || active.containsKey(connectionId)) {
                return;
            }
            Optional<Run> next = runs.unfinished().stream()
                    .filter(run -> run.connectionId() == connectionId && run.state() == RunState.QUEUED)
                    .findFirst();
            if (next.isPresent() && runs.begin(next.get().id(), server)) {
                start(runs.find(next.get().id()).orElseThrow());
            }
        }
    }

    private synchronized void start(Run run) {
        if (closing || active.containsKey(run.connectionId())) {
            return;
        }
        RunExecution execution = new RunExecution(room, run, server);
        active.put(run.connectionId(), execution);
        // A platform thread: interrupting a virtual one would close the database's socket under it.
        Thread thread = Thread.ofPlatform().name("run-" + run.id()).daemon().unstarted(() -> {
            try {
                execution.execute();
            } catch (RuntimeException e) {
                LOG.error("Run {} could not be ended properly", run.id(), e);
            } finally {
                ended(execution);
            }
        });
        thread.start();
    }

    private void ended(RunExecution execution) {
        Run run = execution.run();
        boolean leaves;
        synchronized (this) {
            leaves = closing && !killed;
        }
        try {
            if (leaves) {
                runs.release(run.id(), server);
            }
            leave(execution);
            startNext(run.connectionId());
        } catch (RuntimeException e) {
            LOG.warn("After run {} the database could not be asked for the next one; it is asked again", run.id(), e);
        } finally {
            leave(execution);
        }
    }

    private synchronized void leave(RunExecution execution) {
        active.remove(execution.run().connectionId(), execution);
        notifyAll();
    }

    /** Ends as a server does that is killed: says nothing any more, and leaves its runs as they are. For tests. */
    public void kill() {
        pulse.shutdownNow();
        synchronized (this) {
            killed = true;
            closing = true;
            active.values().forEach(RunExecution::lose);
        }
    }

    /** Stops runs at their next page or batch, to go on at the next start, and waits for up to 30 s. */
    @Override
    public void close() {
        pulse.shutdown();
        synchronized (this) {
            closing = true;
            active.values().forEach(RunExecution::pause);
            long end = System.nanoTime() + 30_000_000_000L;
            try {
                while (!active.isEmpty()) {
                    long left = (end - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        LOG.warn("Runs did not stop in time: {}", active.keySet());
                        return;
                    }
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
