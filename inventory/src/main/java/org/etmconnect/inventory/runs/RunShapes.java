// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What the vendor's answers to runs looked like, as JSON, and the warnings about it. Safe for use by several threads. */
public final class RunShapes {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<RunWarning>> WARNINGS = new TypeReference<>() {};

    private final DataSource database;

    public RunShapes(DataSource database) {
        this.database = database;
    }

    /** A shape and the run it is of. */
    public record Known(int runId, String shape) {}

    /** What a run of the connection compares with: the newest that was complete; else the newest that was applied. */
    public Optional<Known> before(int connectionId, int runId) {
        return Transaction.run(database, "read what run " + runId + " compares with", connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select run_id, shape from run join run_shape using (run_id)
                    where connection_id = ? and run_id < ? and state in ('PROCESSED', 'PROCESSED_INCOMPLETE')
                    order by sealed desc, run_id desc limit 1""")) {
                select.setInt(1, connectionId);
                select.setInt(2, runId);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(new Known(row.getInt(1), row.getString(2))) : Optional.empty();
                }
            }
        });
    }

    /** The newest shape of each connection of a connector. */
    public List<String> newest(String connector) {
        return Transaction.run(database, "read what connections of " + connector + " bring", connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select newest.shape
                    from connection c
                    cross join lateral (
                        select shape from run join run_shape using (run_id)
                        where run.connection_id = c.connection_id
                        order by run_id desc limit 1) newest
                    where c.connector = ?
                    order by c.connection_id""")) {
                select.setString(1, connector);
                List<String> shapes = new ArrayList<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        shapes.add(row.getString(1));
                    }
                }
                return shapes;
            }
        });
    }

    /**
     * Keeps what a run learned.
     *
     * @return whether it is the first that is kept of the run, which was not cut off after that
     */
    public boolean save(int runId, String shape, List<RunWarning> warnings) {
        return Transaction.run(database, "keep what the answers to run " + runId + " look like", connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                    insert into run_shape as kept (run_id, shape, warnings) values (?, ?::jsonb, ?::jsonb)
                    on conflict (run_id) do update set shape = excluded.shape, warnings = excluded.warnings
                    returning kept.xmax = 0""")) {
                upsert.setInt(1, runId);
                upsert.setString(2, shape);
                upsert.setString(3, JSON.writeValueAsString(warnings));
                try (ResultSet row = upsert.executeQuery()) {
                    row.next();
                    return row.getBoolean(1);
                }
            }
        });
    }

    /** The warnings of some runs, by id, those without any left out. */
    public Map<Integer, List<RunWarning>> warnings(Collection<Integer> runIds) {
        return Transaction.run(database, "read the warnings of runs", connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select run_id, warnings from run_shape where run_id = any (?) and warnings <> '[]'")) {
                select.setArray(1, connection.createArrayOf("int", runIds.toArray()));
                Map<Integer, List<RunWarning>> found = new HashMap<>();
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.put(row.getInt(1), JSON.readValue(row.getString(2), WARNINGS));
                    }
                }
                return found;
            }
        });
    }
}
