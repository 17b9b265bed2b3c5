// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunDetailsTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @BeforeAll
    static void migrate() {}

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<Integer> numbers(String sql) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<Integer> numbers = new ArrayList<>();
            while (row.next()) {
                numbers.add(row.getInt(1));
            }
            return numbers;
        }
    }

    @Test
    void detailsOfOldRunsGoTheRunsAndWhatIsNewestStays() throws SQLException {
        execute("""
                insert into connection
                    (connection_id, name, connector, vendor, product, finding_types, field_values, network, created_at)
                select 1000 + c, 'c' || c, 'cortex-xdr', 'v', 'p', '{}', '{}', '{}', now() from generate_series(1, 2) c""");
        // 250 old runs of the first connection, one of yesterday, one under way; of the second one old run
        execute("""
                insert into run (run_id, connection_id, trigger, state, transform_map, queued_at, finished_at)
                select 1000 + r, case when r = 300 then 1002 else 1001 end, 'MANUAL',
                       case when r = 252 then 'APPLYING' else 'PROCESSED' end, 'm', timestamptz '2026-01-01 00:00:00Z',
                       case when r = 251 then timestamptz '2026-02-28 00:00:00Z'
                            when r = 252 then null
                            else timestamptz '2026-01-01 00:00:00Z' end
                from (select * from generate_series(1, 252) union all select 300) as all_runs (r)""");
        execute("""
                insert into run_log (run_id, line, at, level, message)
                select run_id, l, now(), 'INFO', 'x' from run, generate_series(1, 3) l where run_id > 1000""");
        execute("""
                insert into quarantine (run_id, connection_id, stage, stream, page, row_number, reason, source_text, at)
                select run_id, connection_id, 'READ', 's', 'p', 1, 'r', 't', now() from run where run_id > 1000""");

        execute("""
                insert into run_shape (run_id, shape, warnings) select run_id, '{}', '[]' from run where run_id > 1000;
                update run set sealed = true where run_id in (1100, 1249, 1300)""");

        Map<String, Long> deleted =
                new RunDetails(DATABASE.dataSource()).deleteBefore(Instant.parse("2026-02-01T00:00:00Z"));

        assertThat(deleted)
                .containsEntry("run_log", 750L)
                .containsEntry("quarantine", 250L)
                .containsEntry("delivery_rejection", 0L);
        assertThat(numbers("select distinct run_id from run_log order by 1")).containsExactly(1251, 1252, 1300);
        assertThat(numbers("select run_id from quarantine order by 1")).containsExactly(1251, 1252, 1300);
        assertThat(numbers("select run_id from run_shape order by 1"))
                .as("the newest complete run's, and newer ones")
                .containsExactly(1249, 1250, 1251, 1252, 1300);
        assertThat(numbers("select count(*) from run where run_id > 1000")).containsExactly(253);
    }
}
