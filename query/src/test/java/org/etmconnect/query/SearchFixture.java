// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.Subject;

/** What tests of searches begin with: a database, a query, and the rows of its pages. */
final class SearchFixture {

    private SearchFixture() {}

    /** The database behind so many connections. */
    static HikariDataSource pool(TestDatabase database, int connections) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(database.dataSource());
        pool.setMaximumPoolSize(connections);
        return pool;
    }

    /** How many rows of a table all statements so far have read, on the one connection of the pool: it tells what it counted itself. */
    static long rowsRead(HikariDataSource pool, String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_stat_force_next_flush()");
            statement.execute("select 1");
            try (ResultSet row = statement.executeQuery(
                    "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = '"
                            + table + "'")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static Condition condition(String text, Subject subject) {
        return switch (QqlParser.parse(text, subject)) {
            case ParseOutcome.Parsed(Condition condition) -> condition;
            case ParseOutcome.Invalid invalid -> throw new AssertionError(text + ": " + invalid);
        };
    }

    /** What all pages hold together, in their order. */
    static <R, I> List<I> pages(Function<Optional<String>, SearchOutcome<R>> page, Function<R, I> id) {
        return pages(Integer.MAX_VALUE, page, id);
    }

    /** The same of the first pages. */
    static <R, I> List<I> pages(int most, Function<Optional<String>, SearchOutcome<R>> page, Function<R, I> id) {
        List<I> ids = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        for (int i = 0; i < most; i++) {
            SearchOutcome<R> outcome = page.apply(cursor);
            if (!(outcome instanceof SearchOutcome.Found<R>(Page<R> found))) {
                throw new AssertionError(outcome);
            }
            found.rows().forEach(row -> ids.add(id.apply(row)));
            cursor = found.next();
            if (cursor.isEmpty()) {
                break;
            }
        }
        return ids;
    }
}
