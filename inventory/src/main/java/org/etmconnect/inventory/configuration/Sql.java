// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements over one JDBC connection, with parameters by position. */
public final class Sql {

    /** Text that goes into a {@code jsonb} column. */
    public record Json(String text) {}

    /** Reads the row at which a result stands. */
    public interface Row<T> {
        /** What the row says. */
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;

    /** Over a connection that the caller commits and closes. */
    public Sql(Connection connection) {
        this.connection = connection;
    }

    /** All rows. */
    public <T> List<T> list(String statement, Row<T> row, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, parameters);
                ResultSet result = prepared.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row.read(result));
            }
            return rows;
        }
    }

    /** The first row, if there is one. */
    public <T> Optional<T> first(String statement, Row<T> row, @Nullable Object... parameters) throws SQLException {
        return list(statement, row, parameters).stream().findFirst();
    }

    /** Executes the statement; how many rows it touched. */
    public int update(String statement, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, parameters)) {
            return prepared.executeUpdate();
        }
    }

    /** The time in a column; empty if it is null. */
    public static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(java.sql.Timestamp::toInstant);
    }

    private PreparedStatement prepare(String statement, @Nullable Object... parameters) throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(statement);
        for (int index = 0; index < parameters.length; index++) {
            int position = index + 1;
            switch (parameters[index]) {
                case Json(String text) -> prepared.setObject(position, text, java.sql.Types.OTHER);
                case Instant instant -> prepared.setObject(position, instant.atOffset(ZoneOffset.UTC));
                case String[] texts -> prepared.setArray(position, connection.createArrayOf("text", texts));
                case int[] numbers ->
                    prepared.setArray(
                            position,
                            connection.createArrayOf(
                                    "int4", Arrays.stream(numbers).boxed().toArray()));
                case byte[] bytes -> prepared.setBytes(position, bytes);
                case null -> prepared.setNull(position, java.sql.Types.NULL);
                case Object value -> prepared.setObject(position, value);
            }
        }
        return prepared;
    }
}
