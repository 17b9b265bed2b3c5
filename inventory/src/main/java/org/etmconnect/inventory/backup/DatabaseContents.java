// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.backup;

import java.util.List;
import java.util.Map;

/**
 * What a backup of the database is made of.
 *
 * @param schemaVersion the newest migration the database had
 * @param tables in an order in which each comes after those it refers to
 * @param sequences the last value that each sequence gave
 */
public record DatabaseContents(String schemaVersion, List<Table> tables, Map<String, Long> sequences) {

    /**
     * A table.
     *
     * @param columns in the order in which the rows have them
     */
    public record Table(String name, List<String> columns) {

        public Table {
            columns = List.copyOf(columns);
        }
    }

    public DatabaseContents {
        tables = List.copyOf(tables);
        sequences = Map.copyOf(sequences);
    }
}
