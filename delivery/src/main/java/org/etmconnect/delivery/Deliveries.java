// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.SavedDestination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes deliveries happen, one at a time for each destination. Several servers may share a database: each delivery is made
 * by one of them, and if that one falls silent, another goes on with it. Safe for use by several threads.
 */
public final class Deliveries implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private static final String TABLE = "delivery_tasks";
    // a receiver of events that is down keeps one busy for minutes
    private static final int THREADS = 8;
    private static final int MISSED_HEARTBEATS = 4;

    private final DataSource database;
    private final DestinationStore destinations;
    private final DeliveryStore store;
    private final Map<String, DestinationKind> kinds = new LinkedHashMap<>();
    private final InstantSource clock;
    private final CustomTask<Void> task;
    private final Scheduler scheduler;
    private final Set<Thread> working = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * @param database whose schema is migrated
     * @param look how often it looks for what is due; so late a delivery may be
     * @param silence how long a server may be silent before another goes on with its deliveries
     */
    public Deliveries(
            DataSource database,
            DestinationStore destinations,
            DeliveryStore store,
            Collection<DestinationKind> kinds,
            InstantSource clock,
            Duration look,
            Duration silence) {
        this.database = database;
        this.destinations = destinations;
        this.store = store;
        this.clock = clock;
        kinds.forEach(kind -> this.kinds.put(kind.id(), kind));
        task = Tasks.custom("delivery", Void.class)
                .onDeadExecutionRevive()
                .execute((instance, context) -> work(instance));
        RecurringTask<Void> due =
                Tasks.recurring("deliveries-due", Schedules.fixedDelay(look)).execute((instance, context) -> look());
        scheduler = Scheduler.create(database, task)
                .startTasks(List.of(due))
                .tableName(TABLE)
                .schedulerName(new SchedulerName.Fixed(UUID.randomUUID().toString()))
                .threads(THREADS)
                .pollingInterval(look)
                .enableImmediateExecution()
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(silence.dividedBy(MISSED_HEARTBEATS))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .failureLogging(LogLevel.WARN, true)
                .shutdownMaxWait(Duration.ofSeconds(10))
                .build();
    }

    /** The kinds of destinations that there are. */
    public List<DestinationKind> kinds() {
        return List.copyOf(kinds.values());
    }

    /** The kind with this id, if there is one. */
    public Optional<DestinationKind> kind(String id) {
        return Optional.ofNullable(kinds.get(id));
    }

    /** Begins to work. Call once. */
    public void start() {
        scheduler.start();
    }

    /**
     * Asks for a delivery by hand. It begins within moments, or when the one under way has ended.
     *
     * @param everything whether also what was accepted before is sent again
     */
    public Delivery queue(int destinationId, boolean everything) {
        Delivery delivery = store.queue(destinationId, Delivery.Trigger.MANUAL, everything);
        wake(destinationId);
        return delivery;
    }

    private void look() {
        store.queueDue();
        store.waiting().forEach(this::wake);
    }

    private void wake(int destinationId) {
        scheduler.scheduleIfNotExists(task.instance(Integer.toString(destinationId)), clock.instant());
    }

    private CompletionHandler<Void> work(TaskInstance<Void> instance) {
        int destinationId = Integer.parseInt(instance.getId());
        working.add(Thread.currentThread());
        try {
            while (!closing) {
                Optional<Delivery> next = store.begin(destinationId);
                if (next.isEmpty()) {
                    return (complete, operations) -> operations.remove();
                }
                deliver(next.get());
            }
        } catch (DeliveryStopped stopped) {
            LOG.info("The delivery to destination {} goes on when a server is up", destinationId);
        } finally {
            working.remove(Thread.currentThread());
            // the scheduler's own work on this thread must not be cut short
            Thread.interrupted();
        }
        Instant soon = clock.instant();
        return (complete, operations) -> operations.reschedule(complete, soon);
    }

    private void deliver(Delivery delivery) {
        Notes notes = new Notes(delivery);
        try {
            Optional<SavedDestination> destination = destinations.destination(delivery.destinationId());
            Optional<DestinationSettings> settings = destinations.settings(delivery.destinationId());
            if (destination.isEmpty() || settings.isEmpty()) {
                return;
            }
            DestinationKind kind = kind(destination.get().kind())
                    .orElseThrow(() -> new DeliveryFailure(
                            FailureKind.CONFIGURATION,
                            "This server knows no destinations of the kind "
                                    + destination.get().kind() + "."));
            kind.deliver(new DeliveryWork(database, delivery.destinationId(), settings.get(), notes));
            notes.save();
            store.end(
                    delivery.id(),
                    notes.counts().rejected() > 0 ? Delivery.State.DELIVERED_PARTLY : Delivery.State.DELIVERED,
                    Optional.empty(),
                    Optional.empty());
        } catch (DeliveryFailure failure) {
            notes.save();
            store.end(delivery.id(), Delivery.State.FAILED, Optional.of(failure.kind()), Optional.of(failure.reason()));
        } catch (DeliveryStopped stopped) {
            notes.save();
            throw stopped;
        } catch (RuntimeException fault) {
            if (closing) {
                throw new DeliveryStopped();
            }
            LOG.error("Delivery {} failed", delivery.id(), fault);
            store.end(
                    delivery.id(),
                    Delivery.State.FAILED,
                    Optional.of(FailureKind.INTERNAL),
                    Optional.of("A fault of ours: " + fault.getMessage()
                            + " The server's log has more. What was accepted is not sent again."));
        }
    }

    /** Takes notes of a delivery, and writes them down about once a second. */
    private final class Notes implements DeliveryWork.Report {

        private final int deliveryId;
        private DeliveryCounts counts;
        private long lastSave = System.nanoTime();

        Notes(Delivery delivery) {
            this.deliveryId = delivery.id();
            DeliveryCounts before = delivery.counts();
            // a delivery that goes on looks at the whole inventory again
            this.counts = new DeliveryCounts(
                    0,
                    0,
                    before.sent(),
                    before.accepted(),
                    before.rejected(),
                    before.removed(),
                    before.findings(),
                    before.fixed(),
                    before.calls());
        }

        synchronized DeliveryCounts counts() {
            return counts;
        }

        @Override
        public synchronized void count(DeliveryCounts more) {
            counts = counts.plus(more);
            if (System.nanoTime() - lastSave > 1_000_000_000L) {
                save();
            }
        }

        @Override
        public synchronized void rejected(List<Rejection> rejections) {
            if (!rejections.isEmpty()) {
                store.saveRejections(deliveryId, rejections);
            }
        }

        @Override
        public void verified(Verification verification) {
            store.saveVerification(deliveryId, verification);
        }

        synchronized void save() {
            boolean interrupted = Thread.interrupted();
            store.saveCounts(deliveryId, counts);
            lastSave = System.nanoTime();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops; deliveries under way go on at the next start, or on another server. */
    @Override
    public void close() {
        closing = true;
        working.forEach(Thread::interrupt);
        scheduler.stop();
    }
}
