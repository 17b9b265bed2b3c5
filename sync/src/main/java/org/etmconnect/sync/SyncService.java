// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Makes runs happen, one at a time for each connection; others wait in the order they were asked for. A run that is cut
 * off by the server's end goes on at the next start. Safe for use by several threads.
 */
public final class SyncService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);

    private final RunStore runs;
    private final Room room;
    private final Map<Integer, RunExecution> active = new HashMap<>();
    private boolean closing;

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
    }

    /** Goes on with runs that were cut off and with those still waiting. Call once, at the start. */
    public void resume() {
        for (Run run : runs.unfinished()) {
            if (run.state() != RunState.QUEUED) {
                runs.log(run.id(), LogLine.Level.INFO, "The server was started again; the run goes on where it was.");
                start(run);
            }
        }
        runs.unfinished().stream().map(Run::connectionId).distinct().forEach(this::startNext);
    }

    /** Asks for a run of a profile. It starts at once, or when the connection's run under way has ended. */
    public Run queue(Profile profile, Run.Trigger trigger) {
        Run run = runs.queue(profile.connectionId(), profile.id(), trigger, profile.transformMap());
        startNext(profile.connectionId());
        return runs.find(run.id()).orElse(run);
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
            if (next.isPresent() && runs.begin(next.get().id())) {
                start(runs.find(next.get().id()).orElseThrow());
            }
        }
    }

    private synchronized void start(Run run) {
        if (closing || active.containsKey(run.connectionId())) {
            return;
        }
        RunExecution execution = new RunExecution(room, run);
        active.put(run.connectionId(), execution);
        // A platform thread: interrupting a virtual one would close the database's socket under it.
        Thread thread = Thread.ofPlatform().name("run-" + run.id()).daemon().unstarted(() -> {
            try {
                execution.execute();
            } catch (RuntimeException e) {
                LOG.error("Run {} could not be ended properly", run.id(), e);
            } finally {
                synchronized (this) {
                    active.remove(run.connectionId());
                    notifyAll();
                }
                startNext(run.connectionId());
            }
        });
        thread.start();
    }

    /** Stops runs at their next page or batch, to go on at the next start, and waits for up to 30 s. */
    @Override
    public void close() {
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
