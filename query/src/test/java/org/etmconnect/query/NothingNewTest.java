// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over many hosts of which the newest run found nothing new, and of another connection three new findings. */
class NothingNewTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    /** Rows of findings that may be read for an answer; there are 40,000. */
    private static final int FEW = 1_000;

    private static HikariDataSource source;

    @BeforeAll
    static void hosts() throws SQLException {
        source = SearchFixture.pool(DATABASE, 1);
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at,
                                            last_applied_run, last_complete_run)
                    select 'Tenant ' || i, 'x', 'v', 'p', '{}', '{}', '{}', now(), i + 1, i + 1 from generate_series(1, 2) i;
                    insert into run (connection_id, trigger, state, transform_map, queued_at, observed_at, finished_at)
                    select c, 'MANUAL', 'PROCESSED', 'default', now(), now(), now() from unnest('{1,1,2}'::int[]) c;
                    insert into definition (connection_id, external_finding_id, cve_id, severity, fingerprint, document,
                                            created_run, updated_run)
                    select 1 + (i > 6)::int, 'F' || i, 'CVE-2020-000' || i, 1 + i % 5, '', '{}', 1, 1
                    from generate_series(1, 9) i;
                    insert into asset (name, os_name, created_run, updated_run)
                    select 'app-' || lpad(i::text, 6, '0'), case when i % 3 = 0 then 'Linux' else 'Windows' end, 1, 1
                    from generate_series(1, 40000) i;
                    insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run, document)
                    select 1 + (asset_id > 39999)::int, name, asset_id, '', 1, 1, '' from asset;
                    insert into finding_cohort (source_record_id, first_run, opened_run, block, definitions)
                    select source_record_id, 1, 1, 0, array(select definition_element(d) from generate_series(1, 6) d)
                    from source_record where connection_id = 1;
                    insert into finding_cohort (source_record_id, first_run, opened_run, block, definitions)
                    select source_record_id, 3, 3, 0, array(select definition_element(d) from generate_series(7, 9) d)
                    from source_record where connection_id = 2;
                    insert into definition_count select d, case when d > 6 then 1 else 39999 end from generate_series(1, 9) d;
                    insert into open_by_first_run select first_run, sum(cardinality(definitions)) from finding_cohort group by 1;
                    insert into open_by_severity (asset_id, os_name, unrated, info, low, medium, high, critical)
                    select asset_id, os_name, 0, 1, 2, 1, 1, 1 from asset;
                    insert into open_by_definition
                    select os_name, array_agg(u.d), array_agg(u.d * 1000) from (select distinct os_name from asset) a
                    cross join generate_series(1, 6) u(d) group by 1;
                    analyze""");
        }
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "finding.status:NEW",
                "finding.status:NEW and finding.severity:[1, 2, 3, 4, 5]",
                "finding.status:NEW and not finding.cveId:`CVE-2020-0001`",
                "finding.status:NEW and (operatingSystem.name:Windows or finding.severity:3)"
            })
    void whatIsNewIsFoundWithoutReadingAllThatIsOpen(String query) throws SQLException {
        FindingSearch search = new FindingSearch(source);
        var condition = SearchFixture.condition(query, Subject.FINDING);
        for (FindingSort sort : FindingSort.values()) {
            long before = rowsRead();

            List<String> found = SearchFixture.pages(cursor -> search.page(condition, sort, cursor, 2), FindingRow::id);

            assertThat(found).as(sort.name()).containsExactlyInAnyOrder("40000-7", "40000-8", "40000-9");
            assertThat(rowsRead() - before).as(sort + ": rows read").isLessThan(FEW);
        }
        long before = rowsRead();
        assertThat(search.count(condition, 100)).isEqualTo(new CountOutcome.Exactly(3));
        assertThat(rowsRead() - before).as("rows read to count").isLessThan(FEW);
        for (FindingGrouping by : FindingGrouping.values()) {
            before = rowsRead();
            assertThat(search.group(condition, by, 10))
                    .isInstanceOfSatisfying(
                            GroupOutcome.Grouped.class,
                            grouped -> assertThat(grouped.groups().groups()).isNotEmpty());
            assertThat(rowsRead() - before).as(by + ": rows read").isLessThan(FEW);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "finding.status:NEW",
                "finding:(finding.status:NEW and finding.severity:[1, 2, 3, 4, 5])",
                "finding:(finding.status:NEW and not finding.cveId:`CVE-2020-0001`)"
            })
    void hostsOfWhatIsNewAreFoundTheSameWay(String query) throws SQLException {
        AssetSearch search = new AssetSearch(source);
        var condition = SearchFixture.condition(query, Subject.ASSET);
        long before = rowsRead();

        assertThat(SearchFixture.pages(cursor -> search.page(condition, AssetSort.NAME, cursor, 2), AssetRow::id))
                .containsExactly(40_000);

        assertThat(rowsRead() - before).isLessThan(FEW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"finding.status:NEW and finding.severity:1", "finding.status:NEW and asset.name:app-00"})
    void whereNothingIsNewNothingIsFound(String query) throws SQLException {
        FindingSearch search = new FindingSearch(source);
        var condition = SearchFixture.condition(query, Subject.FINDING);
        for (FindingSort sort : FindingSort.values()) {
            long before = rowsRead();

            assertThat(search.page(condition, sort, Optional.empty(), 100))
                    .isEqualTo(new SearchOutcome.Found<>(new Page<>(List.of(), Optional.empty(), Optional.empty())));

            assertThat(rowsRead() - before).as(sort + ": rows read").isLessThan(FEW);
        }
    }

    private static long rowsRead() throws SQLException {
        return SearchFixture.rowsRead(source, "finding_cohort");
    }
}
