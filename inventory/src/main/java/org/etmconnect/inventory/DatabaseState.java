// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * What is to be known of the database itself.
 *
 * @param version PostgreSQL's, e.g. {@code 18.4}
 * @param bytes what each kind of table takes on disk, with its indexes
 * @param servers who of our kind is connected, the longest connected first
 */
public record DatabaseState(String version, Map<Kind, Long> bytes, List<Server> servers) {

    /** What the connections of a server call themselves begins so. */
    public static final String SERVER_NAME = "ETM Connect ";

    /** A kind of tables. */
    public enum Kind {
        /** Findings and what they share. */
        FINDINGS,
        /** Hosts, their source records and the identification log. */
        ASSETS,
        /** Runs with their logs and quarantine. */
        RUNS,
        /** Users, connections, maps, rules, the audit log and all else. */
        CONFIGURATION
    }

    /**
     * A server on this database.
     *
     * @param name its machine and process
     * @param connectedSince when its oldest connection was opened; connections are renewed every half hour or so
     */
    public record Server(String name, Instant connectedSince, int connections) {}

    public DatabaseState {
        bytes = Map.copyOf(bytes);
        servers = List.copyOf(servers);
    }

    /** Reads it; takes a few milliseconds. */
    public static DatabaseState read(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return new DatabaseState(version(connection), bytes(connection), servers(connection));
        } catch (SQLException e) {
            throw new DatabaseException("read the state of the database", e);
        }
    }

    private static String version(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("show server_version");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    private static Map<Kind, Long> bytes(Connection connection) throws SQLException {
        Map<Kind, Long> bytes = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            bytes.put(kind, 0L);
        }
        try (PreparedStatement select = connection.prepareStatement("""
                        select case
                                 when relname ~ '^(finding|definition|open_by)' then 'FINDINGS'
                                 when relname ~ '^(asset|source_record|identification_log)' then 'ASSETS'
                                 when relname ~ '^(run|quarantine|dry_run)' then 'RUNS'
                                 else 'CONFIGURATION' end as kind,
                               sum(pg_total_relation_size(oid)) as bytes
                        from pg_class
                        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'm')
                        group by 1""");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                bytes.put(Kind.valueOf(row.getString("kind")), row.getLong("bytes"));
            }
        }
        return bytes;
    }

    private static List<Server> servers(Connection connection) throws SQLException {
        List<Server> servers = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select substr(application_name, length(?) + 1) as name, min(backend_start) as since, count(*) as connections
                from pg_stat_activity
                where datname = current_database() and starts_with(application_name, ?)
                group by 1 order by 2, 1""")) {
            select.setString(1, SERVER_NAME);
            select.setString(2, SERVER_NAME);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    servers.add(new Server(
                            row.getString("name"), row.getTimestamp("since").toInstant(), row.getInt("connections")));
                }
            }
        }
        return servers;
    }
}
