// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.maps;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Transaction;

/**
 * Transform maps in the database. Takes any text for a map: whether it can be used is for the caller to check. Safe for
 * use by several threads. Every method throws {@link DatabaseException} if the database does not answer.
 */
public final class MapStore {

    private static final String LIVING = "select from transform_map m where m.name = ? and m.deleted_at is null";
    private static final String COLUMNS = "name, version, yaml, author, comment, created_at";

    private final DataSource database;
    private final InstantSource clock;

    /**
     * A store over {@code database}, whose schema is migrated.
     *
     * @param clock gives the times that versions carry
     */
    public MapStore(DataSource database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Stores a map under a name that is free. Its version is 1, or one more than the last of a deleted map of that name.
     * Empty if the name is taken.
     */
    public Optional<MapVersion> create(String name, String yaml, String author, String comment) {
        return create(name, yaml, author, comment, 1);
    }

    /** The same, but the version is at least {@code least}: so that a map keeps its numbers on another server. */
    public Optional<MapVersion> create(String name, String yaml, String author, String comment, int least) {
        return Transaction.run(database, "store the transform map " + name, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into transform_map (name, created_at) values (?, ?)
                    on conflict (name) do update set created_at = excluded.created_at, deleted_at = null
                    where transform_map.deleted_at is not null""")) {
                insert.setString(1, name);
                insert.setTimestamp(2, Timestamp.from(clock.instant()));
                if (insert.executeUpdate() == 0) {
                    return Optional.empty();
                }
            }
            return Optional.of(insert(connection, name, yaml, author, comment, least));
        });
    }

    /**
     * Stores a further version.
     *
     * @param base the version that was changed into this one; it must be the newest
     */
    public MapSave save(String name, int base, String yaml, String author, String comment) {
        return save(name, base, yaml, author, comment, 1);
    }

    /** The same, but the new version is at least {@code least}. */
    public MapSave save(String name, int base, String yaml, String author, String comment, int least) {
        return Transaction.run(database, "save the transform map " + name, connection -> {
            if (!lock(connection, name)) {
                return new MapSave.Missing();
            }
            MapVersion latest = latest(connection, name).orElseThrow();
            return latest.version() == base
                    ? new MapSave.Saved(insert(connection, name, yaml, author, comment, least))
                    : new MapSave.Outdated(latest);
        });
    }

    /** The newest version of each map, by name. */
    public List<MapVersion> all() {
        return Transaction.run(database, "list the transform maps", connection -> {
            try (PreparedStatement select = connection.prepareStatement("select distinct on (name) " + COLUMNS
                    + " from transform_map_version where name in (select name from transform_map where deleted_at is null)"
                    + " order by name, version desc")) {
                return versions(select);
            }
        });
    }

    /** All versions of a map, the newest first; empty if there is no such map. */
    public List<MapVersion> versions(String name) {
        return Transaction.run(database, "read the versions of the transform map " + name, connection -> {
            try (PreparedStatement select = connection.prepareStatement("select " + COLUMNS
                    + " from transform_map_version where name = ? and exists (" + LIVING + ") order by version desc")) {
                select.setString(1, name);
                select.setString(2, name);
                return versions(select);
            }
        });
    }

    /** The newest version of a map, if there is such a map. */
    public Optional<MapVersion> latest(String name) {
        return Transaction.run(database, "read the transform map " + name, connection -> latest(connection, name));
    }

    private static Optional<MapVersion> latest(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select " + COLUMNS
                + " from transform_map_version where name = ? and exists (" + LIVING
                + ") order by version desc limit 1")) {
            select.setString(1, name);
            select.setString(2, name);
            return versions(select).stream().findFirst();
        }
    }

    /** One version of a map, if there is one; also of a map that was deleted since. */
    public Optional<MapVersion> version(String name, int version) {
        return Transaction.run(database, "read version " + version + " of the transform map " + name, connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select " + COLUMNS + " from transform_map_version where name = ? and version = ?")) {
                select.setString(1, name);
                select.setInt(2, version);
                return versions(select).stream().findFirst();
            }
        });
    }

    /** The profiles that use each map, by the map's name; each as {@code connection / profile}. */
    public Map<String, List<String>> users() {
        return Transaction.run(database, "list what uses transform maps", MapStore::users);
    }

    /** Deletes a map, unless a profile uses it. Its versions can still be read one by one. */
    public MapDeletion delete(String name) {
        return Transaction.run(database, "delete the transform map " + name, connection -> {
            if (!lock(connection, name)) {
                return new MapDeletion.Missing();
            }
            List<String> profiles = users(connection).getOrDefault(name, List.of());
            if (!profiles.isEmpty()) {
                return new MapDeletion.InUse(profiles);
            }
            try (PreparedStatement delete =
                    connection.prepareStatement("update transform_map set deleted_at = ? where name = ?")) {
                delete.setTimestamp(1, Timestamp.from(clock.instant()));
                delete.setString(2, name);
                delete.executeUpdate();
            }
            return new MapDeletion.Deleted();
        });
    }

    private static Map<String, List<String>> users(Connection connection) throws SQLException {
        Map<String, List<String>> users = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        select p.transform_map, c.name || ' / ' || p.name
                        from profile p join connection c using (connection_id)
                        order by 1, 2""");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                users.computeIfAbsent(row.getString(1), map -> new ArrayList<>())
                        .add(row.getString(2));
            }
        }
        return users;
    }

    /** Keeps two saves from taking the same number, and a profile from being set to a map that is being deleted. */
    private static boolean lock(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select 1 from transform_map where name = ? and deleted_at is null for update")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private MapVersion insert(Connection connection, String name, String yaml, String author, String comment, int least)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into transform_map_version (" + COLUMNS
                + ") select ?, greatest(coalesce(max(version), 0) + 1, ?), ?, ?, ?, ? from transform_map_version where name = ?"
                + " returning " + COLUMNS)) {
            insert.setString(1, name);
            insert.setInt(2, least);
            insert.setString(3, yaml);
            insert.setString(4, author);
            insert.setString(5, comment);
            insert.setTimestamp(6, Timestamp.from(clock.instant()));
            insert.setString(7, name);
            return versions(insert).getFirst();
        }
    }

    private static List<MapVersion> versions(PreparedStatement select) throws SQLException {
        List<MapVersion> versions = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                versions.add(new MapVersion(
                        row.getString("name"),
                        row.getInt("version"),
                        row.getString("yaml"),
                        row.getString("author"),
                        row.getString("comment"),
                        row.getTimestamp("created_at").toInstant()));
            }
        }
        return versions;
    }
}
