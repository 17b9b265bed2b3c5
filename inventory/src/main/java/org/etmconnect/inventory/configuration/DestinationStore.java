// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.schedule.ScheduleJson;
import tools.jackson.databind.json.JsonMapper;

/**
 * Destinations in the database; their credentials are encrypted like those of connections. Safe for use by several
 * threads. Every method throws {@link StorageFault} if the database does not answer.
 */
public final class DestinationStore {

    private static final String TABLE = "destination";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String COLUMNS = """
            destination_id, name, description, kind, field_values::text as field_values, network::text as network,
            secrets_set_at, active, after_runs, schedule::text as schedule, next_due, created_at
            """;

    private final ConfigurationStore configuration;

    /** Over the database, the keys and the clock of {@code configuration}. */
    public DestinationStore(ConfigurationStore configuration) {
        this.configuration = configuration;
    }

    /** Stores a destination. */
    public DestinationOutcome create(DestinationDraft draft) {
        return configuration.encrypting("store the destination " + draft.name(), sql -> {
            int id = sql.first(
                            "select nextval(pg_get_serial_sequence('destination', 'destination_id'))::int",
                            row -> row.getInt(1))
                    .orElseThrow();
            Instant now = configuration.now();
            Optional<byte[]> secrets = encrypted(id, draft.settings());
            int stored = sql.update(
                    """
                    insert into destination (destination_id, name, description, kind, field_values, network,
                                             encrypted_secrets, secrets_set_at, active, after_runs, schedule, next_due,
                                             seen_run, created_at, events)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (name) do nothing
                    """,
                    id,
                    draft.name(),
                    draft.description(),
                    draft.kind(),
                    new Sql.Json(JSON.writeValueAsString(draft.settings().values())),
                    new Sql.Json(
                            NetworkOptionsJson.write(draft.settings().network()).toString()),
                    secrets.orElse(null),
                    secrets.isPresent() ? now : null,
                    draft.active(),
                    draft.afterRuns(),
                    new Sql.Json(ScheduleJson.write(draft.schedule())),
                    draft.schedule().next(now).orElse(null),
                    now,
                    now,
                    topics(draft));
            return stored == 0
                    ? new DestinationOutcome.NameTaken(draft.name())
                    : new DestinationOutcome.Saved(read(sql, id).orElseThrow());
        });
    }

    /** Replaces a destination whole, credentials included. Its kind stays. */
    public DestinationOutcome update(int destinationId, DestinationDraft draft) {
        try {
            return configuration.encrypting("change destination " + destinationId, sql -> {
                Optional<byte[]> secrets = encrypted(destinationId, draft.settings());
                boolean sameSecrets = holds(sql, destinationId, draft.settings());
                Instant now = configuration.now();
                int changed = sql.update(
                        """
                        update destination
                        set name = ?, description = ?, field_values = ?, network = ?, encrypted_secrets = ?,
                            secrets_set_at = case when ? then secrets_set_at else ?::timestamptz end,
                            active = ?, after_runs = ?, schedule = ?, next_due = ?, events = ?
                        where destination_id = ?
                        """,
                        draft.name(),
                        draft.description(),
                        new Sql.Json(JSON.writeValueAsString(draft.settings().values())),
                        new Sql.Json(NetworkOptionsJson.write(draft.settings().network())
                                .toString()),
                        secrets.orElse(null),
                        sameSecrets,
                        secrets.isPresent() ? now : null,
                        draft.active(),
                        draft.afterRuns(),
                        new Sql.Json(ScheduleJson.write(draft.schedule())),
                        draft.schedule().next(now).orElse(null),
                        topics(draft),
                        destinationId);
                return changed == 0
                        ? new DestinationOutcome.Missing()
                        : new DestinationOutcome.Saved(read(sql, destinationId).orElseThrow());
            });
        } catch (StorageFault fault) {
            if (fault.getCause() instanceof SQLException refused && UNIQUE_VIOLATION.equals(refused.getSQLState())) {
                return new DestinationOutcome.NameTaken(draft.name());
            }
            throw fault;
        }
    }

    /** Deletes a destination to which nothing is being delivered. What it holds stays there. */
    public DestinationOutcome delete(int destinationId) {
        return configuration.inTransaction("delete destination " + destinationId, sql -> {
            sql.first(
                    "select 1 from destination where destination_id = ? for update",
                    row -> row.getInt(1),
                    destinationId);
            Optional<Integer> under = sql.first(
                    "select delivery_id from delivery where destination_id = ? and state = 'SENDING' limit 1",
                    row -> row.getInt(1),
                    destinationId);
            if (under.isPresent()) {
                return new DestinationOutcome.Delivering(under.get());
            }
            return sql.update("delete from destination where destination_id = ?", destinationId) == 1
                    ? new DestinationOutcome.Deleted()
                    : new DestinationOutcome.Missing();
        });
    }

    /** All destinations, by name. */
    public List<SavedDestination> destinations() {
        return configuration.inTransaction(
                "list the destinations",
                sql -> sql.list(
                        "select " + COLUMNS + " from destination order by lower(name), destination_id",
                        this::destination));
    }

    /** The destination with this id, if there is one. */
    public Optional<SavedDestination> destination(int destinationId) {
        return configuration.inTransaction("read destination " + destinationId, sql -> read(sql, destinationId));
    }

    /**
     * The settings of a destination with its credentials in clear, for a delivery or a test. The only way to read them.
     *
     * @throws StorageFault also if the credentials cannot be decrypted
     */
    public Optional<DestinationSettings> settings(int destinationId) {
        return configuration.inTransaction("read the settings of destination " + destinationId, sql -> {
            Optional<SavedDestination> saved = read(sql, destinationId);
            if (saved.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Secret> secrets = new HashMap<>(secretsOf(sql, destinationId));
            Optional<Secret> proxyPassword = Optional.ofNullable(secrets.remove(ConfigurationStore.PROXY_PASSWORD));
            return Optional.of(new DestinationSettings(
                    saved.get().values(),
                    secrets,
                    ConfigurationStore.withPassword(saved.get().network(), proxyPassword)));
        });
    }

    private static String[] topics(DestinationDraft draft) {
        return draft.events().stream().map(Enum::name).sorted().toArray(String[]::new);
    }

    /** The names of a destination's credentials, in order; empty also if no key decrypts them. */
    public List<String> secretKeys(int destinationId) {
        return configuration.inTransaction("read which credentials destination " + destinationId + " has", sql -> {
            try {
                return secretsOf(sql, destinationId).keySet().stream()
                        .filter(key -> !key.equals(ConfigurationStore.PROXY_PASSWORD))
                        .sorted()
                        .toList();
            } catch (StorageFault undecipherable) {
                return List.of();
            }
        });
    }

    private Optional<byte[]> encrypted(int id, DestinationSettings settings) {
        return configuration.encrypt(
                ConfigurationStore.allSecrets(settings.secrets(), settings.network()),
                ConfigurationStore.context(TABLE, id));
    }

    private boolean holds(Sql sql, int id, DestinationSettings settings) throws SQLException {
        try {
            return secretsOf(sql, id).equals(ConfigurationStore.allSecrets(settings.secrets(), settings.network()));
        } catch (StorageFault undecipherable) {
            // Saving them anew is the way out when the key set is lost.
            return false;
        }
    }

    private Map<String, Secret> secretsOf(Sql sql, int id) throws SQLException {
        return sql.first(
                        "select encrypted_secrets from destination where destination_id = ? and encrypted_secrets is not null",
                        row -> row.getBytes(1),
                        id)
                .map(bytes -> configuration.decrypt(bytes, ConfigurationStore.context(TABLE, id), "destination " + id))
                .orElse(Map.of());
    }

    private Optional<SavedDestination> read(Sql sql, int destinationId) throws SQLException {
        return sql.first(
                "select " + COLUMNS + " from destination where destination_id = ?", this::destination, destinationId);
    }

    private SavedDestination destination(ResultSet row) throws SQLException {
        String name = row.getString("name");
        NetworkOptions network = configuration.network("the destination " + name, row.getString("network"));
        return new SavedDestination(
                row.getInt("destination_id"),
                name,
                row.getString("description"),
                row.getString("kind"),
                configuration.texts(row.getString("field_values")),
                network,
                Sql.instant(row, "secrets_set_at"),
                row.getBoolean("active"),
                row.getBoolean("after_runs"),
                ScheduleJson.read(row.getString("schedule")),
                Sql.instant(row, "next_due"),
                Sql.instant(row, "created_at").orElseThrow());
    }
}
