// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.etmconnect.inventory.backup.DatabaseContents.Table;

/** Puts tables into an order in which their rows may be written. */
final class TableOrder {

    private TableOrder() {}

    static List<Table> of(Statement statement, Map<String, Table> tables) throws SQLException {
        Map<String, Set<String>> refersTo = new HashMap<>();
        try (ResultSet row = statement.executeQuery("""
                select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
                where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid""")) {
            while (row.next()) {
                refersTo.computeIfAbsent(row.getString(1), name -> new HashSet<>())
                        .add(row.getString(2));
            }
        }
        List<Table> ordered = new ArrayList<>();
        Set<String> left = new HashSet<>(tables.keySet());
        while (!left.isEmpty()) {
            List<Table> ready = tables.values().stream()
                    .filter(table -> left.contains(table.name()))
                    .filter(table -> refersTo.getOrDefault(table.name(), Set.of()).stream()
                            .noneMatch(left::contains))
                    .toList();
            if (ready.isEmpty()) {
                throw new IllegalStateException("These tables refer to each other in a circle: " + left);
            }
            ordered.addAll(ready);
            ready.forEach(table -> left.remove(table.name()));
        }
        return ordered;
    }

    static String named(Table table) {
        return quoted(table.name()) + " ("
                + table.columns().stream().map(TableOrder::quoted).collect(Collectors.joining(", ")) + ")";
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
