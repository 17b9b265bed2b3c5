// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over more hosts than are looked up by the first letters of their names. */
class NamesOnSystemsTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    static final TestDatabase SORTED_AS_ENGLISH = TestDatabase.createSortedAs("en-US");

    /** By name: Linux, one in 500 of them Solaris, a few Windows, then the other Windows, at the end some BSD; names of some are equal but for case. */
    @BeforeAll
    static void hosts() throws SQLException {
        fill(DATABASE);
        Schema.migrate(SORTED_AS_ENGLISH.dataSource());
        fill(SORTED_AS_ENGLISH);
    }

    private static void fill(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.createStatement().execute("""
                    insert into asset (name, os_name, created_run, updated_run)
                    select case when i % 3 = 0 then 'APP-' else 'app-' end || lpad((i / 2)::text, 6, '0'),
                           case when i % 500 = 0 then 'Solaris' when i % 9000 = 7 then 'Windows' else 'Linux' end, 1, 1
                    from generate_series(1, 67000) i;
                    insert into asset (name, os_name, created_run, updated_run)
                    select case when i % 2 = 0 then 'lap-' else 'láp-' end || lpad(i::text, 5, '0'), 'Windows', 1, 1
                    from generate_series(1, 6000) i;
                    insert into asset (name, os_name, created_run, updated_run)
                    select case when i % 2 = 0 then 'zoo-' || i end, 'BSD', 1, 1 from generate_series(1, 50) i;
                    analyze asset""");
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux", "Solaris", "Windows", "BSD", "Plan 9"})
    void pagesByNameHoldAllHostsOfTheSystemInOrder(String system) throws SQLException {
        assertPagesHoldAll(system, DATABASE);
    }

    @ParameterizedTest
    @CsvSource({"Linux", "Solaris", "Windows", "BSD"})
    void pagesByNameHoldThemTooWhereTextIsNotSortedLetterByLetter(String system) throws SQLException {
        assertPagesHoldAll(system, SORTED_AS_ENGLISH);
    }

    private static void assertPagesHoldAll(String system, TestDatabase database) throws SQLException {
        Condition condition = SearchFixture.condition("operatingSystem.name:`" + system + "`", Subject.ASSET);
        AssetSearch search = new AssetSearch(database.dataSource());
        List<Integer> found =
                SearchFixture.pages(6, cursor -> search.page(condition, AssetSort.NAME, cursor, 35), AssetRow::id);

        List<Integer> expected = new ArrayList<>();
        try (Connection connection = database.connect();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select asset_id from asset where os_name = '" + system
                                + "' order by lower(name) nulls last, asset_id limit 210")) {
            while (row.next()) {
                expected.add(row.getInt(1));
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    /** PostgreSQL counts a look into an index as a row, too, until a vacuum has been there. */
    @Test
    void mostHostsOfOtherSystemsThatStandBeforeAreNotRead() throws SQLException {
        Condition condition = SearchFixture.condition("operatingSystem.name:Windows", Subject.ASSET);
        try (HikariDataSource source = SearchFixture.pool(DATABASE, 1)) {
            AssetSearch search = new AssetSearch(source);
            long before = SearchFixture.rowsRead(source, "asset");

            assertThat(SearchFixture.pages(
                            1, cursor -> search.page(condition, AssetSort.NAME, cursor, 20), AssetRow::id))
                    .hasSize(20);

            assertThat(SearchFixture.rowsRead(source, "asset") - before).isLessThan(67_000 / 3);
        }
    }
}
