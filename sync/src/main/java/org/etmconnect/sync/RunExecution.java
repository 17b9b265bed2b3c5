// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FindingType;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.apply.InventoryWriter;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.quarantine.Retry;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunActivity;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunLostException;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.snapshot.Seal;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.sync.shape.ContractWatch;
import org.etmconnect.transform.TransformMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One run under way: fetches what is not stored yet, then applies what is. Executed by one thread, stopped by others. */
final class RunExecution {

    private static final Logger LOG = LoggerFactory.getLogger(RunExecution.class);

    private static final String RUN = "run";
    private static final String CONNECTION = "connection";

    private final SyncService.Room room;
    private final String owner;
    private Run run;
    private final StopSignal stop = new StopSignal();
    private final RunMeter meter;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicReference<@Nullable String> stuckWaitingFor = new AtomicReference<>();

    /** @param owner the server that executes it */
    RunExecution(SyncService.Room room, Run run, String owner) {
        this.room = room;
        this.owner = owner;
        this.run = run;
        this.meter = new RunMeter(
                room.runs().activities(List.of(run.id())).getOrDefault(run.id(), RunActivity.NONE),
                new RunProgress("Starting", 0, OptionalLong.empty(), "pages"));
    }

    Run run() {
        return run;
    }

    RunProgress progress() {
        return meter.progress();
    }

    /** Lets other servers know how far the run is. */
    void noteActivity() {
        room.runs().noteActivity(run.id(), meter.activity());
    }

    void cancel() {
        stop.stop(StopSignal.Reason.CANCELLED);
    }

    void pause() {
        stop.stop(StopSignal.Reason.SERVER_STOPS);
    }

    void lose() {
        stop.stop(StopSignal.Reason.LOST);
    }

    /** How long the run has got no further. */
    Duration idle() {
        return meter.idle();
    }

    /** Ends the run at its next page or batch, because it got no further. */
    void stuck() {
        // Said now: once the run stops, it waits for nothing.
        stuckWaitingFor.compareAndSet(null, meter.waitsFor());
        stop.stop(StopSignal.Reason.STUCK);
    }

    void execute() {
        nameThread();
        try {
            fetchAndApply();
        } catch (StopSignal.Stopped stopped) {
            switch (stopped.reason()) {
                case LOST -> sayLost();
                case SERVER_STOPS -> log(LogLine.Level.INFO, "The server stops; the run goes on at its next start.");
                case CANCELLED -> {
                    log(
                            LogLine.Level.WARNING,
                            "The run was cancelled. What it applied so far stays; nothing was closed.");
                    endActivity();
                    room.runs().end(run.id(), owner, RunState.CANCELLED, List.of(), Optional.empty());
                }
                case STUCK -> failAsStuck();
            }
        } catch (RunLostException lost) {
            sayLost();
        } catch (RunFailure failure) {
            fail(failure.kind(), failure.reason());
        } catch (RuntimeException e) {
            if (stop.reason().filter(StopSignal.Reason.STUCK::equals).isPresent()) {
                failAsStuck();
            } else if (FaultReason.isPassing(e)) {
                LOG.warn("Run {} lost the database; it goes on where it was as soon as that answers", run.id(), e);
            } else {
                LOG.error("Run {} failed", run.id(), e);
                fail(FailureKind.INTERNAL, FaultReason.text(e));
            }
        } catch (StackOverflowError | LinkageError e) {
            LOG.error("Run {} failed", run.id(), e);
            fail(FailureKind.INTERNAL, "The program failed: " + e + ". See the server's log.");
        } finally {
            forgetThread();
        }
    }

    private void sayLost() {
        LOG.warn("Run {} was taken over or ended by another server", run.id());
    }

    /** Ends the run as failed, also from another thread than its own if that does not come back. */
    void failAsStuck() {
        RunProgress at = meter.progress();
        String where = at.done() == 0 && at.total().isEmpty()
                ? at.stage()
                : String.format(
                        Locale.ROOT,
                        at.total().isPresent() ? "%s, %,d of %,d %s" : "%s, %,d %4$s",
                        at.stage(),
                        at.done(),
                        at.total().orElse(0),
                        at.unit());
        String waitedFor = Objects.requireNonNullElse(stuckWaitingFor.get(), "");
        boolean vendor = !waitedFor.isEmpty();
        String wait = vendor
                ? "It waited for " + waitedFor + ". See whether the tenant answers: ./etm connections test "
                        + run.connectionId() + "."
                : "It waited for the database or the disk. See what holds them up: select * from pg_stat_activity where"
                        + " state <> 'idle'.";
        fail(
                vendor ? FailureKind.REMOTE_UNAVAILABLE : FailureKind.INTERNAL,
                "The run got no further for " + inWords(room.options().stuckAfter()) + " and was ended. It was at: "
                        + where + ". " + wait
                        + " Then run the profile again; what it applied stays. If such a wait is usual here, raise"
                        + " --stuck-after.");
    }

    private static String inWords(Duration time) {
        return time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private void endActivity() {
        meter.stages().stop();
        room.runs().noteActivity(run.id(), meter.activity().ended());
    }

    private void fetchAndApply() {
        SavedConnection connection = room.configuration()
                .connection(run.connectionId())
                .orElseThrow(() -> new RunFailure(FailureKind.CONFIGURATION, "The connection was deleted."));
        ConnectionSettings settings = room.configuration()
                .settingsForRun(run.connectionId())
                .orElseThrow(() -> new RunFailure(FailureKind.CONFIGURATION, "The connection was deleted."));
        Connector connector = Optional.ofNullable(room.connectors().get(connection.connector()))
                .orElseThrow(() -> new RunFailure(
                        FailureKind.CONFIGURATION,
                        "This server has no connector " + connection.connector() + ". Install it and run again."));
        TransformMaps.Found found = switch (room.maps().look(run.transformMap(), run.transformMapVersion())) {
            case TransformMaps.Found usable -> usable;
            case TransformMaps.Missing() ->
                throw new RunFailure(
                        FailureKind.CONFIGURATION,
                        "There is no transform map \"" + run.transformMap() + "\". Choose another in the profile.");
            case TransformMaps.Broken broken -> throw new RunFailure(FailureKind.CONFIGURATION, broken.text());
        };
        TransformMap map = found.map();
        found.version().ifPresent(version -> room.runs().useMapVersion(run.id(), version));

        QuarantineStore quarantine = new QuarantineStore(room.database());
        Optional<Retry> retry = quarantine.retryOf(run.id());
        Fetched fetched =
                run.replayOf().isPresent() ? replayed(connection, retry) : fetched(connection, connector, settings);
        Seal seal = fetched.seal();
        if (run.replayOf().isEmpty()) {
            watchContract(connector, fetched, map);
        }
        room.runs().applying(run.id(), seal.sealed(), seal.missing());
        log(
                seal.sealed() ? LogLine.Level.INFO : LogLine.Level.WARNING,
                seal.sealed()
                        ? "The snapshot is sealed: everything was fetched, provably " + seal.rows() + "."
                        : "The snapshot is not sealed, so nothing will be closed or retired: "
                                + String.join(" ", seal.missing()));

        Path work = workDirectory();
        quarantine.clear(run.id());
        retry.ifPresent(again -> log(
                LogLine.Level.INFO,
                "Trying again " + again.count() + " things of the quarantine of run " + again.ofRun()
                        + "; everything else stays as it is."));
        ApplyRun.Result result = new ApplyRun(
                        room.options(),
                        ApplyRun.Subject.of(
                                room.database(),
                                run.connectionId(),
                                run.id(),
                                run.appliedRecords(),
                                Optional.of(owner)),
                        connector,
                        settings.takes(FindingType.VULNERABILITY),
                        map,
                        fetched.snapshot(),
                        seal,
                        stop,
                        this::progress,
                        meter.stages(),
                        new Quarantine(quarantine, run),
                        Scope.of(retry))
                .run(work, fetched.counts(), options -> InventoryWriter.open(room.database(), options));
        room.runs()
                .saveProgress(run.id(), owner, result.counts(), result.counts().recordsRead());
        endActivity();
        retry.ifPresent(again -> {
            int resolved = quarantine.resolve(run.id());
            log(
                    resolved == again.count() ? LogLine.Level.INFO : LogLine.Level.WARNING,
                    "Of " + again.count() + " things tried again, " + resolved + " could be used or are gone; "
                            + (again.count() - resolved) + " are in quarantine once more.");
        });
        // who follows the log stops at the run's end
        log(LogLine.Level.INFO, summary(result.counts()));
        room.runs()
                .end(
                        run.id(),
                        owner,
                        result.missing().isEmpty() ? RunState.PROCESSED : RunState.PROCESSED_INCOMPLETE,
                        result.missing(),
                        Optional.empty());
        try {
            forgetOldSnapshots();
        } catch (UncheckedIOException e) {
            LOG.warn("Old snapshots of connection {} could not be deleted", run.connectionId(), e);
        }
    }

    /** Says what of the answers is not as it was, before anything is made of them. No run fails for it. */
    private void watchContract(Connector connector, Fetched fetched, TransformMap map) {
        Seal seal = fetched.seal();
        try {
            new ContractWatch(room.database())
                    .learn(
                            run.connectionId(),
                            run.id(),
                            connector,
                            fetched.snapshot(),
                            seal.sealed() ? seal.rows() : Map.of(),
                            map)
                    .forEach(warning ->
                            log(warning.information() ? LogLine.Level.INFO : LogLine.Level.WARNING, warning.message()));
        } catch (DatabaseException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("What the answers to run {} look like could not be learned", run.id(), e);
            log(
                    LogLine.Level.WARNING,
                    "What the tenant's answers look like could not be compared with earlier runs: " + e.getMessage());
        }
    }

    /** What is to be applied, and what was counted by then. */
    private record Fetched(Snapshot snapshot, Seal seal, RunCounts counts) {}

    private Fetched fetched(SavedConnection connection, Connector connector, ConnectionSettings settings) {
        Snapshot snapshot = room.snapshots().openOrCreate(run.connectionId(), run.id());
        Optional<FetchRun.Failure> failure = Optional.empty();
        RunCounts counts = room.runs().find(run.id()).orElse(run).counts();
        if (snapshot.seal().isEmpty()) {
            if (run.appliedRecords() > 0) {
                log(
                        LogLine.Level.WARNING,
                        "What the run fetched is not on this server, so it fetches and applies everything anew."
                                + " What it applied before is not counted again.");
                run = run.withNothingApplied();
                counts = counts.ofFetch();
                room.runs().fetchAgain(run.id(), owner, counts);
            }
            log(LogLine.Level.INFO, "Fetching from " + connection.product() + ".");
            FetchRun fetch =
                    new FetchRun(connector, settings, snapshot, stop, this::log, this::progress, meter, counts);
            FetchRun.Result result = fetch.run(spent -> room.runs().saveProgress(run.id(), owner, spent, 0));
            failure = result.failure();
            counts = result.counts();
        }
        Seal seal = snapshot.seal().orElseThrow();
        if (failure.isPresent() && snapshot.pages(connector.recordStream()).isEmpty()) {
            throw new RunFailure(failure.get().kind(), failure.get().message());
        }
        return new Fetched(snapshot, seal, counts);
    }

    private Fetched replayed(SavedConnection connection, Optional<Retry> retry) {
        LastSnapshots.Ended ended = new LastSnapshots(room.snapshots())
                .newestSealed(connection.id())
                .orElseThrow(() -> new RunFailure(
                        FailureKind.CONFIGURATION,
                        "This server keeps no sealed snapshot of the connection any more. Run the profile instead."));
        room.runs().replay(run.id(), ended.runId());
        log(
                LogLine.Level.INFO,
                "Replaying what run " + ended.runId() + " fetched by "
                        + ended.seal().at() + ". Nothing is fetched.");
        return new Fetched(
                ended.snapshot(),
                // what it lacks is of no interest to a retry, which closes nothing
                retry.isPresent() ? ended.seal() : ended.sealForReplay(room.runs(), connection.id()),
                room.runs().find(run.id()).orElse(run).counts());
    }

    private Path workDirectory() {
        Path directory = room.options().workDirectory().resolve("run-" + run.id());
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the work directory " + directory, e);
        }
    }

    private void forgetOldSnapshots() {
        List<Integer> kept = room.snapshots().runs(run.connectionId());
        List<Integer> old =
                new ArrayList<>(kept.subList(Math.min(room.options().keptSnapshots(), kept.size()), kept.size()));
        // The newest sealed one is what a changed map is tried on.
        kept.stream()
                .filter(id -> room.snapshots()
                        .find(run.connectionId(), id)
                        .flatMap(Snapshot::seal)
                        .map(Seal::sealed)
                        .orElse(false))
                .findFirst()
                .ifPresent(old::remove);
        old.forEach(id -> room.snapshots().delete(run.connectionId(), id));
    }

    private static String summary(RunCounts counts) {
        return String.format(
                Locale.ROOT,
                "Assets: %,d new, %,d updated, %,d unchanged, %,d retired%s. Findings: %,d new, %,d reopened, %,d fixed, %,d"
                        + " unchanged. Quarantined: %,d. API calls: %,d.",
                counts.assetsNew(),
                counts.assetsUpdated(),
                counts.assetsUnchanged(),
                counts.assetsRetired(),
                counts.assetsSkipped() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", %,d skipped, because no identification rule found their asset and the connection"
                                        + " creates none",
                                counts.assetsSkipped()),
                counts.findingsNew(),
                counts.findingsReopened(),
                counts.findingsFixed(),
                counts.findingsUnchanged(),
                counts.quarantined(),
                counts.apiCalls());
    }

    private void fail(FailureKind kind, String message) {
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        log(LogLine.Level.ERROR, message);
        endActivity();
        room.runs().end(run.id(), owner, RunState.FAILED, List.of(), Optional.of(new Run.Failure(kind, message)));
    }

    private void log(LogLine.Level level, String message) {
        boolean ofFetch = MDC.get(RUN) == null;
        if (ofFetch) {
            nameThread();
        }
        LOG.atLevel(
                        switch (level) {
                            case INFO -> org.slf4j.event.Level.INFO;
                            case WARNING -> org.slf4j.event.Level.WARN;
                            case ERROR -> org.slf4j.event.Level.ERROR;
                        })
                .log("Run {}: {}", run.id(), message);
        try {
            room.runs().log(run.id(), level, message);
        } catch (DatabaseException e) {
            LOG.warn("The log of run {} could not be written", run.id(), e);
        }
        if (ofFetch) {
            forgetThread();
        }
    }

    /** What this thread logs from now on is the run's. */
    private void nameThread() {
        MDC.put(RUN, Integer.toString(run.id()));
        MDC.put(CONNECTION, Integer.toString(run.connectionId()));
    }

    private static void forgetThread() {
        MDC.remove(RUN);
        MDC.remove(CONNECTION);
    }

    private void progress(RunProgress now) {
        meter.progress(now);
    }
}
