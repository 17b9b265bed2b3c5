// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.schedule;

import com.github.kagkarlsson.scheduler.ScheduledExecution;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.runs.Run;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the runs that profiles' schedules make due. What is due next for each profile is a row in the database, and
 * the servers on that database share the work: each due run is asked for by one of them. A run that came due while no
 * server was up is made up for once, however many times it was missed. Safe for use by several threads.
 */
public final class ProfileScheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProfileScheduler.class);

    private static final String PROFILE_TASK = "profile";
    private static final int THREADS = 4;
    private static final int MISSED_HEARTBEATS = 4;
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final int TRIES_WHILE_DUE = 20;
    /** In the quiet of the night of most of the world's offices, beside the hour at which much else starts. */
    private static final LocalTime UPKEEP = LocalTime.of(3, 17);

    private final ConfigurationStore configuration;
    private final DueRuns runs;
    private final InstantSource clock;
    private final SchedulerOptions options;
    private final Scheduler scheduler;

    /** Asks for the run of a profile that was due at an instant; empty if it was asked for already. */
    @FunctionalInterface
    public interface DueRuns {
        Optional<Run> queueDue(Profile profile, Instant dueAt);
    }

    /**
     * @param database whose schema is migrated
     * @param runs takes what is due; called again with the same instant if it failed
     * @param upkeep what is done once a day, by one of the servers
     * @param clock tells the time
     */
    public ProfileScheduler(
            DataSource database,
            ConfigurationStore configuration,
            DueRuns runs,
            Runnable upkeep,
            InstantSource clock,
            SchedulerOptions options) {
        this.configuration = configuration;
        this.runs = runs;
        this.clock = clock;
        this.options = options;
        RecurringTask<Void> alignment = Tasks.recurring("profiles-alignment", Schedules.fixedDelay(options.align()))
                .execute((instance, context) -> alignAll());
        RecurringTask<Void> daily = Tasks.recurring("daily-upkeep", Schedules.daily(ZoneOffset.UTC, UPKEEP))
                .execute((instance, context) -> upkeep.run());
        scheduler = Scheduler.create(
                        database,
                        Tasks.custom(PROFILE_TASK, String.class)
                                .onFailure(this::tryAgain)
                                .onDeadExecutionRevive()
                                .execute((instance, context) -> due(instance)))
                .startTasks(List.of(alignment, daily))
                .schedulerName(new SchedulerName.Fixed(UUID.randomUUID().toString()))
                .serializer(new Text())
                .threads(THREADS)
                .pollingInterval(options.poll())
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(options.heartbeat())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .failureLogging(LogLevel.WARN, true)
                .clock(clock::instant)
                .build();
    }

    /** Begins to keep time. Call once. */
    public void start() {
        alignAll();
        scheduler.start();
    }

    /** A profile was made, changed or deleted: what is due next follows it. */
    public void changed(int profileId) {
        for (int tries = 1; ; tries++) {
            try {
                align(profileId);
                return;
            } catch (TaskInstanceException busy) {
                // Its run is being asked for at this moment, by this server or another; that takes milliseconds.
                if (tries == TRIES_WHILE_DUE) {
                    LOG.warn("The schedule of profile {} takes effect within {}", profileId, options.align());
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void alignAll() {
        Set<Integer> known = new HashSet<>();
        for (Profile profile : configuration.profiles(OptionalInt.empty())) {
            known.add(profile.id());
        }
        scheduler.getScheduledExecutionsForTask(PROFILE_TASK, String.class).stream()
                .map(execution -> Integer.valueOf(execution.getTaskInstance().getId()))
                .forEach(known::add);
        for (int profileId : known) {
            try {
                align(profileId);
            } catch (TaskInstanceException busy) {
                LOG.debug("Profile {} is due at this moment and needs no alignment", profileId, busy);
            }
        }
    }

    private void align(int profileId) {
        // Once more after each change: another server may have changed the profile between the two looks.
        for (int tries = 0; tries < 5; tries++) {
            if (aligned(profileId)) {
                return;
            }
        }
    }

    /** Whether nothing had to be changed. */
    private boolean aligned(int profileId) {
        TaskInstanceId id = TaskInstanceId.of(PROFILE_TASK, Integer.toString(profileId));
        Optional<Instant> scheduled = scheduler
                .getScheduledExecution(id)
                .map(ScheduledExecution::getData)
                .map(data -> Instant.parse(String.valueOf(data)));
        Optional<Instant> wanted = configuration.profile(profileId).flatMap(profile -> wanted(profile, scheduled));
        if (wanted.equals(scheduled)) {
            return true;
        }
        if (wanted.isEmpty()) {
            scheduler.cancel(id);
        } else if (scheduled.isEmpty()) {
            scheduler.scheduleIfNotExists(
                    new TaskInstance<>(
                            id.getTaskName(), id.getId(), wanted.get().toString()),
                    wanted.get());
        } else {
            scheduler.reschedule(id, wanted.get(), wanted.get().toString());
        }
        return false;
    }

    private Optional<Instant> wanted(Profile profile, Optional<Instant> scheduled) {
        if (!profile.active()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        // What came due and was not asked for yet must not be passed over.
        return scheduled
                .filter(due -> !due.isAfter(now) && profile.schedule().dueAt(due))
                .or(() -> profile.schedule().next(now));
    }

    private CompletionHandler<String> due(TaskInstance<String> instance) {
        Instant due = Instant.parse(instance.getData());
        Optional<Profile> profile =
                configuration.profile(Integer.parseInt(instance.getId())).filter(Profile::active);
        // Its schedule may have been changed by a server that ended before it could say so here.
        if (profile.isPresent() && profile.get().schedule().dueAt(due)) {
            Optional<Run> run = runs.queueDue(profile.get(), due);
            if (run.isEmpty()) {
                LOG.info("Profile {} was due at {}, and a run of it waits already", instance.getId(), due);
            }
        }
        Instant now = clock.instant();
        Optional<Instant> next = profile.flatMap(found -> found.schedule().next(now.isAfter(due) ? now : due));
        return (complete, operations) -> {
            if (next.isPresent()) {
                operations.reschedule(complete, next.get(), next.get().toString());
            } else {
                operations.remove();
            }
        };
    }

    /** The data, which holds when the run was due, stays; only the next try is later. */
    private void tryAgain(ExecutionComplete complete, ExecutionOperations<String> operations) {
        int failures = Math.min(complete.getExecution().consecutiveFailures, 10);
        Duration wait = options.retry().multipliedBy(1L << failures);
        operations.reschedule(complete, clock.instant().plus(wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY));
    }

    /** Stops asking for runs and waits until what is being asked for has been. */
    @Override
    public void close() {
        scheduler.stop();
    }

    /** Task data as text that a person can read in the table. */
    private static final class Text implements Serializer {
        @Override
        public byte @Nullable [] serialize(@Nullable Object data) {
            return data == null ? null : data.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] bytes) {
            return bytes == null ? null : type.cast(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
