// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.schedule.ScheduleJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Connections and profiles in the database. Safe for use by several threads. Every method throws {@link StorageFault}
 * if the database does not answer.
 */
public final class ConfigurationStore {

    private static final String DEFAULT_PROFILE = "Default";
    private static final String UNIQUE_VIOLATION = "23505";
    /** The proxy's password is kept with the credentials. No connector's field can have this key. */
    static final String PROXY_PASSWORD = "network.proxy.password";

    private static final String CONNECTION_COLUMNS = """
            connection_id, name, description, connector, vendor, product, finding_types, field_values::text as field_values,
            network::text as network, secrets_set_at, created_at, last_applied_run, last_complete_run,
            retention_days
            """;

    private final DataSource dataSource;
    private final KeySet keySet;
    private final boolean allowPlainHttp;
    private final Targets targets;
    private final InstantSource clock;
    /** Who encrypts while the keys are rotated would do so with a key that is about to be removed. */
    private final ReadWriteLock rotating = new ReentrantReadWriteLock();

    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * A store over {@code dataSource}, whose schema is migrated.
     *
     * @param keySet what credentials are encrypted with
     * @param allowPlainHttp whether this server lets connections use {@code http://}
     * @param clock gives the times that are stored
     */
    public ConfigurationStore(DataSource dataSource, KeySet keySet, boolean allowPlainHttp, InstantSource clock) {
        this(dataSource, keySet, allowPlainHttp, Targets.everywhere(), clock);
    }

    /**
     * A store over {@code dataSource}, whose schema is migrated.
     *
     * @param keySet what credentials are encrypted with
     * @param allowPlainHttp whether this server lets connections use {@code http://}
     * @param targets which addresses this server lets connections call
     * @param clock gives the times that are stored
     */
    public ConfigurationStore(
            DataSource dataSource, KeySet keySet, boolean allowPlainHttp, Targets targets, InstantSource clock) {
        this.dataSource = dataSource;
        this.keySet = keySet;
        this.allowPlainHttp = allowPlainHttp;
        this.targets = targets;
        this.clock = clock;
    }

    /** Stores a connection and, if it names a map for one, its first, active profile. */
    public SaveOutcome create(NewConnection connection) {
        return encrypting("store the connection " + connection.name(), sql -> {
            int id = sql.first(
                            "select nextval(pg_get_serial_sequence('connection', 'connection_id'))::int",
                            row -> row.getInt(1))
                    .orElseThrow();
            Instant now = now();
            Optional<byte[]> secrets = encrypt(id, connection.settings());
            int stored = sql.update(
                    """
                    insert into connection (connection_id, name, description, connector, vendor, product, finding_types,
                                            field_values, network, encrypted_secrets, secrets_set_at, created_at,
                                            retention_days)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (name) do nothing
                    """,
                    id,
                    connection.name(),
                    connection.description(),
                    connection.connector().id(),
                    connection.connector().vendor(),
                    connection.connector().product(),
                    names(connection.settings().findingTypes()),
                    new Sql.Json(json.writeValueAsString(connection.settings().values())),
                    new Sql.Json(NetworkOptionsJson.write(connection.settings().network())
                            .toString()),
                    secrets.orElse(null),
                    secrets.isPresent() ? now : null,
                    now,
                    boxed(connection.retentionDays()));
            if (stored == 0) {
                return new SaveOutcome.NameTaken(connection.name());
            }
            if (connection.transformMap().isPresent()) {
                sql.update(
                        "insert into profile (connection_id, name, transform_map, created_at) values (?, ?, ?, ?)",
                        id,
                        DEFAULT_PROFILE,
                        connection.transformMap().get(),
                        now);
            }
            return new SaveOutcome.Saved(read(sql, id).orElseThrow());
        });
    }

    /** All connections, by name. */
    public List<SavedConnection> connections() {
        return inTransaction(
                "list the connections",
                sql -> sql.list(
                        "select " + CONNECTION_COLUMNS + " from connection order by lower(name), connection_id",
                        this::connection));
    }

    /** The connection with this id, if there is one. */
    public Optional<SavedConnection> connection(int connectionId) {
        return inTransaction("read connection " + connectionId, sql -> read(sql, connectionId));
    }

    /**
     * Replaces name, description and settings of a connection. The settings replace the old ones whole, credentials
     * included.
     *
     * @param retentionDays days after which what a host no longer reported has left is deleted, at least 1; empty: never
     */
    public SaveOutcome update(
            int connectionId, String name, String description, ConnectionSettings settings, OptionalInt retentionDays) {
        try {
            return encrypting("change connection " + connectionId, sql -> {
                Optional<byte[]> secrets = encrypt(connectionId, settings);
                boolean sameSecrets = holds(sql, connectionId, allSecrets(settings));
                int changed = sql.update(
                        """
                        update connection
                        set name = ?, description = ?, finding_types = ?, field_values = ?, network = ?,
                            encrypted_secrets = ?, secrets_set_at = case when ? then secrets_set_at else ?::timestamptz end,
                            retention_days = ?
                        where connection_id = ?
                        """,
                        name,
                        description,
                        names(settings.findingTypes()),
                        new Sql.Json(json.writeValueAsString(settings.values())),
                        new Sql.Json(
                                NetworkOptionsJson.write(settings.network()).toString()),
                        secrets.orElse(null),
                        sameSecrets,
                        secrets.isPresent() ? now() : null,
                        boxed(retentionDays),
                        connectionId);
                return changed == 0
                        ? new SaveOutcome.Missing(connectionId)
                        : new SaveOutcome.Saved(read(sql, connectionId).orElseThrow());
            });
        } catch (StorageFault fault) {
            if (fault.getCause() instanceof SQLException refused && UNIQUE_VIOLATION.equals(refused.getSQLState())) {
                return new SaveOutcome.NameTaken(name);
            }
            throw fault;
        }
    }

    /** Deletes a connection that is not running and has brought nothing that the inventory still holds. */
    public DeleteOutcome delete(int connectionId) {
        return inTransaction("delete connection " + connectionId, sql -> {
            if (sql.first(
                            "select 1 from connection where connection_id = ? for update",
                            row -> row.getInt(1),
                            connectionId)
                    .isEmpty()) {
                return new DeleteOutcome.Missing();
            }
            Optional<Integer> running = sql.first("""
                select run_id from run
                where connection_id = ? and state in ('QUEUED', 'FETCHING', 'APPLYING') order by run_id limit 1
                """, row -> row.getInt(1), connectionId);
            if (running.isPresent()) {
                return new DeleteOutcome.Running(running.get());
            }
            long records = sql.first(
                            "select count(*) from source_record where connection_id = ?",
                            row -> row.getLong(1),
                            connectionId)
                    .orElse(0L);
            if (records > 0) {
                return new DeleteOutcome.InInventory(records);
            }
            sql.update("delete from connection where connection_id = ?", connectionId);
            return new DeleteOutcome.Deleted();
        });
    }

    /**
     * The settings of a connection with its credentials in clear, for a run or a test. The only way to read credentials.
     *
     * @throws StorageFault also if the credentials cannot be decrypted
     */
    public Optional<ConnectionSettings> settingsForRun(int connectionId) {
        return inTransaction("read the settings of connection " + connectionId, sql -> {
            Optional<SavedConnection> saved = read(sql, connectionId);
            if (saved.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Secret> secrets =
                    new HashMap<>(secretsOf(sql, connectionId).orElse(Map.of()));
            Optional<Secret> proxyPassword = Optional.ofNullable(secrets.remove(PROXY_PASSWORD));
            NetworkOptions network = saved.get().network();
            return Optional.of(new ConnectionSettings(
                    saved.get().values(), secrets, saved.get().findingTypes(), withPassword(network, proxyPassword)));
        });
    }

    /**
     * Encrypts all credentials anew, in one transaction. With keys of the server's own, a new one is made for it first and
     * the old ones are removed afterwards; a rotation that was cut off in between is gone on with. With keys that the
     * operator gives, the first of them is used.
     *
     * @throws StorageFault also if the key set cannot be written; then the old keys are still there
     */
    public KeyRotation rotateKeys() {
        rotating.writeLock().lock();
        try {
            keySet.addPrimary();
            KeyRotation rotation = inTransaction("encrypt the credentials anew", this::encryptAnew);
            keySet.removeOld();
            return rotation;
        } finally {
            rotating.writeLock().unlock();
        }
    }

    private KeyRotation encryptAnew(Sql sql) throws SQLException {
        List<String> undecipherable = new ArrayList<>();
        int connections = encryptAnew(sql, "connection", undecipherable);
        int destinations = encryptAnew(sql, "destination", undecipherable);
        return new KeyRotation(connections, destinations, undecipherable);
    }

    private int encryptAnew(Sql sql, String table, List<String> undecipherable) throws SQLException {
        record Holder(int id, String name) {}
        int encrypted = 0;
        for (Holder holder : sql.list(
                "select " + table + "_id, name from " + table
                        + " where encrypted_secrets is not null order by 1 for update",
                row -> new Holder(row.getInt(1), row.getString(2)))) {
            String context = context(table, holder.id());
            byte[] secrets = sql.first(
                            "select encrypted_secrets from " + table + " where " + table + "_id = ?",
                            row -> row.getBytes(1),
                            holder.id())
                    .orElseThrow();
            byte[] plain;
            try {
                plain = keySet.decrypt(secrets, context, table + " " + holder.name());
            } catch (StorageFault noKey) {
                undecipherable.add(holder.name());
                continue;
            }
            encrypted += sql.update(
                    "update " + table + " set encrypted_secrets = ? where " + table + "_id = ?",
                    keySet.encrypt(plain, context),
                    holder.id());
        }
        return encrypted;
    }

    /** The keys that credentials are encrypted with. */
    public KeySet keySet() {
        return keySet;
    }

    /** All profiles, of one connection if {@code connectionId} is given, by connection and name. */
    public List<Profile> profiles(OptionalInt connectionId) {
        return inTransaction(
                "list the profiles",
                sql -> sql.list("""
                        select * from profile where ?::int is null or connection_id = ?
                        order by connection_id, lower(name), profile_id
                        """, ConfigurationStore::profile, boxed(connectionId), boxed(connectionId)));
    }

    /** The profile with this id, if there is one. */
    public Optional<Profile> profile(int profileId) {
        return inTransaction(
                "read profile " + profileId, sql -> sql.first("""
                        select * from profile where profile_id = ?
                        """, ConfigurationStore::profile, profileId));
    }

    /** Sets whether a profile may run. Empty if there is no such profile. */
    public Optional<Profile> activate(int profileId, boolean active) {
        return inTransaction(
                "change profile " + profileId, sql -> sql.first("""
                        update profile set active = ? where profile_id = ?
                        returning *
                        """, ConfigurationStore::profile, active, profileId));
    }

    private static @Nullable Integer boxed(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    private Optional<SavedConnection> read(Sql sql, int connectionId) throws SQLException {
        return sql.first(
                "select " + CONNECTION_COLUMNS + " from connection where connection_id = ?",
                this::connection,
                connectionId);
    }

    private SavedConnection connection(ResultSet row) throws SQLException {
        String name = row.getString("name");
        return new SavedConnection(
                row.getInt("connection_id"),
                name,
                row.getString("description"),
                row.getString("connector"),
                row.getString("vendor"),
                row.getString("product"),
                Arrays.stream((String[]) row.getArray("finding_types").getArray())
                        .map(FindingType::valueOf)
                        .collect(Collectors.toSet()),
                texts(row.getString("field_values")),
                network("the connection " + name, row.getString("network")),
                Sql.instant(row, "secrets_set_at"),
                Sql.instant(row, "created_at").orElseThrow(),
                optional(row, "last_applied_run"),
                optional(row, "last_complete_run"),
                optional(row, "retention_days"));
    }

    static Profile profile(ResultSet row) throws SQLException {
        return new Profile(
                row.getInt("profile_id"),
                row.getInt("connection_id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("transform_map"),
                Optional.ofNullable(row.getObject("transform_map_version", Integer.class)),
                row.getBoolean("active"),
                ScheduleJson.read(row.getString("schedule")),
                Sql.instant(row, "created_at").orElseThrow());
    }

    private static OptionalInt optional(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
    }

    NetworkOptions network(String connectionName, String text) {
        ObjectNode node = (ObjectNode) json.readTree(text);
        return switch (NetworkOptionsJson.read(node, Optional.empty())) {
            case NetworkOptionsJson.Read.Valid(NetworkOptions options) ->
                options.withPlainHttp(allowPlainHttp).withTargets(targets);
            case NetworkOptionsJson.Read.Invalid(List<Problem> problems) ->
                throw new StorageFault("The stored network options of " + connectionName + " cannot be read: "
                        + problems + ". Save the connection again.");
        };
    }

    static NetworkOptions withPassword(NetworkOptions network, Optional<Secret> password) {
        return new NetworkOptions(
                network.proxy()
                        .map(proxy -> new NetworkOptions.Proxy(proxy.host(), proxy.port(), proxy.user(), password)),
                network.caCertificatesPem(),
                network.connectTimeout(),
                network.responseTimeout(),
                network.requestsPerSecond(),
                network.parallelRequests(),
                network.allowPlainHttp(),
                network.targets());
    }

    private Optional<byte[]> encrypt(int connectionId, ConnectionSettings settings) {
        return encrypt(allSecrets(settings), context(connectionId));
    }

    Optional<byte[]> encrypt(Map<String, Secret> secrets, String context) {
        if (secrets.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        secrets.forEach((key, secret) -> node.put(key, secret.reveal()));
        return Optional.of(keySet.encrypt(node.toString().getBytes(StandardCharsets.UTF_8), context));
    }

    private static Map<String, Secret> allSecrets(ConnectionSettings settings) {
        return allSecrets(settings.secrets(), settings.network());
    }

    static Map<String, Secret> allSecrets(Map<String, Secret> own, NetworkOptions network) {
        Map<String, Secret> secrets = new HashMap<>(own);
        network.proxy()
                .flatMap(NetworkOptions.Proxy::password)
                .ifPresent(password -> secrets.put(PROXY_PASSWORD, password));
        return secrets;
    }

    private Optional<Map<String, Secret>> secretsOf(Sql sql, int connectionId) throws SQLException {
        return sql.first("""
            select encrypted_secrets from connection
            where connection_id = ? and encrypted_secrets is not null
            """, row -> row.getBytes(1), connectionId).map(encrypted -> {
            return decrypt(encrypted, context(connectionId), "connection " + connectionId);
        });
    }

    Map<String, Secret> decrypt(byte[] encrypted, String context, String whose) {
        Map<String, Secret> secrets = new HashMap<>();
        texts(new String(keySet.decrypt(encrypted, context, whose), StandardCharsets.UTF_8))
                .forEach((key, value) -> secrets.put(key, Secret.of(value)));
        return secrets;
    }

    private boolean holds(Sql sql, int connectionId, Map<String, Secret> secrets) throws SQLException {
        try {
            return secretsOf(sql, connectionId).filter(secrets::equals).isPresent();
        } catch (StorageFault undecipherable) {
            // Saving them anew is the way out when the key set is lost.
            return false;
        }
    }

    /** Ties the cipher text to its row: copied to another connection, it does not decrypt. */
    private static String context(int connectionId) {
        return context("connection", connectionId);
    }

    static String context(String table, int id) {
        return table + "/" + id + "/secrets";
    }

    Map<String, String> texts(String text) {
        Map<String, String> texts = new HashMap<>();
        json.readTree(text)
                .propertyStream()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
        return texts;
    }

    private static String[] names(Set<FindingType> types) {
        return new TreeSet<>(types).stream().map(Enum::name).toArray(String[]::new);
    }

    /** PostgreSQL keeps microseconds; so what is answered at once is what is read later. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    interface Work<T> {
        T apply(Sql sql) throws SQLException;
    }

    <T> T encrypting(String what, Work<T> work) {
        rotating.readLock().lock();
        try {
            return inTransaction(what, work);
        } finally {
            rotating.readLock().unlock();
        }
    }

    <T> T inTransaction(String what, Work<T> work) {
        try {
            return Transaction.attempt(dataSource, connection -> work.apply(new Sql(connection)));
        } catch (SQLException failure) {
            throw new StorageFault("Could not " + what + ": " + failure.getMessage(), failure);
        }
    }
}
