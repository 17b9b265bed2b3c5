// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.inventory.events.ChangeKind;

/**
 * Tells one destination what waits, in order, until nothing does. An event is forgotten when the destination has it; so
 * one that was sent when the server died is sent again.
 */
final class EventDelivery {

    /** So many in a row, and it is no longer a matter of single events. */
    private static final int MOST_REFUSED = 20;

    private final DeliveryWork work;
    private final PendingEvents pending;
    private final CloudEvents form;
    private final EventSender sender;
    private final Duration linger;
    private final Set<Integer> held = new HashSet<>();
    private int refusedInARow;

    /** @param linger how long it waits for more when it has sent all */
    EventDelivery(DeliveryWork work, String source, EventSender sender, Duration linger) {
        this(work, new PendingEvents(work.database(), work.destinationId()), source, sender, linger);
    }

    EventDelivery(DeliveryWork work, PendingEvents pending, String source, EventSender sender, Duration linger) {
        this.work = work;
        this.pending = pending;
        this.form = new CloudEvents(source);
        this.sender = sender;
        this.linger = linger;
    }

    void run() {
        try {
            long emptySince = System.nanoTime();
            long row = 0;
            while (true) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new DeliveryStopped();
                }
                List<ChangeEvent> events = pending.after(row, form);
                if (!events.isEmpty()) {
                    send(events);
                    row = events.getLast().row();
                    emptySince = System.nanoTime();
                } else if (row > 0) {
                    // a row with a smaller number may have been committed meanwhile
                    row = 0;
                } else if (System.nanoTime() - emptySince < linger.toNanos()) {
                    Thread.sleep(Math.min(250, linger.toMillis()));
                } else {
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new DeliveryStopped();
        }
    }

    private void send(List<ChangeEvent> events) throws InterruptedException {
        for (int from = 0; from < events.size(); from += sender.most()) {
            sendTogether(events.subList(from, Math.min(events.size(), from + sender.most())));
        }
    }

    private void sendTogether(List<ChangeEvent> events) throws InterruptedException {
        List<ChangeEvent> due = events.stream()
                .filter(event -> event.assetId().filter(held::contains).isEmpty())
                .toList();
        if (due.isEmpty()) {
            return;
        }
        switch (sender.send(due)) {
            case EventSender.Outcome.Taken() -> taken(due);
            case EventSender.Outcome.Refused(String reason) -> {
                if (due.size() == 1) {
                    refused(due.getFirst(), reason);
                } else {
                    sendTogether(due.subList(0, due.size() / 2));
                    sendTogether(due.subList(due.size() / 2, due.size()));
                }
            }
        }
    }

    private void taken(List<ChangeEvent> events) {
        pending.taken(events);
        refusedInARow = 0;
        long fixed = events.stream()
                .filter(event -> event.kind() == ChangeKind.FINDING_FIXED)
                .count();
        long open = events.stream()
                .filter(event -> switch (event.kind()) {
                    case FINDING_OPENED, FINDING_REOPENED, FINDING_PRESENT -> true;
                    default -> false;
                })
                .count();
        work.report().count(new DeliveryCounts(0, 0, events.size(), events.size(), 0, 0, open, fixed, 1));
    }

    private void refused(ChangeEvent event, String reason) {
        pending.refused(event, reason);
        event.assetId().ifPresent(held::add);
        work.report().rejected(List.of(new Rejection(event.id(), event.name(), reason)));
        work.report().count(new DeliveryCounts(0, 0, 1, 0, 1, 0, 0, 0, 1));
        if (++refusedInARow == MOST_REFUSED) {
            throw new DeliveryFailure(
                    FailureKind.BAD_DATA,
                    "The destination refused " + MOST_REFUSED + " events in a row, the last one with: " + reason
                            + " Check that it is a receiver of CloudEvents, then deliver again; nothing is lost.");
        }
    }
}
