// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.schedule.ScheduleJson;

/**
 * Writes profiles; {@link ConfigurationStore} reads them. Safe for use by several threads. Every method throws
 * {@link StorageFault} if the database does not answer.
 */
public final class ProfileStore {

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final DataSource dataSource;
    private final InstantSource clock;

    /**
     * @param dataSource a database whose schema is migrated
     * @param clock gives the times that are stored
     */
    public ProfileStore(DataSource dataSource, InstantSource clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /** Adds a profile to a connection. */
    public ProfileOutcome create(int connectionId, ProfileDraft draft) {
        return write(
                "store the profile " + draft.name(),
                draft.name(),
                sql -> sql.first(
                                """
                        insert into profile (connection_id, name, description, transform_map, transform_map_version, active,
                                             schedule, created_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?) returning *
                        """,
                                ConfigurationStore::profile,
                                connectionId,
                                draft.name(),
                                draft.description(),
                                draft.transformMap(),
                                draft.transformMapVersion().orElse(null),
                                draft.active(),
                                new Sql.Json(ScheduleJson.write(draft.schedule())),
                                clock.instant().truncatedTo(ChronoUnit.MICROS))
                        .<ProfileOutcome>map(ProfileOutcome.Saved::new)
                        .orElseThrow());
    }

    /** Replaces a profile. Runs that were asked for before stay as they are. */
    public ProfileOutcome update(int profileId, ProfileDraft draft) {
        return write(
                "change profile " + profileId,
                draft.name(),
                sql -> saved(sql.first(
                        """
                update profile
                set name = ?, description = ?, transform_map = ?, transform_map_version = ?, active = ?, schedule = ?
                where profile_id = ? returning *
                """,
                        ConfigurationStore::profile,
                        draft.name(),
                        draft.description(),
                        draft.transformMap(),
                        draft.transformMapVersion().orElse(null),
                        draft.active(),
                        new Sql.Json(ScheduleJson.write(draft.schedule())),
                        profileId)));
    }

    /** Deletes a profile of which no run is queued or under way. */
    public ProfileOutcome delete(int profileId) {
        return write("delete profile " + profileId, "", sql -> {
            // Nobody can ask for a run of it while this row is locked.
            sql.first("select 1 from profile where profile_id = ? for update", row -> row.getInt(1), profileId);
            Optional<Integer> running = sql.first("""
                    select run_id from run
                    where profile_id = ? and state in ('QUEUED', 'FETCHING', 'APPLYING') order by run_id limit 1
                    """, row -> row.getInt(1), profileId);
            if (running.isPresent()) {
                return new ProfileOutcome.Running(running.get());
            }
            return sql.update("delete from profile where profile_id = ?", profileId) == 1
                    ? new ProfileOutcome.Deleted()
                    : new ProfileOutcome.Missing();
        });
    }

    private static ProfileOutcome saved(Optional<Profile> profile) {
        return profile.<ProfileOutcome>map(ProfileOutcome.Saved::new).orElseGet(ProfileOutcome.Missing::new);
    }

    private ProfileOutcome write(String what, String name, Work work) {
        try {
            return Transaction.attempt(dataSource, connection -> work.apply(new Sql(connection)));
        } catch (SQLException failure) {
            return switch (String.valueOf(failure.getSQLState())) {
                case UNIQUE_VIOLATION -> new ProfileOutcome.NameTaken(name);
                case FOREIGN_KEY_VIOLATION -> new ProfileOutcome.Missing();
                default -> throw new StorageFault("Could not " + what + ": " + failure.getMessage(), failure);
            };
        }
    }

    private interface Work {
        ProfileOutcome apply(Sql sql) throws SQLException;
    }
}
