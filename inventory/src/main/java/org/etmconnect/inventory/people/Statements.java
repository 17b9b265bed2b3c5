// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.Transaction;

/** Statements in one transaction, with parameters by position. */
final class Statements {

    interface Work<T> {
        T apply(Statements statements) throws SQLException;
    }

    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;

    private Statements(Connection connection) {
        this.connection = connection;
    }

    static <T> T inTransaction(DataSource dataSource, String what, Work<T> work) {
        return Transaction.run(dataSource, what, connection -> work.apply(new Statements(connection)));
    }

    <T> List<T> list(String statement, Row<T> row, List<?> parameters) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, parameters);
                ResultSet result = prepared.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row.read(result));
            }
            return rows;
        }
    }

    <T> Optional<T> first(String statement, Row<T> row, Object... parameters) throws SQLException {
        return list(statement, row, List.of(parameters)).stream().findFirst();
    }

    int update(String statement, Object... parameters) throws SQLException {
        try (PreparedStatement prepared = prepare(statement, List.of(parameters))) {
            return prepared.executeUpdate();
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getTimestamp(column)).map(java.sql.Timestamp::toInstant);
    }

    private PreparedStatement prepare(String statement, List<?> parameters) throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(statement);
        for (int index = 0; index < parameters.size(); index++) {
            switch (parameters.get(index)) {
                case Instant instant -> prepared.setObject(index + 1, instant.atOffset(ZoneOffset.UTC));
                case byte[] bytes -> prepared.setBytes(index + 1, bytes);
                case Role role -> prepared.setString(index + 1, role.name());
                case Object value -> prepared.setObject(index + 1, value);
            }
        }
        return prepared;
    }
}
