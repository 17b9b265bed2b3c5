// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.jspecify.annotations.Nullable;

/** Does what a script says, watches, and compares. */
final class Trial {

    static final Duration LONGEST_RUN = Duration.ofMinutes(3);

    private final Harness harness;
    private final Script script;
    private final Watcher watcher = new Watcher();
    private final Map<Crash.Target, Integer> crashes = new EnumMap<>(Crash.Target.class);
    private int faults;
    private int jumps;
    private int fullDisks;
    private int runs;

    /** The database is away, which is no failure of a trial: it is asked again. */
    static final class DatabaseAway extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DatabaseAway(SQLException cause) {
            super(cause);
        }
    }

    private static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /**
     * What came of a trial.
     *
     * @param faults fault scripts that were in force
     * @param crashes crashes that happened
     * @param jumps of the clock
     * @param fullDisks runs that found the disk full
     * @param looks how often the watcher looked
     * @param failure what was wrong; empty if nothing was
     */
    record Result(
            Script script,
            int faults,
            Map<Crash.Target, Integer> crashes,
            int jumps,
            int fullDisks,
            int runs,
            long looks,
            Duration took,
            Optional<String> failure) {}

    private Trial(Harness harness, Script script) {
        this.harness = harness;
        this.script = script;
    }

    static Result run(Harness harness, Script script) {
        long begun = System.nanoTime();
        Trial trial = new Trial(harness, script);
        Optional<String> failure = Optional.empty();
        try {
            trial.run();
        } catch (Violation violation) {
            failure = Optional.of(String.valueOf(violation.getMessage()));
        } catch (Exception broken) {
            StackTraceElement[] trace = broken.getStackTrace();
            failure = Optional.of("the trial itself failed: " + broken + (trace.length > 0 ? " at " + trace[0] : ""));
        }
        return new Result(
                script,
                trial.faults,
                trial.crashes,
                trial.jumps,
                trial.fullDisks,
                trial.runs,
                trial.watcher.looks(),
                Duration.ofNanos(System.nanoTime() - begun),
                failure);
    }

    static CortexXdrSimulator tenant(PopulationSettings population) {
        return CortexXdrSimulator.start(
                SimulatorSettings.of(population).withPort(0).withPendingPolls(0));
    }

    private void run() throws Exception {
        List<InventoryState> reference = harness.reference(script.population(), Script.DAYS);
        try (CortexXdrSimulator tenant = tenant(script.population());
                Victim victim = script.realServer()
                        ? new ServerVictim(harness, tenant, "server-" + script.seed())
                        : new EngineVictim(harness, tenant, script.disk())) {
            for (int index = 0; index < script.days().size(); index++) {
                Script.Day day = script.days().get(index);
                tenant.moveToDay(day.number());
                TenantTruth truth = TenantTruth.of(tenant.population(), day.number());
                int before = lastRun(victim);
                for (Script.Disturbed disturbed : day.runs()) {
                    disturbed.faults().forEach(tenant::inject);
                    faults += disturbed.faults().size();
                    if (!disturbed.clock().isZero() && victim.jump(disturbed.clock())) {
                        jumps++;
                    }
                    Optional<Thread> full = disturbed.diskFull().isPresent() && victim.fillDisk()
                            ? Optional.of(freeAfter(disturbed.diskFull().get(), victim))
                            : Optional.empty();
                    fullDisks += full.isPresent() ? 1 : 0;
                    execute(victim, disturbed, truth, before);
                    tenant.clearFaults();
                    if (full.isPresent()) {
                        full.get().interrupt();
                        full.get().join();
                    }
                }
                undisturbed(victim, truth, before, day.number());
                compare(victim, reference.get(index), truth, day.number());
            }
        }
    }

    /** By a thread of its own: whoever starts a database over a full disk waits for the room. */
    private static Thread freeAfter(Duration full, Victim victim) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(full);
            } catch (InterruptedException sooner) {
                // The run is over.
            }
            try {
                victim.freeDisk();
            } catch (Exception stillFull) {
                throw new IllegalStateException("The disk of " + victim + " stays full", stillFull);
            }
        });
    }

    private void undisturbed(Victim victim, TenantTruth truth, int before, int day) throws Exception {
        execute(victim, new Script.Disturbed(List.of(), List.of(), Duration.ZERO, Optional.empty()), truth, before);
        try (Connection database = victim.connect()) {
            String state = text(database, "select state from run order by run_id desc limit 1");
            if (!state.equals("PROCESSED")) {
                throw new Violation("on day " + day + " the run after the faults ended as " + state + ": "
                        + text(
                                database,
                                "select concat_ws(' ', failure_message, array_to_string(missing, ' ')) from run order by run_id"
                                        + " desc limit 1"));
            }
        }
    }

    private void compare(Victim victim, InventoryState expected, TenantTruth truth, int day) throws SQLException {
        try (Connection database = victim.connect()) {
            InventoryState.read(database).difference(expected).ifPresent(difference -> {
                throw new Violation(
                        "on day " + day + " the inventory is not that of a history without faults: " + difference);
            });
            String open = text(
                    database,
                    "select coalesce(sum(cardinality(definitions)), 0) from finding_cohort where fixed_run is null");
            if (Long.parseLong(open) != truth.open()) {
                throw new Violation(
                        "on day " + day + " " + open + " findings are open, the tenant has " + truth.open());
            }
        }
    }

    /** One run to its end, with its crashes. */
    private void execute(Victim victim, Script.Disturbed disturbed, TenantTruth truth, int before) throws Exception {
        int earlier = lastRun(victim);
        Crashes left = new Crashes(victim, disturbed.crashes());
        left.arm();
        boolean asked = ask(victim);
        long deadline = System.nanoTime() + LONGEST_RUN.toNanos();
        boolean ended = false;
        while (!ended) {
            if (System.nanoTime() > deadline) {
                throw new Violation("a run did not end within " + LONGEST_RUN.toSeconds() + " s: " + describe(victim));
            }
            left.arm();
            if (!victim.isUp()) {
                victim.restart();
                left.arm();
            }
            try (Connection database = victim.connect()) {
                while (!ended && victim.isUp() && System.nanoTime() < deadline) {
                    victim.tick(database);
                    look(database, truth, before);
                    int run = Integer.parseInt(text(database, "select coalesce(max(run_id), 0) from run"));
                    if (run == earlier) {
                        // The crash came before the run was asked for.
                        asked = ask(victim);
                    } else {
                        ended = text(database, "select finished_at is not null from run where run_id = " + run)
                                .equals("t");
                    }
                    left.arm();
                    Thread.sleep(asked ? 40 : 100);
                }
            } catch (SQLException | DatabaseAway away) {
                Thread.sleep(50);
            }
        }
        runs++;
        victim.disarm();
        if (!victim.isUp()) {
            victim.restart();
        }
    }

    private void look(Connection database, TenantTruth truth, int before) throws SQLException {
        watcher.look(database, truth, before).ifPresent(wrong -> {
            throw new Violation(wrong);
        });
    }

    /** The crashes of one run, one after the other. */
    private final class Crashes {

        private final Victim victim;
        private final Iterator<Crash> waiting;
        private @Nullable Crash armed;

        Crashes(Victim victim, List<Crash> all) {
            this.victim = victim;
            this.waiting = all.iterator();
        }

        /** Counts the armed one if it happened, and arms the next. */
        void arm() {
            Crash now = armed;
            if (now != null && !victim.isArmed()) {
                crashes.merge(now.what(), 1, Integer::sum);
                armed = null;
            }
            if (armed == null && waiting.hasNext() && victim.isUp()) {
                Crash next = waiting.next();
                armed = next;
                victim.arm(next);
            }
        }
    }

    private static int lastRun(Victim victim) throws InterruptedException {
        for (int tries = 0; ; tries++) {
            try (Connection database = victim.connect()) {
                return Integer.parseInt(text(database, "select coalesce(max(run_id), 0) from run"));
            } catch (SQLException away) {
                if (tries > 600) {
                    throw new Violation("the database did not come back: " + away.getMessage());
                }
                Thread.sleep(100);
            }
        }
    }

    private static boolean ask(Victim victim) {
        try {
            victim.ask();
            return true;
        } catch (Exception crashed) {
            return false;
        }
    }

    private static String describe(Victim victim) {
        try (Connection database = victim.connect()) {
            return text(
                    database,
                    "select row(run_id, state, owner, activity, counts)::text from run order by run_id desc limit 1");
        } catch (SQLException away) {
            return "the database is away, " + away.getMessage();
        }
    }

    /** A run without any of it, for the reference. */
    static void awaitEnd(Victim victim, String state) throws Exception {
        victim.ask();
        long deadline = System.nanoTime() + LONGEST_RUN.toNanos();
        try (Connection database = victim.connect()) {
            while (text(database, "select finished_at is null from run order by run_id desc limit 1")
                    .equals("t")) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("The run of a history without faults did not end");
                }
                Thread.sleep(20);
            }
            String ended = text(database, "select state from run order by run_id desc limit 1");
            if (!ended.equals(state)) {
                throw new IllegalStateException("The run of a history without faults ended as " + ended);
            }
        }
    }

    private static String text(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }
}
