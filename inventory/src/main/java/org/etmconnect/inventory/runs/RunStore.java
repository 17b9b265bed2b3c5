// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.inventory.DatabaseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Runs in the database. Safe for use by several threads. */
public final class RunStore {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource database;
    private final Clock clock;

    public RunStore(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Asks for a run of a profile.
     *
     * @param mapVersion the version of the map that the profile is pinned to; empty: the newest when the run begins
     */
    public Run queue(
            int connectionId, int profileId, Run.Trigger trigger, String transformMap, Optional<Integer> mapVersion) {
        return with("queue a run of profile " + profileId, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into run (connection_id, profile_id, trigger, state, transform_map, queued_at, transform_map_version)
                    values (?, ?, ?, 'QUEUED', ?, ?, ?)
                    returning *""")) {
                insert.setInt(1, connectionId);
                insert.setInt(2, profileId);
                insert.setString(3, trigger.name());
                insert.setString(4, transformMap);
                insert.setTimestamp(5, Timestamp.from(clock.instant()));
                insert.setObject(6, mapVersion.orElse(null), Types.INTEGER);
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    return run(row);
                }
            }
        });
    }

    /**
     * Asks for a run that applies what an earlier run fetched.
     *
     * @param transformMapVersion the version of the map; empty for its newest when the run begins
     * @param replayOf the run whose snapshot it applies
     */
    public Run queueReplay(
            int connectionId, int profileId, String transformMap, Optional<Integer> transformMapVersion, int replayOf) {
        return with("queue a replay of run " + replayOf, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into run (connection_id, profile_id, trigger, state, transform_map, transform_map_version,
                                     replay_of, queued_at)
                    values (?, ?, 'MANUAL', 'QUEUED', ?, ?, ?, ?)
                    returning *""")) {
                insert.setInt(1, connectionId);
                insert.setInt(2, profileId);
                insert.setString(3, transformMap);
                insert.setObject(4, transformMapVersion.orElse(null), Types.INTEGER);
                insert.setInt(5, replayOf);
                insert.setTimestamp(6, Timestamp.from(clock.instant()));
                return runs(insert).getFirst();
            }
        });
    }

    /**
     * Asks for a run that tries again what an earlier run put into quarantine.
     *
     * @param transformMapVersion the version of the map; empty for its newest when the run begins
     * @param replayOf the run whose snapshot it applies
     * @param ofRun the run whose quarantine it is
     * @param ids which of it; empty for all that no run could use since
     */
    public Run queueRetry(
            int connectionId,
            int profileId,
            String transformMap,
            Optional<Integer> transformMapVersion,
            int replayOf,
            int ofRun,
            Optional<Set<Integer>> ids) {
        return with("queue a retry of run " + ofRun, connection -> {
            // in one statement: nobody may begin the run before it is known that it is no replay of everything
            try (PreparedStatement insert = connection.prepareStatement("""
                    with queued as (
                        insert into run (connection_id, profile_id, trigger, state, transform_map, transform_map_version,
                                         replay_of, queued_at)
                        values (?, ?, 'MANUAL', 'QUEUED', ?, ?, ?, ?)
                        returning *),
                    chosen as (
                        insert into quarantine_retry (run_id, of_run, quarantine_ids)
                        select run_id, ?, array(select quarantine_id from quarantine
                                                where run_id = ? and resolved_run is null
                                                  and coalesce(quarantine_id = any (?::int[]), true))
                        from queued)
                    select * from queued""")) {
                insert.setInt(1, connectionId);
                insert.setInt(2, profileId);
                insert.setString(3, transformMap);
                insert.setObject(4, transformMapVersion.orElse(null), Types.INTEGER);
                insert.setInt(5, replayOf);
                insert.setTimestamp(6, Timestamp.from(clock.instant()));
                insert.setInt(7, ofRun);
                insert.setInt(8, ofRun);
                insert.setArray(
                        9,
                        ids.isPresent()
                                ? connection.createArrayOf("int", ids.get().toArray())
                                : null);
                return runs(insert).getFirst();
            }
        });
    }

    /** Which of these runs try again what an earlier run put into quarantine, and which run that is. */
    public Map<Integer, Integer> retries(Collection<Integer> runIds) {
        return with("see which runs are retries", connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select run_id, of_run from quarantine_retry where run_id = any (?)")) {
                select.setArray(1, connection.createArrayOf("int", runIds.toArray()));
                Map<Integer, Integer> found = new HashMap<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.put(row.getInt(1), row.getInt(2));
                    }
                }
                return found;
            }
        });
    }

    /** Notes that a replay applies the snapshot of another run than was thought when it was queued. */
    public void replay(int runId, int replayOf) {
        with("note what run " + runId + " replays", connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update run set replay_of = ? where run_id = ?")) {
                update.setInt(1, replayOf);
                update.setInt(2, runId);
                return update.executeUpdate();
            }
        });
    }

    /**
     * Asks for the run that a profile's schedule made due.
     *
     * @param mapVersion the version of the map that the profile is pinned to; empty: the newest when the run begins
     * @param dueAt when it was due
     * @return empty if that run was asked for already, one that was due before it still waits, or the profile is Inactive
     */
    public Optional<Run> queueDue(
            int connectionId, int profileId, String transformMap, Optional<Integer> mapVersion, Instant dueAt) {
        return with("queue a due run of profile " + profileId, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into run (connection_id, profile_id, trigger, state, transform_map, queued_at, due_at,
                                     transform_map_version)
                    select ?, ?, 'SCHEDULE', 'QUEUED', ?, ?, ?, ?
                    where exists (select from profile where profile_id = ? and active)
                      and not exists (select from run where profile_id = ? and state = 'QUEUED' and due_at is not null)
                    on conflict (profile_id, due_at) do nothing
                    returning *""")) {
                insert.setInt(1, connectionId);
                insert.setInt(2, profileId);
                insert.setString(3, transformMap);
                insert.setTimestamp(4, Timestamp.from(clock.instant()));
                insert.setTimestamp(5, Timestamp.from(dueAt));
                insert.setObject(6, mapVersion.orElse(null), Types.INTEGER);
                insert.setInt(7, profileId);
                insert.setInt(8, profileId);
                return runs(insert).stream().findFirst();
            }
        });
    }

    /** The run that a queued run waits for: the one of its connection under way, else the one queued next before it. */
    public Optional<Integer> waitsFor(Run queued) {
        return with("see what run " + queued.id() + " waits for", connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select run_id from run
                    where connection_id = ? and run_id <> ?
                      and (state in ('FETCHING', 'APPLYING') or state = 'QUEUED' and run_id < ?)
                    order by state = 'QUEUED', run_id desc limit 1""")) {
                select.setInt(1, queued.connectionId());
                select.setInt(2, queued.id());
                select.setInt(3, queued.id());
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
                }
            }
        });
    }

    /**
     * Says that a server is alive.
     *
     * @return the runs it executes; one that is not among them has ended, or another server took it over
     */
    public Set<Integer> heartbeat(String owner) {
        return with("say that server " + owner + " is alive", connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update run set heartbeat_at = clock_timestamp()
                    where owner = ? and state in ('FETCHING', 'APPLYING')
                    returning run_id""")) {
                update.setString(1, owner);
                Set<Integer> ids = new HashSet<>();
                try (ResultSet row = update.executeQuery()) {
                    while (row.next()) {
                        ids.add(row.getInt(1));
                    }
                }
                return ids;
            }
        });
    }

    /**
     * Takes over a run under way that nobody executes, or whose server has not said for {@code silence} that it is alive.
     * Time is the database's, so that the servers' clocks need not agree.
     *
     * @return the run as it is; empty if it has ended or its server is alive
     */
    public Optional<Run> takeOver(int runId, String owner, Duration silence) {
        return with("take over run " + runId, connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                    update run set owner = ?, heartbeat_at = clock_timestamp()
                    where run_id = ? and state in ('FETCHING', 'APPLYING') and owner is distinct from ?
                      and (owner is null or heartbeat_at <= clock_timestamp() - make_interval(secs => ?))
                    returning *""")) {
                update.setString(1, owner);
                update.setInt(2, runId);
                update.setString(3, owner);
                update.setDouble(4, silence.toMillis() / 1000.0);
                return runs(update).stream().findFirst();
            }
        });
    }

    /**
     * Notes that a run begins anew, because what it fetched is gone: it is counted from the database at its end.
     *
     * @param spent what its fetch cost so far
     */
    public void fetchAgain(int runId, String owner, RunCounts spent) {
        saveProgress(runId, owner, spent, 0);
        with("note that run " + runId + " fetches again", connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update run set fetched_again = true where run_id = ? and owner = ?")) {
                update.setInt(1, runId);
                update.setString(2, owner);
                return update.executeUpdate();
            }
        });
    }

    /** Whether a server executes a run, by what the database says. */
    public boolean isExecutedBy(int runId, String owner) {
        return with("see who executes run " + runId, connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select from run where run_id = ? and owner = ? and state in ('FETCHING', 'APPLYING')")) {
                select.setInt(1, runId);
                select.setString(2, owner);
                try (ResultSet row = select.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /** Leaves a run to whichever server takes it over first. */
    public void release(int runId, String owner) {
        with("release run " + runId, connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update run set owner = null where run_id = ? and owner = ?")) {
                update.setInt(1, runId);
                update.setString(2, owner);
                return update.executeUpdate();
            }
        });
    }

    /**
     * Takes a queued run into FETCHING. From now on its findings carry this time.
     *
     * @param owner the server that executes it
     * @return false if the run is not queued any more, or another run of its connection is under way
     */
    public boolean begin(int runId, String owner) {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("""
                        update run
                        set state = 'FETCHING', observed_at = ?, owner = ?, heartbeat_at = clock_timestamp()
                        where run_id = ? and state = 'QUEUED'""")) {
            update.setTimestamp(1, Timestamp.from(clock.instant()));
            update.setString(2, owner);
            update.setInt(3, runId);
            return update.executeUpdate() == 1;
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return false;
            }
            throw new DatabaseException("begin run " + runId, e);
        }
    }

    /** Notes which version of its transform map a run uses, so that it goes on with the same one if it is cut off. */
    public void useMapVersion(int runId, int version) {
        with("note the transform map's version of run " + runId, connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update run set transform_map_version = ? where run_id = ?")) {
                update.setInt(1, version);
                update.setInt(2, runId);
                return update.executeUpdate();
            }
        });
    }

    /** Notes how the fetch ended, and goes on to APPLYING. */
    public void applying(int runId, boolean sealed, List<String> missing) {
        with("go on with run " + runId, connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update run set state = 'APPLYING', sealed = ?, missing = ? where run_id = ?")) {
                update.setBoolean(1, sealed);
                update.setArray(2, connection.createArrayOf("text", missing.toArray()));
                update.setInt(3, runId);
                return update.executeUpdate();
            }
        });
    }

    /**
     * Notes what a run did so far.
     *
     * @param owner the server that executes it
     * @throws RunLostException if another server executes the run, or it has ended
     */
    public void saveProgress(int runId, String owner, RunCounts counts, long appliedRecords) {
        with("note the progress of run " + runId, connection -> {
            connection.setAutoCommit(false);
            try {
                saveProgress(connection, runId, counts, appliedRecords);
                hold(connection, runId, owner);
                connection.commit();
                return true;
            } catch (RunLostException lost) {
                connection.rollback();
                throw lost;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** The same as part of the caller's transaction, so that counts and data agree at every moment. */
    public static void saveProgress(Connection connection, int runId, RunCounts counts, long appliedRecords)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update run set counts = ?::jsonb, applied_records = ? where run_id = ?")) {
            update.setString(1, JSON.writeValueAsString(counts));
            update.setLong(2, appliedRecords);
            update.setInt(3, runId);
            update.executeUpdate();
        }
    }

    /**
     * Makes the caller's transaction one of the server that executes the run: from here to its end nobody can take the
     * run over, and if somebody did before, nothing of the transaction is kept.
     *
     * @throws RunLostException if another server executes the run, or it has ended
     */
    public static void hold(Connection connection, int runId, String owner) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select from run where run_id = ? and owner = ? and state in ('FETCHING', 'APPLYING') for share")) {
            select.setInt(1, runId);
            select.setString(2, owner);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new RunLostException(runId);
                }
            }
        }
    }

    /**
     * Ends a run that a server executes.
     *
     * @return false if another server executes it, or it has ended
     */
    public boolean end(int runId, String owner, RunState state, List<String> missing, Optional<Run.Failure> failure) {
        return with("end run " + runId, connection -> {
            connection.setAutoCommit(false);
            try {
                hold(connection, runId, owner);
                end(connection, runId, state, missing, failure);
                connection.commit();
                return true;
            } catch (RunLostException lost) {
                connection.rollback();
                return false;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** Ends a run. One that ended before stays as it is. */
    public void end(int runId, RunState state, List<String> missing, Optional<Run.Failure> failure) {
        with("end run " + runId, connection -> end(connection, runId, state, missing, failure));
    }

    private int end(
            Connection connection, int runId, RunState state, List<String> missing, Optional<Run.Failure> failure)
            throws SQLException {
        if (!state.ended()) {
            throw new IllegalArgumentException("A run does not end as " + state);
        }
        try (PreparedStatement update = connection.prepareStatement("""
                with ended as (
                    update run
                    set state = ?, finished_at = ?, failure_kind = ?, failure_message = ?, missing = ?
                    where run_id = ? and finished_at is null
                    returning run_id, state)
                insert into change_event (destination_id, kind, run_id)
                select d.destination_id, case e.state when 'FAILED' then 'RUN_FAILED' else 'RUN_INCOMPLETE' end, e.run_id
                from ended e cross join destination d
                where e.state in ('FAILED', 'PROCESSED_INCOMPLETE') and d.active and 'RUNS' = any (d.events)""")) {
            update.setString(1, state.name());
            update.setTimestamp(2, Timestamp.from(clock.instant()));
            update.setString(3, failure.map(f -> f.kind().name()).orElse(null));
            update.setString(4, failure.map(Run.Failure::message).orElse(null));
            update.setArray(5, connection.createArrayOf("text", missing.toArray()));
            update.setInt(6, runId);
            return update.executeUpdate();
        }
    }

    /** The run, if there is one of this id. */
    public Optional<Run> find(int runId) {
        return with("read run " + runId, connection -> {
            try (PreparedStatement select = connection.prepareStatement("select * from run where run_id = ?")) {
                select.setInt(1, runId);
                return runs(select).stream().findFirst();
            }
        });
    }

    /**
     * The runs of a connection, the newest first.
     *
     * @param before only runs with a smaller id, for the next page
     * @param limit at most so many
     */
    public List<Run> list(int connectionId, Optional<Integer> before, int limit) {
        return list(RunFilter.ofConnection(connectionId), before, limit);
    }

    /**
     * The runs that a filter lets through, the newest first.
     *
     * @param before only runs with a smaller id, for the next page
     * @param limit at most so many
     */
    public List<Run> list(RunFilter filter, Optional<Integer> before, int limit) {
        return with("list runs", connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select * from run
                    where run_id < ?
                      and (?::int is null or connection_id = ?)
                      and (?::int is null or profile_id = ?)
                      and (cardinality(?::text[]) = 0 or state = any (?))
                      and (?::timestamptz is null or queued_at >= ?)
                      and (?::timestamptz is null or queued_at < ?)
                    order by run_id desc limit ?""")) {
                Array states = connection.createArrayOf(
                        "text", filter.states().stream().map(RunState::name).toArray());
                select.setInt(1, before.orElse(Integer.MAX_VALUE));
                for (int at = 2; at <= 3; at++) {
                    select.setObject(at, filter.connectionId().orElse(null), Types.INTEGER);
                    select.setObject(at + 2, filter.profileId().orElse(null), Types.INTEGER);
                    select.setArray(at + 4, states);
                    select.setObject(at + 6, utc(filter.from()), Types.TIMESTAMP_WITH_TIMEZONE);
                    select.setObject(at + 8, utc(filter.to()), Types.TIMESTAMP_WITH_TIMEZONE);
                }
                select.setInt(12, limit);
                return runs(select);
            }
        });
    }

    /** The newest run of a connection after {@code runId} that applied what it fetched itself, if there is one. */
    public Optional<Integer> appliedAfter(int connectionId, int runId) {
        return with("look for runs after run " + runId, connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select max(run_id) from run
                    where connection_id = ? and run_id > ? and replay_of is null and applied_records > 0""")) {
                select.setInt(1, connectionId);
                select.setInt(2, runId);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return Optional.ofNullable(row.getObject(1, Integer.class));
                }
            }
        });
    }

    private static @Nullable OffsetDateTime utc(Optional<Instant> time) {
        return time.map(instant -> instant.atOffset(ZoneOffset.UTC)).orElse(null);
    }

    /** Notes what a run is at and what it spent. */
    public void noteActivity(int runId, RunActivity activity) {
        with("note what run " + runId + " is at", connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update run set activity = ?::jsonb where run_id = ?")) {
                update.setString(1, JSON.writeValueAsString(activity));
                update.setInt(2, runId);
                return update.executeUpdate();
            }
        });
    }

    /** What some runs are at and what they spent, by id. */
    public Map<Integer, RunActivity> activities(Collection<Integer> runIds) {
        return with("read what runs are at", connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("select run_id, activity from run where run_id = any (?)")) {
                select.setArray(1, connection.createArrayOf("int4", runIds.toArray()));
                Map<Integer, RunActivity> activities = new HashMap<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String json = row.getString(2);
                        activities.put(
                                row.getInt(1),
                                json.equals("{}") ? RunActivity.NONE : JSON.readValue(json, RunActivity.class));
                    }
                }
                return activities;
            }
        });
    }

    /** All runs that have not ended, the oldest first: what a server that starts goes on with. */
    public List<Run> unfinished() {
        return with("list the unfinished runs", connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select * from run where state in ('QUEUED', 'FETCHING', 'APPLYING') order by run_id")) {
                return runs(select);
            }
        });
    }

    /** Adds a line to a run's log. */
    public void log(int runId, LogLine.Level level, String message) {
        with("write the log of run " + runId, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into run_log (run_id, line, at, level, message)
                    select r.run_id, coalesce((select max(line) from run_log l where l.run_id = r.run_id), 0) + 1, ?, ?, ?
                    from (select run_id from run where run_id = ? for update) r""")) {
                insert.setTimestamp(1, Timestamp.from(clock.instant()));
                insert.setString(2, level.name());
                insert.setString(3, message.replace('\0', '\uFFFD'));
                insert.setInt(4, runId);
                return insert.executeUpdate();
            }
        });
    }

    /** A run's log, in order. */
    public List<LogLine> log(int runId) {
        return log(runId, 0);
    }

    /** The lines of a run's log with a greater number, in order. */
    public List<LogLine> log(int runId, int after) {
        return with("read the log of run " + runId, connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select line, at, level, message from run_log where run_id = ? and line > ? order by line")) {
                select.setInt(1, runId);
                select.setInt(2, after);
                List<LogLine> lines = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        lines.add(new LogLine(
                                row.getInt(1),
                                row.getTimestamp(2).toInstant(),
                                LogLine.Level.valueOf(row.getString(3)),
                                row.getString(4)));
                    }
                }
                return lines;
            }
        });
    }

    private static List<Run> runs(PreparedStatement select) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                runs.add(run(row));
            }
        }
        return runs;
    }

    private static Run run(ResultSet row) throws SQLException {
        int profileId = row.getInt("profile_id");
        Optional<Integer> profile = row.wasNull() ? Optional.empty() : Optional.of(profileId);
        Optional<Run.Failure> failure = Optional.ofNullable(row.getString("failure_kind"))
                .map(FailureKind::valueOf)
                .map(kind -> new Run.Failure(kind, message(row)));
        return new Run(
                row.getInt("run_id"),
                row.getInt("connection_id"),
                profile,
                Run.Trigger.valueOf(row.getString("trigger")),
                RunState.valueOf(row.getString("state")),
                row.getString("transform_map"),
                Optional.ofNullable(row.getObject("transform_map_version", Integer.class)),
                row.getTimestamp("queued_at").toInstant(),
                instant(row.getTimestamp("observed_at")),
                instant(row.getTimestamp("finished_at")),
                row.getBoolean("sealed"),
                List.of((String[]) row.getArray("missing").getArray()),
                failure,
                JSON.readValue(row.getString("counts"), RunCounts.class),
                row.getLong("applied_records"),
                Optional.ofNullable(row.getObject("replay_of", Integer.class)));
    }

    private static String message(ResultSet row) {
        try {
            return row.getString("failure_message");
        } catch (SQLException e) {
            throw new DatabaseException("read why a run failed", e);
        }
    }

    private static Optional<Instant> instant(@Nullable Timestamp timestamp) {
        return Optional.ofNullable(timestamp).map(Timestamp::toInstant);
    }

    private <T> T with(String what, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw new DatabaseException(what, e);
        }
    }

    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
