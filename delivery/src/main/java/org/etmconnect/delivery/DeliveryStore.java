// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.apply.Restatement;
import org.etmconnect.inventory.configuration.Sql;
import org.etmconnect.inventory.schedule.ScheduleJson;
import tools.jackson.databind.json.JsonMapper;

/**
 * Deliveries in the database. Safe for use by several threads. Every method throws
 * {@link org.etmconnect.inventory.DatabaseException} if the database does not answer.
 */
public final class DeliveryStore {

    /** Of each delivery so many rejections are kept. */
    static final int MOST_REJECTIONS = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DataSource database;
    private final InstantSource clock;

    /** @param database whose schema is migrated */
    public DeliveryStore(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Asks for a delivery; where one waits already, that one is it, and sends everything if either should. */
    public Delivery queue(int destinationId, Delivery.Trigger trigger, boolean everything) {
        return Transaction.run(
                database,
                "ask for a delivery to destination " + destinationId,
                connection -> queue(new Sql(connection), destinationId, trigger, everything));
    }

    private Delivery queue(Sql sql, int destinationId, Delivery.Trigger trigger, boolean everything)
            throws SQLException {
        return sql.first("""
                insert into delivery (destination_id, trigger, everything, state, queued_at) values (?, ?, ?, 'QUEUED', ?)
                on conflict (destination_id) where state = 'QUEUED'
                do update set everything = delivery.everything or excluded.everything,
                    trigger = case when excluded.trigger = 'MANUAL' then 'MANUAL' else delivery.trigger end
                returning *, counts::text as counts_text
                """, DeliveryStore::delivery, destinationId, trigger.name(), everything, now())
                .orElseThrow();
    }

    /** The delivery with this id, if there is one. */
    public Optional<Delivery> find(int deliveryId) {
        return Transaction.run(
                database,
                "read delivery " + deliveryId,
                connection -> new Sql(connection)
                        .first(
                                "select *, counts::text as counts_text from delivery where delivery_id = ?",
                                DeliveryStore::delivery,
                                deliveryId));
    }

    /** The newest deliveries to a destination, the newest first. */
    public List<Delivery> list(int destinationId, int limit) {
        return Transaction.run(
                database,
                "list the deliveries to destination " + destinationId,
                connection -> new Sql(connection).list("""
                        select *, counts::text as counts_text from delivery where destination_id = ?
                        order by delivery_id desc limit ?
                        """, DeliveryStore::delivery, destinationId, limit));
    }

    /** What a delivery's destination did not take, in the order in which it said so; at most 1,000. */
    public List<Rejection> rejections(int deliveryId) {
        return Transaction.run(
                database,
                "list what was rejected of delivery " + deliveryId,
                connection -> new Sql(connection)
                        .list(
                                "select native_key, name, reason from delivery_rejection where delivery_id = ? order by place",
                                row -> new Rejection(
                                        row.getString(1), Optional.ofNullable(row.getString(2)), row.getString(3)),
                                deliveryId));
    }

    /** Destinations that have something to be delivered. */
    List<Integer> waiting() {
        return Transaction.run(
                database,
                "look for deliveries that wait",
                connection -> new Sql(connection)
                        .list(
                                "select distinct destination_id from delivery where state in ('QUEUED', 'SENDING')",
                                row -> row.getInt(1)));
    }

    /** The delivery that is to be made next, begun; one that was cut off comes first. */
    Optional<Delivery> begin(int destinationId) {
        return Transaction.run(database, "begin a delivery to destination " + destinationId, connection -> {
            Sql sql = new Sql(connection);
            Optional<Delivery> next = sql.first("""
                    select *, counts::text as counts_text from delivery
                    where destination_id = ? and state in ('QUEUED', 'SENDING')
                    order by state desc, delivery_id limit 1 for update
                    """, DeliveryStore::delivery, destinationId);
            if (next.isPresent() && next.get().state() == Delivery.State.QUEUED) {
                sql.update(
                        "update delivery set state = 'SENDING', started_at = ? where delivery_id = ?",
                        now(),
                        next.get().id());
                if (next.get().trigger() == Delivery.Trigger.MANUAL) {
                    sql.update(
                            "update change_event set refused = null where destination_id = ? and refused is not null",
                            destinationId);
                }
                if (next.get().everything()) {
                    // here and not as it goes on, so that a delivery that is cut off does not begin anew
                    Restatement.write(connection, destinationId);
                    sql.update("update delivered_asset set fingerprint = null where destination_id = ?", destinationId);
                }
            }
            return next;
        });
    }

    void saveCounts(int deliveryId, DeliveryCounts counts) {
        Transaction.run(
                database,
                "note what delivery " + deliveryId + " did",
                connection -> new Sql(connection)
                        .update(
                                "update delivery set counts = ? where delivery_id = ?",
                                new Sql.Json(JSON.writeValueAsString(counts)),
                                deliveryId));
    }

    void saveRejections(int deliveryId, List<Rejection> rejections) {
        Transaction.run(database, "note what was rejected of delivery " + deliveryId, connection -> {
            Sql sql = new Sql(connection);
            int place = sql.first(
                            "select count(*) from delivery_rejection where delivery_id = ?",
                            row -> row.getInt(1),
                            deliveryId)
                    .orElse(0);
            for (Rejection rejection : rejections) {
                if (place++ == MOST_REJECTIONS) {
                    break;
                }
                sql.update(
                        "insert into delivery_rejection values (?, ?, ?, ?, ?)",
                        deliveryId,
                        place,
                        rejection.key(),
                        rejection.name().orElse(null),
                        rejection.reason());
            }
            return place;
        });
    }

    void saveVerification(int deliveryId, Verification verification) {
        Transaction.run(
                database,
                "note what was read back after delivery " + deliveryId,
                connection -> new Sql(connection)
                        .update(
                                "update delivery set verification = ? where delivery_id = ?",
                                new Sql.Json(JSON.writeValueAsString(verification)),
                                deliveryId));
    }

    void end(int deliveryId, Delivery.State state, Optional<FailureKind> kind, Optional<String> message) {
        Transaction.run(
                database,
                "end delivery " + deliveryId,
                connection -> new Sql(connection)
                        .update(
                                """
                                update delivery set state = ?, finished_at = ?, failure_kind = ?, failure_message = ?
                                where delivery_id = ?
                                """,
                                state.name(),
                                now(),
                                kind.map(Enum::name).orElse(null),
                                message.orElse(null),
                                deliveryId));
    }

    /** Asks for what schedules and runs made due since the last look. */
    void queueDue() {
        record Due(int destinationId, boolean byRun, String schedule) {}
        Transaction.run(database, "look for deliveries that are due", connection -> {
            Sql sql = new Sql(connection);
            Instant now = now();
            List<Due> due = sql.list("""
                    select destination_id, run_finished is not null as by_run, schedule::text as schedule
                    from destination d
                    left join lateral (
                        select max(at) as run_finished
                        from (select finished_at as at from run where state in ('PROCESSED', 'PROCESSED_INCOMPLETE')
                              union all select decided_at from held_closure where state = 'CONFIRMED') written
                        where d.after_runs and at > d.seen_run) r on true
                    where d.active and (run_finished is not null or next_due <= ?)
                    for update of d
                    """, row -> new Due(row.getInt(1), row.getBoolean(2), row.getString(3)), now);
            for (Due each : due) {
                queue(
                        sql,
                        each.destinationId(),
                        each.byRun() ? Delivery.Trigger.RUN : Delivery.Trigger.SCHEDULE,
                        false);
                sql.update("""
                        update destination set next_due = ?,
                            seen_run = greatest(seen_run, (select max(finished_at) from run),
                                                (select max(decided_at) from held_closure))
                        where destination_id = ?
                        """, ScheduleJson.read(each.schedule()).next(now).orElse(null), each.destinationId());
            }
            return due.size() + queueEvents(sql);
        });
    }

    /** Asks for deliveries where change events wait; after failures ever less often, at last once an hour. */
    private int queueEvents(Sql sql) throws SQLException {
        List<Integer> waiting = sql.list("""
                select d.destination_id
                from destination d
                left join lateral (
                    select count(*) as failures, max(finished_at) as at from delivery y
                    where y.destination_id = d.destination_id and y.state = 'FAILED'
                      and y.delivery_id > coalesce(
                          (select max(delivery_id) from delivery z
                           where z.destination_id = d.destination_id and z.state in ('DELIVERED', 'DELIVERED_PARTLY')), 0)) f
                    on true
                where d.active and d.events <> '{}'
                  and not exists (select from delivery u where u.destination_id = d.destination_id
                                  and u.state in ('QUEUED', 'SENDING'))
                  and (f.failures = 0
                       or ?::timestamptz >= f.at + least(interval '1 hour',
                                                         interval '30 seconds' * power(2, least(f.failures, 10))))
                  and exists (
                      select from change_event e
                      where e.destination_id = d.destination_id and e.refused is null
                        and not exists (select from change_event x where x.destination_id = e.destination_id
                                        and x.asset_id = e.asset_id and x.refused is not null))
                """, row -> row.getInt(1), now());
        for (int destinationId : waiting) {
            queue(sql, destinationId, Delivery.Trigger.CHANGE, false);
        }
        return waiting.size();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                row.getInt("delivery_id"),
                row.getInt("destination_id"),
                Delivery.Trigger.valueOf(row.getString("trigger")),
                row.getBoolean("everything"),
                Delivery.State.valueOf(row.getString("state")),
                Sql.instant(row, "queued_at").orElseThrow(),
                Sql.instant(row, "started_at"),
                Sql.instant(row, "finished_at"),
                counts(row.getString("counts_text")),
                Optional.ofNullable(row.getString("failure_kind")).map(FailureKind::valueOf),
                Optional.ofNullable(row.getString("failure_message")),
                Optional.ofNullable(row.getString("verification"))
                        .map(text -> JSON.readValue(text, Verification.class)));
    }

    private static DeliveryCounts counts(String text) {
        return text.equals("{}") ? DeliveryCounts.NONE : JSON.readValue(text, DeliveryCounts.class);
    }
}
