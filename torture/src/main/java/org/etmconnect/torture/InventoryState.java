// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that the inventory says of hosts and findings, without the numbers that depend on how often somebody looked.
 *
 * @param lines one for each host, each asset and each finding
 */
record InventoryState(Set<String> lines) {

    private static final List<String> QUESTIONS = List.of(
            // A host: its document, and whether it is there.
            """
            select 'host ' || native_key || ' ' || encode(fingerprint, 'hex') || case when retired_run is null then '' else ' retired' end
            from source_record""",
            // An asset: what it is merged from.
            """
            select 'asset ' || string_agg(s.native_key, '+' order by s.native_key) || ' ' || coalesce(a.name, '') || ' '
                   || coalesce(a.os_name, '') || ' ' || a.addresses || ' ' || a.mac_addresses
                   || case when a.retired_run is null then '' else ' retired' end
            from asset a join source_record s using (asset_id) group by a.asset_id""",
            // A finding: what is said of it, and its status.
            """
            select 'finding ' || s.native_key || ' ' || d.external_finding_id || ' ' || encode(d.fingerprint, 'hex')
                   || case when c.fixed_run is not null then ' fixed' when c.first_run < c.opened_run then ' reopened' else '' end
            from finding_cohort c join source_record s using (source_record_id), definition_ids(c.block, c.definitions) as id
            join definition d on d.definition_id = id
            where c.reopened_run is null""",
            """
            select 'count ' || d.external_finding_id || ' ' || n.open_findings
            from definition_count n join definition d using (definition_id)""");

    static InventoryState read(Connection database) throws SQLException {
        Set<String> lines = new TreeSet<>();
        try (Statement statement = database.createStatement()) {
            for (String question : QUESTIONS) {
                try (ResultSet row = statement.executeQuery(question)) {
                    while (row.next()) {
                        lines.add(row.getString(1));
                    }
                }
            }
        }
        return new InventoryState(lines);
    }

    /** How this differs from what is expected, if it does. */
    Optional<String> difference(InventoryState expected) {
        Set<String> missing = new TreeSet<>(expected.lines);
        missing.removeAll(lines);
        Set<String> surplus = new TreeSet<>(lines);
        surplus.removeAll(expected.lines);
        if (missing.isEmpty() && surplus.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(missing.size() + " missing, such as "
                + missing.stream().limit(3).toList() + "; " + surplus.size() + " too many, such as "
                + surplus.stream().limit(3).toList());
    }
}
