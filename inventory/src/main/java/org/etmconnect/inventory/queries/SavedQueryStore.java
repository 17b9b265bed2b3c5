// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.queries;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;

/** Keeps queries by name. Safe for use by several threads. */
public final class SavedQueryStore {

    private static final String COLUMNS =
            "saved_query_id, subject, name, query, owner_id is null as shared, saved_by, saved_at";

    private final DataSource database;
    private final Clock clock;

    public SavedQueryStore(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Those for all and those of a person, by name.
     *
     * @param person empty for callers that are no person: they see those for all
     */
    public List<SavedQuery> list(String subject, Optional<Integer> person) {
        return Transaction.run(database, "list the saved queries", connection -> {
            try (PreparedStatement select = connection.prepareStatement("select " + COLUMNS
                    + " from saved_query where subject = ? and (owner_id is null or owner_id = ?)"
                    + " order by lower(name), owner_id nulls first")) {
                select.setString(1, subject);
                setPerson(select, 2, person);
                return read(select);
            }
        });
    }

    /** The query of this id, if it is for all or this person's own. */
    public Optional<SavedQuery> find(int id, Optional<Integer> person) {
        return Transaction.run(database, "read a saved query", connection -> {
            try (PreparedStatement select = connection.prepareStatement("select " + COLUMNS
                    + " from saved_query where saved_query_id = ? and (owner_id is null or owner_id = ?)")) {
                select.setInt(1, id);
                setPerson(select, 2, person);
                return read(select).stream().findFirst();
            }
        });
    }

    /**
     * Saves a query; one of the same subject, owner and name is written over.
     *
     * @param owner who alone sees it; empty for all
     */
    public SavedQuery save(String subject, String name, String query, Optional<Integer> owner, String savedBy) {
        return Transaction.run(database, "save the query " + name, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into saved_query (subject, name, query, owner_id, saved_by, saved_at) values (?, ?, ?, ?, ?, ?)
                    on conflict (subject, owner_id, name)
                    do update set query = excluded.query, saved_by = excluded.saved_by, saved_at = excluded.saved_at
                    returning\s""" + COLUMNS)) {
                insert.setString(1, subject);
                insert.setString(2, name);
                insert.setString(3, query);
                setPerson(insert, 4, owner);
                insert.setString(5, savedBy);
                insert.setObject(6, clock.instant().atOffset(ZoneOffset.UTC));
                return read(insert).getFirst();
            }
        });
    }

    /** Deletes a query, if it is there. */
    public void delete(int id) {
        Transaction.run(database, "delete a saved query", connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from saved_query where saved_query_id = ?")) {
                delete.setInt(1, id);
                return delete.executeUpdate();
            }
        });
    }

    private static void setPerson(PreparedStatement statement, int place, Optional<Integer> person)
            throws SQLException {
        if (person.isPresent()) {
            statement.setInt(place, person.get());
        } else {
            statement.setNull(place, Types.INTEGER);
        }
    }

    private static List<SavedQuery> read(PreparedStatement statement) throws SQLException {
        List<SavedQuery> queries = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                queries.add(new SavedQuery(
                        row.getInt("saved_query_id"),
                        row.getString("subject"),
                        row.getString("name"),
                        row.getString("query"),
                        row.getBoolean("shared"),
                        row.getString("saved_by"),
                        row.getTimestamp("saved_at").toInstant()));
            }
        }
        return queries;
    }
}
