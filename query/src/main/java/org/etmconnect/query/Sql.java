// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** A piece of SQL with its bind parameters. What people write gets into it by {@link #bind} alone. */
final class Sql {

    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    static Sql of(String text) {
        return new Sql().add(text);
    }

    Sql add(String piece) {
        text.append(piece);
        return this;
    }

    Sql add(Sql piece) {
        text.append(piece.text);
        values.addAll(piece.values);
        return this;
    }

    /** Adds a parameter: a String, Integer, Long, BigDecimal, Double, Instant, int[], short[] or String[]. */
    Sql bind(Object value) {
        text.append(
                switch (value) {
                    case int[] _ -> "?::int[]";
                    case short[] _ -> "?::smallint[]";
                    case Short _ -> "?::smallint";
                    case String[] _ -> "?::text[]";
                    case String _ -> "?::text";
                    default -> "?";
                });
        values.add(value);
        return this;
    }

    static Sql join(String separator, List<Sql> pieces) {
        Sql joined = new Sql();
        for (int i = 0; i < pieces.size(); i++) {
            joined.add(i == 0 ? "" : separator).add(pieces.get(i));
        }
        return joined;
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.toString());
        for (int i = 0; i < values.size(); i++) {
            switch (values.get(i)) {
                case int[] numbers ->
                    // of ints as they are: the driver sends them in binary form
                    statement.setArray(
                            i + 1, connection.unwrap(PGConnection.class).createArrayOf("int4", numbers));
                case short[] numbers ->
                    statement.setArray(
                            i + 1, connection.unwrap(PGConnection.class).createArrayOf("int2", numbers));
                case String[] texts -> statement.setArray(i + 1, connection.createArrayOf("text", texts));
                case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                case Object value -> statement.setObject(i + 1, value);
            }
        }
        return statement;
    }

    /** The text, with a question mark for each parameter. */
    @Override
    public String toString() {
        return text.toString();
    }
}
