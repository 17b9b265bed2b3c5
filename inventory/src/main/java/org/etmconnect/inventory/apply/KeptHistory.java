// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;

/**
 * Deletes the history of hosts that are still there, once it is older than it is kept: findings that were fixed and not found
 * again, spells of findings and hosts that ended, runs that nothing names any more, deliveries. What is open, and since when,
 * stays. Safe for use by several threads.
 */
public final class KeptHistory {

    /** The overview shows what the runs of so many days did. */
    private static final Duration RUNS_AT_LEAST = Duration.ofDays(90);

    private static final int COHORTS_AT_ONCE = 2_000;
    private static final int RUNS_AT_ONCE = 500;
    private static final int ROWS_AT_ONCE = 5_000;

    /** A day's deletion ends after so many runs; those that are left wait for the next. */
    private static final int MOST_RUNS = 200_000;

    /** A cohort c that no state or change since the time shows; the time twice. */
    private static final String OVER = """
            exists (select from run f where f.run_id = c.fixed_run and f.finished_at < ?)
            and (c.reopened_run is null
                 or exists (select from run o where o.run_id = c.reopened_run and o.finished_at < ?))""";

    /** The runs that the inventory, its history or what is under way names; the time twice. */
    private static final String NAMED = """
            select created_run from asset union select updated_run from asset union select retired_run from asset
            union select created_run from source_record union select last_seen_run from source_record
            union select retired_run from source_record
            union select last_seen_run from source_record_absence union select retired_run from source_record_absence
            union select returned_run from source_record_absence
            union select run_id from identification_log
            union select created_run from definition union select updated_run from definition
            union select first_run from finding_cohort union select opened_run from finding_cohort
            union select fixed_run from finding_cohort union select reopened_run from finding_cohort
            union select first_run from open_by_first_run
            union select run_id from change_event union select run_id from pending_closure
            union select replay_of from run
            -- a fixed finding was last found by the run before
            union select (select max(p.run_id) from run p where p.connection_id = r.connection_id and p.run_id < r.run_id
                          and p.state in ('PROCESSED', 'PROCESSED_INCOMPLETE'))
            from (select distinct fixed_run from finding_cohort where fixed_run is not null) f
            join run r on r.run_id = f.fixed_run
            -- how connections stand, and how they stood when the history begins
            union select last_applied_run from connection union select last_complete_run from connection
            union select max(run_id) from run group by connection_id
            union select max(run_id) from run where finished_at < ? and state = 'PROCESSED' group by connection_id
            union select max(run_id) from run where finished_at < ?
                and (state in ('PROCESSED', 'PROCESSED_INCOMPLETE') or applied_records > 0) group by connection_id""";

    private final DataSource database;
    private final InstantSource clock;

    /** @param database whose schema is migrated */
    public KeptHistory(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Since when the history is whole; empty if nothing of it was deleted. */
    public Optional<Instant> since() {
        return Transaction.run(database, "read since when history is kept", connection -> {
            try (PreparedStatement select = connection.prepareStatement("select since from kept_history");
                    ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
                        : Optional.empty();
            }
        });
    }

    /**
     * Deletes what is older, some of it in each transaction; batches of runs wait for each of them. Runs that others do not
     * name stay 90 days at least.
     *
     * @param kept how long history is kept; positive
     * @return how many rows of which table
     */
    public Map<String, Long> keep(Duration kept) {
        Instant now = clock.instant();
        Instant since = now.minus(kept);
        if (!isOlder(since)) {
            return Map.of();
        }
        // first of all, so that no answer about what is being deleted is wrong
        update("say since when history is kept", """
                insert into kept_history as k (since) values (?)
                on conflict (only_row) do update set since = greatest(k.since, excluded.since)""", false, since);
        Map<String, Long> deleted = new TreeMap<>();
        deleted.put("finding_cohort", deleteCohorts(since));
        deleted.put("source_record_absence", batches("""
                delete from source_record_absence where (source_record_id, returned_run) in (
                    select b.source_record_id, b.returned_run
                    from source_record_absence b join run r on r.run_id = b.returned_run
                    where r.finished_at < ? limit %d)""", since));
        // whoever reopens such a finding counts from nothing
        deleted.put("open_by_first_run", batches("""
                delete from open_by_first_run where open_findings = 0 and first_run in (
                    select o.first_run from open_by_first_run o join run r on r.run_id = o.first_run
                    where o.open_findings = 0 and r.finished_at < ? limit %d)""", since));
        deleted.put("delivery", batches("""
                delete from delivery where delivery_id in (
                    select d.delivery_id from delivery d
                    where d.finished_at < ?
                      and exists (select from delivery n where n.destination_id = d.destination_id
                                  and n.delivery_id > d.delivery_id
                                  and n.state in ('DELIVERED', 'DELIVERED_PARTLY'))
                    limit %d)""", since));
        Instant ofRuns = now.minus(kept.compareTo(RUNS_AT_LEAST) < 0 ? RUNS_AT_LEAST : kept);
        deleted.put("run", deleteRuns(ofRuns));
        return deleted;
    }

    private boolean isOlder(Instant time) {
        return Transaction.run(database, "look for history that is over", connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select exists (select from run where finished_at < ?)")) {
                select.setObject(1, time.atOffset(ZoneOffset.UTC));
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getBoolean(1);
                }
            }
        });
    }

    private long deleteCohorts(Instant since) {
        long deleted = 0;
        for (int run : ids(
                "select distinct c.fixed_run from finding_cohort c where c.fixed_run is not null and " + OVER, since)) {
            int some;
            do {
                some = update(
                        "delete findings that run " + run + " fixed",
                        "delete from finding_cohort where ctid = any (array(select c.ctid from finding_cohort c"
                                + " where c.fixed_run = " + run + " and " + OVER + " limit " + COHORTS_AT_ONCE + "))",
                        true,
                        since,
                        since);
                deleted += some;
            } while (some == COHORTS_AT_ONCE);
        }
        return deleted;
    }

    /** What nothing names now is named by nothing later: new names are copies of old ones, but for those of replays. */
    private long deleteRuns(Instant before) {
        List<Integer> unnamed = ids(
                "select r.run_id from run r left join (" + NAMED + ") named(run_id) using (run_id)"
                        + " where named.run_id is null and r.finished_at < '" + before + "' order by 1 limit "
                        + MOST_RUNS,
                before);
        long deleted = 0;
        for (int from = 0; from < unnamed.size(); from += RUNS_AT_ONCE) {
            List<Integer> some = unnamed.subList(from, Math.min(from + RUNS_AT_ONCE, unnamed.size()));
            deleted += Transaction.run(database, "delete old runs", connection -> {
                InventoryLock.pause(connection);
                Array ids = connection.createArrayOf("int4", some.toArray());
                try (PreparedStatement delete = connection.prepareStatement("""
                        delete from run r where r.run_id = any (?)
                          and not exists (select from run p where p.replay_of = r.run_id)
                          and not exists (select from quarantine_retry q join run n on n.run_id = q.run_id
                                          where q.of_run = r.run_id and n.finished_at is null)""")) {
                    delete.setArray(1, ids);
                    return delete.executeUpdate();
                }
            });
        }
        return deleted;
    }

    private long batches(String statement, Instant time) {
        long deleted = 0;
        int some;
        do {
            some = update("delete old history", statement.formatted(ROWS_AT_ONCE), true, time);
            deleted += some;
        } while (some == ROWS_AT_ONCE);
        return deleted;
    }

    private int update(String what, String sql, boolean alone, Instant... times) {
        return Transaction.run(database, what, connection -> {
            if (alone) {
                InventoryLock.pause(connection);
            }
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                bind(update, times);
                return update.executeUpdate();
            }
        });
    }

    /** @param time bound twice */
    private List<Integer> ids(String sql, Instant time) {
        return Transaction.run(database, "look for history that is over", connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                bind(select, time, time);
                List<Integer> found = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.add(row.getInt(1));
                    }
                }
                return found;
            }
        });
    }

    private static void bind(PreparedStatement statement, Instant... times) throws java.sql.SQLException {
        for (int i = 0; i < times.length; i++) {
            statement.setObject(i + 1, times[i].atOffset(ZoneOffset.UTC));
        }
    }
}
