// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Expressions that put rows in one total order, all ascending and never null, so that a page begins after a row's keys. */
record SortKeys(List<String> expressions) {

    SortKeys {
        expressions = List.copyOf(expressions);
    }

    static SortKeys of(String... expressions) {
        return new SortKeys(List.of(expressions));
    }

    String orderBy() {
        return " order by " + String.join(", ", expressions);
    }

    /** The expressions as columns key1, key2 … */
    String columns() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < expressions.size(); i++) {
            columns.append(i == 0 ? "" : ", ")
                    .append(expressions.get(i))
                    .append(" as key")
                    .append(i + 1);
        }
        return columns.toString();
    }

    /** Whether a row comes after the keys; all do after none. */
    Sql after(List<Object> keys) {
        return keys.isEmpty() ? Sql.of("true") : compared(">", keys);
    }

    /** Whether a row comes before the keys, or has them. */
    Sql upTo(List<Object> keys) {
        return compared("<=", keys);
    }

    private Sql compared(String operator, List<Object> keys) {
        if (keys.size() != expressions.size()) {
            throw new IllegalArgumentException("There are " + keys.size() + " keys for " + expressions);
        }
        Sql compared = Sql.of("(" + String.join(", ", expressions) + ") " + operator + " (");
        for (int i = 0; i < keys.size(); i++) {
            compared.add(i == 0 ? "" : ", ").bind(keys.get(i));
        }
        return compared.add(")");
    }

    /** The keys of a row selected with {@link #columns}. */
    List<Object> read(ResultSet row) throws SQLException {
        List<Object> keys = new ArrayList<>();
        for (int i = 1; i <= expressions.size(); i++) {
            keys.add(
                    switch (row.getObject("key" + i)) {
                        case Number number
                        when number instanceof Double || number instanceof Float -> number.doubleValue();
                        case Number number -> number.longValue();
                        case Object other -> other.toString();
                    });
        }
        return keys;
    }
}
