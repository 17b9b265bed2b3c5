// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The audit log in the database, which refuses to change or delete what is in it. Safe for use by several threads. Every
 * method throws {@link DatabaseException} if the database does not answer.
 */
public final class AuditStore {

    private final DataSource dataSource;
    private final InstantSource clock;
    private final JsonMapper json = JsonMapper.builder().build();

    /** A log over {@code dataSource}, whose schema is migrated; {@code clock} gives the times that are stored. */
    public AuditStore(DataSource dataSource, InstantSource clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /** Adds an entry; it is safe in the database when this returns. */
    public void append(AuditEntry.Action action) {
        Statements.inTransaction(
                dataSource,
                "write the audit log",
                sql -> sql.update(
                        """
                        insert into audit_entry (at, actor, address, action, object, status, request, before_state, after_state)
                        values (?, ?, ?, ?, ?, ?, nullif(?, '')::jsonb, nullif(?, '')::jsonb, nullif(?, '')::jsonb)
                        """,
                        clock.instant(),
                        action.actor(),
                        action.address(),
                        action.operation(),
                        action.object(),
                        action.status(),
                        text(action.request()),
                        text(action.before()),
                        text(action.after())));
    }

    /** At most {@code limit} entries, the newest first. */
    public List<AuditEntry> find(AuditSearch search, int limit) {
        List<Object> parameters = new ArrayList<>();
        StringBuilder where = new StringBuilder("true");
        search.actor().ifPresent(actor -> add(where, parameters, "actor = ?", actor));
        search.operation().ifPresent(operation -> add(where, parameters, "action = ?", operation));
        search.object().ifPresent(object -> {
            add(where, parameters, "(object = ?", object);
            where.append(" or starts_with(object, ?))");
            parameters.add(object + "/");
        });
        search.from().ifPresent(from -> add(where, parameters, "at >= ?", from));
        search.to().ifPresent(to -> add(where, parameters, "at < ?", to));
        search.beforeId().ifPresent(id -> add(where, parameters, "audit_id < ?", id));
        parameters.add(limit);
        return Statements.inTransaction(
                dataSource,
                "read the audit log",
                sql -> sql.list(
                        "select audit_id, at, actor, address, action, object, status, request::text as request,"
                                + " before_state::text as before_state, after_state::text as after_state"
                                + " from audit_entry where " + where + " order by audit_id desc limit ?",
                        this::entry,
                        parameters));
    }

    private static void add(StringBuilder where, List<Object> parameters, String condition, Object parameter) {
        where.append(" and ").append(condition);
        parameters.add(parameter);
    }

    private AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("audit_id"),
                Statements.instant(row, "at"),
                new AuditEntry.Action(
                        row.getString("actor"),
                        row.getString("address"),
                        row.getString("action"),
                        row.getString("object"),
                        row.getInt("status"),
                        document(row, "request"),
                        document(row, "before_state"),
                        document(row, "after_state")));
    }

    private Optional<JsonNode> document(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).map(json::readTree);
    }

    private static String text(Optional<JsonNode> document) {
        return document.map(JsonNode::toString).orElse("");
    }
}
