// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.events.ChangeKind;

/**
 * What one destination is still to be told. Safe for use by several threads. Every method throws
 * {@link org.etmconnect.inventory.DatabaseException} if the database does not answer.
 */
public final class PendingEvents {

    private static final int EVENTS_AT_ONCE = 5_000;
    private static final int MOST_COUNTED = 100_000;
    private static final int MOST_LISTED = 50;

    /** Not refused, nor behind a refused one of the same asset. */
    private static final String NEXT = """
            e.destination_id = ? and e.refused is null
            and not exists (select from change_event x where x.destination_id = e.destination_id
                            and x.asset_id = e.asset_id and x.refused is not null)
            """;

    private final DataSource database;
    private final int destinationId;
    private final int atOnce;

    /** @param database whose schema is migrated */
    public PendingEvents(DataSource database, int destinationId) {
        this(database, destinationId, EVENTS_AT_ONCE);
    }

    /** @param atOnce how many events are read at once, up to the end of a record's findings */
    PendingEvents(DataSource database, int destinationId, int atOnce) {
        this.database = database;
        this.destinationId = destinationId;
        this.atOnce = atOnce;
    }

    /**
     * What waits.
     *
     * @param events how many events wait, refused ones included
     * @param more whether there are even more, which were not counted
     * @param oldest since when the oldest one waits
     * @param refused what the destination will not take, at most 50; later events of the same assets wait behind it
     */
    public record Status(long events, boolean more, Optional<Instant> oldest, List<Refused> refused) {
        public Status {
            refused = List.copyOf(refused);
        }
    }

    /**
     * An event that the destination will not take.
     *
     * @param event its type, e.g. {@code finding.opened}
     * @param asset the asset's number; empty for runs
     * @param name the asset's name, if it has one
     * @param reason in the destination's words, where it gave any
     */
    public record Refused(String event, Optional<Integer> asset, Optional<String> name, String reason) {}

    /** What waits now. */
    public Status status() {
        return Transaction.run(database, "count what destination " + destinationId + " is to be told", connection -> {
            Sql sql = new Sql(connection);
            List<Refused> refused = sql.list(
                    """
                    select e.kind, e.asset_id, coalesce(e.asset_name, a.name), e.refused
                    from change_event e left join asset a using (asset_id)
                    where e.destination_id = ? and e.refused is not null order by e.event_id limit ?
                    """,
                    row -> new Refused(
                            CloudEvents.type(ChangeKind.valueOf(row.getString(1)))
                                    .substring(CloudEvents.TYPES.length()),
                            Optional.ofNullable(row.getObject(2, Integer.class)),
                            Optional.ofNullable(row.getString(3)),
                            row.getString(4)),
                    destinationId,
                    MOST_LISTED);
            return sql.first(
                            """
                            select coalesce(sum(greatest(1, cardinality(definitions) - sent)), 0), count(*) > ?, min(at) as oldest
                            from (select definitions, sent, at from change_event
                                  where destination_id = ? order by event_id limit ?) e
                            """,
                            row -> new Status(row.getLong(1), row.getBoolean(2), Sql.instant(row, "oldest"), refused),
                            MOST_COUNTED,
                            destinationId,
                            MOST_COUNTED + 1)
                    .orElseThrow();
        });
    }

    /**
     * Gives refused events up; what waited behind them is sent. A delivery under way may not see that yet.
     *
     * @return how many
     */
    public int discard() {
        return Transaction.run(database, "discard what destination " + destinationId + " refused", connection -> {
            Sql sql = new Sql(connection);
            int whole = sql.update("""
                    delete from change_event
                    where destination_id = ? and refused is not null and sent + 1 >= cardinality(definitions)
                    """, destinationId);
            return whole + sql.update("""
                    update change_event set refused = null, sent = sent + 1
                    where destination_id = ? and refused is not null
                    """, destinationId);
        });
    }

    /** Some events in order: of the rows after this one. */
    List<ChangeEvent> after(long row, CloudEvents form) {
        return Transaction.run(database, "read what destination " + destinationId + " is to be told", connection -> {
            List<CloudEvents.Row> rows = new Sql(connection)
                    .list(
                            CloudEvents.ROWS.formatted(NEXT + " and e.event_id > ?"),
                            CloudEvents::row,
                            destinationId,
                            row,
                            atOnce);
            List<ChangeEvent> events = new ArrayList<>();
            form.load(connection, rows);
            rows.forEach(each -> events.addAll(form.events(each)));
            return events;
        });
    }

    /** Forgets events that the destination has. */
    void taken(List<ChangeEvent> events) {
        Set<Long> done = new TreeSet<>();
        events.stream().filter(ChangeEvent::last).forEach(event -> done.add(event.row()));
        ChangeEvent last = events.getLast();
        Transaction.run(database, "note what destination " + destinationId + " was told", connection -> {
            Sql sql = new Sql(connection);
            sql.update(
                    "delete from change_event where destination_id = ? and event_id = any (?)",
                    destinationId,
                    connection.createArrayOf("int8", done.toArray()));
            return last.last()
                    ? 0
                    : sql.update(
                            "update change_event set sent = ? where destination_id = ? and event_id = ?",
                            last.place() + 1,
                            destinationId,
                            last.row());
        });
    }

    /** Sets an event aside; what follows of its asset waits behind it. */
    void refused(ChangeEvent event, String reason) {
        Transaction.run(
                database,
                "note what destination " + destinationId + " refused",
                connection -> new Sql(connection)
                        .update(
                                "update change_event set refused = ?, sent = ? where destination_id = ? and event_id = ?",
                                reason,
                                event.place(),
                                destinationId,
                                event.row()));
    }
}
