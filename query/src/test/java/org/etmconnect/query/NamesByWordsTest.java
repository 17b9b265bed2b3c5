// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over more hosts than are walked by name before the index of words is asked. */
class NamesByWordsTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @BeforeAll
    static void hosts() throws SQLException {
        try (Connection connection = DATABASE.connect()) {
            connection.createStatement().execute("""
                    insert into asset (name, created_run, updated_run)
                    select case when i % 4 = 0 then 'app-' || i when i % 4 = 1 then 'LAP-' || i when i % 4 = 2 then null
                                else 'web-' || i end, 1, 1
                    from generate_series(1, 24000) i;
                    insert into asset (name, addresses, created_run, updated_run)
                    values ('a-web', E'fe80::1\\n10.0.97.64', 1, 1), ('zweb', '10.0.184.216', 1, 1)""");
        }
    }

    @ParameterizedTest
    @CsvSource({"10.0.97.64, a-web", "10.0.184.216, zweb", "fe80::1, a-web"})
    void anAddressFindsItsHostAndNotOneWhoseAddressHasTheSameHash(String address, String name) throws SQLException {
        try (Connection connection = DATABASE.connect();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select hashes_of('10.0.97.64') = hashes_of('10.0.184.216')")) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }

        assertThat(namesByAddress(new Match.Exact(address))).containsExactly(name);
    }

    @Test
    void wordsOfAnAddressAreLookedForInOneAddress() {
        assertThat(namesByAddress(new Match.Words(List.of("97", "10.0")))).containsExactly("a-web");
        assertThat(namesByAddress(new Match.Words(List.of("10.0")))).containsExactly("a-web", "zweb");
        assertThat(namesByAddress(new Match.Phrase("FE80:"))).containsExactly("a-web");
        assertThat(namesByAddress(new Match.Words(List.of("fe80", "10.0")))).isEmpty();
        assertThat(namesByAddress(new Match.Phrase("1\n10"))).isEmpty();
        assertThat(namesByAddress(new Match.HasValue())).containsExactly("a-web", "zweb");
    }

    private static List<String> namesByAddress(Match match) {
        Condition condition = new Condition.Compare(TokenCatalogue.standard().get("asset.interface.address"), match);
        if (!(new AssetSearch(DATABASE.dataSource()).page(condition, AssetSort.NAME, Optional.empty(), 10)
                instanceof SearchOutcome.Found<AssetRow>(Page<AssetRow> page))) {
            throw new AssertionError("no page");
        }
        return page.rows().stream().map(row -> row.name().orElse("")).toList();
    }

    @ParameterizedTest
    @CsvSource({"app, app", "web, web", "lap-77, lap-77", "w, w", "APP-12 web, nothing such"})
    void pagesByNameHoldAllHostsWithTheWordInOrder(String query, String word) throws SQLException {
        Condition condition = SearchFixture.condition("asset.name:\"" + query + "\"", Subject.ASSET);
        AssetSearch search = new AssetSearch(DATABASE.dataSource());
        List<Integer> found =
                SearchFixture.pages(3, cursor -> search.page(condition, AssetSort.NAME, cursor, 700), AssetRow::id);

        List<Integer> expected = new ArrayList<>();
        try (Connection connection = DATABASE.connect();
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("select asset_id from asset where lower(name) like '%" + word
                                + "%' order by lower(name), asset_id limit 2100")) {
            while (row.next()) {
                expected.add(row.getInt(1));
            }
        }
        assertThat(found).isEqualTo(expected);
    }
}
