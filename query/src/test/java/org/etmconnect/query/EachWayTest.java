// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where hosts have thousands of rows of findings, a search chooses between ways of its own. Each gives the pages that sorting all gives. */
class EachWayTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final int QUERIES = 10;

    /** Each host of a small inventory so many times more. */
    private static final String MANY_HOSTS = """
            insert into asset (asset_id, name, domain, type, os_name, os_version, first_found, addresses, mac_addresses,
                               cloud_provider, custom_attributes, created_run, updated_run, retired_run)
            select 100 * k + asset_id, name || case when asset_id % 2 = 0 then '' else ' ' || k end, domain, type, os_name,
                   os_version, first_found, addresses, mac_addresses, cloud_provider, custom_attributes, created_run,
                   updated_run, retired_run
            from asset cross join generate_series(1, 60) k;
            insert into source_record (source_record_id, connection_id, native_key, asset_id, fingerprint, created_run,
                                       last_seen_run, retired_run, document)
            select 100 * k + source_record_id, connection_id, native_key || '-' || k, 100 * k + asset_id, '', created_run,
                   last_seen_run, retired_run, ''
            from source_record cross join generate_series(1, 60) k;
            insert into identification_log (asset_id, source_record_id, run_id, rule, matched)
            select 100 * k + asset_id, 100 * k + source_record_id, run_id, rule, matched
            from identification_log cross join generate_series(1, 60) k;
            insert into finding_cohort
            select 100 * k + source_record_id, first_run, opened_run, fixed_run, reopened_run, block, definitions
            from finding_cohort cross join generate_series(1, 60) k;
            insert into open_by_severity (asset_id, os_name, unrated, info, low, medium, high, critical)
            select 100 * k + asset_id, os_name, unrated, info, low, medium, high, critical
            from open_by_severity cross join generate_series(1, 60) k;
            update definition_count set open_findings = 61 * open_findings;
            update open_by_first_run set open_findings = 61 * open_findings;
            update open_by_definition set findings = array(select 61 * f from unnest(findings) f);
            analyze""";

    private static HikariDataSource source;

    @BeforeAll
    static void migrate() {
        source = SearchFixture.pool(DATABASE, 2);
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void givesTheSamePages(long seed) throws SQLException {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            new SmallInventory(seed).writeTo(connection);
            statement.execute(MANY_HOSTS);
        }
        RandomQueries queries = new RandomQueries(seed);
        for (int i = 0; i < QUERIES; i++) {
            Condition condition = queries.next(Subject.FINDING);
            for (FindingSort sort : FindingSort.values()) {
                List<String> sorted = twoPages(condition, sort, FindingPlan.Ways.ONLY_SORTING);
                for (FindingPlan.Ways ways : FindingPlan.Ways.values()) {
                    assertThat(twoPages(condition, sort, ways))
                            .as(sort + " " + ways + " " + QqlPrinter.print(condition))
                            .isEqualTo(sorted);
                }
            }
        }
    }

    private static List<String> twoPages(Condition condition, FindingSort sort, FindingPlan.Ways ways) {
        FindingSearch search =
                new FindingSearch(source, InstantSource.fixed(SmallInventory.NOW), Duration.ofSeconds(30), ways);
        return SearchFixture.pages(2, cursor -> search.page(condition, sort, cursor, 50), FindingRow::id);
    }
}
