// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** How many findings there are of each severity, from 5 (critical) to 1 (info), and without one. */
public record SeverityCounts(int critical, int high, int medium, int low, int info, int unrated) {

    /** The columns of {@code open_by_severity}, by severity; 0 is none. */
    static final List<String> COLUMNS_OF_HOST = List.of("unrated", "info", "low", "medium", "high", "critical");

    /** Over the alias d (definition). */
    static final String COLUMNS = "count(*) filter (where d.severity = 5) as critical,"
            + " count(*) filter (where d.severity = 4) as high, count(*) filter (where d.severity = 3) as medium,"
            + " count(*) filter (where d.severity = 2) as low, count(*) filter (where d.severity = 1) as info,"
            + " count(*) filter (where d.severity is null) as unrated";

    static SeverityCounts read(ResultSet row) throws SQLException {
        return new SeverityCounts(
                row.getInt("critical"),
                row.getInt("high"),
                row.getInt("medium"),
                row.getInt("low"),
                row.getInt("info"),
                row.getInt("unrated"));
    }

    /** All of them. */
    public int total() {
        return critical + high + medium + low + info + unrated;
    }
}
