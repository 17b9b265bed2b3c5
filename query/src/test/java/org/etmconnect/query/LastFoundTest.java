// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over more hosts than are walked, and than are listed, by when they were last found. */
class LastFoundTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final int HOSTS = 30_000;

    private static HikariDataSource source;

    private final AssetSearch search = new AssetSearch(source);

    @BeforeAll
    static void migrate() {
        source = SearchFixture.pool(DATABASE, 1);
    }

    @AfterAll
    static void close() {
        source.close();
    }

    /** Three connections with four runs each, in turn; the first has most of the hosts, and each host a record of it. */
    @BeforeEach
    void hosts() throws SQLException {
        execute("""
                truncate connection, run, asset, source_record restart identity cascade;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                select 'Tenant ' || i, 'x', 'v', 'p', '{}', '{}', '{}', now() from generate_series(1, 3) i;
                insert into run (connection_id, trigger, state, transform_map, queued_at, observed_at, finished_at)
                select 1 + i %% 3, 'MANUAL', 'PROCESSED', 'default', now(), '2026-01-01'::timestamptz + interval '1 hour' * i, now()
                from generate_series(0, 11) i;
                update connection set last_applied_run = connection_id + 6, last_complete_run = connection_id + 6;
                insert into asset (name, created_run, updated_run)
                select case when i %% 7 = 0 then 'app-' else 'lap-' end || i, 1, 1 from generate_series(1, %1$d) i;
                insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run, document)
                select 1, name, asset_id, '', 1, 1, '' from asset;
                analyze""".formatted(HOSTS));
    }

    @Test
    void aNewestRunThatSawNoHostHidesNoOther() throws SQLException {
        // of the first connection one failed that had begun to apply, of the others there is nothing
        execute(
                "update run set state = 'FAILED' where run_id = 10; update connection set last_applied_run = 10 where connection_id = 1");
        List<Integer> expected = expected("true", 100);
        long before = rowsRead();

        assertThat(SearchFixture.pages(2, cursor -> search.page(all(), AssetSort.LAST_FOUND, cursor, 50), AssetRow::id))
                .isEqualTo(expected);

        assertThat(rowsRead() - before)
                .as("records read: all once a page, and some hosts")
                .isLessThan(5L * HOSTS / 2);
    }

    @Test
    void runsThatApplyNothingAreNotEvenAskedFor() throws SQLException {
        execute(
                "update run set state = 'FAILED' where run_id > 7; update connection set last_applied_run = 7, last_complete_run = 7"
                        + " where connection_id = 1; update connection set last_applied_run = null, last_complete_run = null"
                        + " where connection_id > 1");
        List<Integer> expected = expected("true", 100);
        long before = rowsRead();

        assertThat(SearchFixture.pages(2, cursor -> search.page(all(), AssetSort.LAST_FOUND, cursor, 50), AssetRow::id))
                .isEqualTo(expected);

        assertThat(rowsRead() - before).as("records read").isLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void pagesAreThoseOfAllSorted(long seed) throws SQLException {
        Random random = new Random(seed);
        for (int connection = 2; connection <= 3; connection++) {
            execute("""
                    insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run, document)
                    select %d, name, asset_id, '', 1, 1, '' from asset where asset_id %% %d = %d""".formatted(connection, random.nextBoolean() ? 3 : 1_500, random.nextInt(3)));
        }
        for (int connection = 1; connection <= 3; connection++) {
            int complete = random.nextInt(-1, 4);
            int applied = random.nextInt(Math.max(0, complete), 4);
            execute("update connection set last_complete_run = %s, last_applied_run = %d where connection_id = %d"
                    .formatted(
                            complete < 0 ? "null" : String.valueOf(connection + 3 * complete),
                            connection + 3 * applied,
                            connection));
            execute("""
                    update source_record set last_seen_run = %1$d + 3 * (asset_id / 7 %% %2$d) where connection_id = %1$d
                    and asset_id %% %3$d = 0""".formatted(connection, applied + 1, random.nextBoolean() ? 2 : 400));
            execute("update source_record set retired_run = %d where connection_id = %d and asset_id %% %d = 1"
                    .formatted(connection + 3 * applied, connection, random.nextBoolean() ? 20 : 3_000));
        }
        if (random.nextBoolean()) {
            // two at once
            execute("update run set observed_at = (select observed_at from run where run_id = 7) where run_id = 8");
        }
        execute("analyze source_record");
        for (String name : List.of("", "app-", "lap-777")) {
            Condition some =
                    SearchFixture.condition(name.isEmpty() ? "" : "asset.name:\"" + name + "\"", Subject.ASSET);

            assertThat(SearchFixture.pages(
                            12, cursor -> search.page(some, AssetSort.LAST_FOUND, cursor, 17), AssetRow::id))
                    .as(name)
                    .isEqualTo(expected("name like '%" + name + "%'", 12 * 17));
        }
    }

    private static Condition all() {
        return SearchFixture.condition("", Subject.ASSET);
    }

    private static List<Integer> expected(String where, int most) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select a.asset_id from asset a join source_record_seen s using (asset_id)"
                                + " join run r on r.run_id = s.last_seen_run where " + where
                                + " group by 1 order by max(r.observed_at) desc, 1 limit " + most)) {
            while (row.next()) {
                ids.add(row.getInt(1));
            }
        }
        return ids;
    }

    private static long rowsRead() throws SQLException {
        return SearchFixture.rowsRead(source, "source_record");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
