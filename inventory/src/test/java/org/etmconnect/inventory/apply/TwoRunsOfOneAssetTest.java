// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Asset 1 has a record of each of two connections, 1 and 2, whose runs write at the same time. */
class TwoRunsOfOneAssetTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final DocumentCodec CODEC = new DocumentCodec();
    private static final DocumentCompressor COMPRESSOR = new DocumentCompressor();

    @BeforeEach
    void anAssetOfTwoRecords() throws SQLException {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    truncate connection, run, asset, source_record restart identity cascade;
                    insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                    select name, 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now()
                    from unnest('{North,South}'::text[]) as name;
                    insert into asset (name, created_run, updated_run) values ('web1', 1, 1)""");
            for (int id = 1; id <= 2; id++) {
                write(connection, """
                        insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run,
                                                   document)
                        values (%d, 'web1', 1, '', %d, %d, ?)""".formatted(id, id, id), "{\"hostName\": \"web1\"}");
            }
        }
    }

    @Test
    void anAssetIsNotRetiredWhileARecordOfItComesBack() throws Exception {
        execute("update source_record set retired_run = 2 where source_record_id = 2");
        interleaved(
                connection -> {
                    write(connection, "update source_record set retired_run = null where source_record_id = 2");
                    merge(connection, 4);
                },
                connection -> retire(connection, 1, 3));

        assertThat(text("select retired_run from asset")).isEqualTo("null");
        assertThat(
                        text(
                                "select string_agg(coalesce(retired_run, 0)::text, ' ' order by source_record_id) from source_record"))
                .isEqualTo("3 0");
    }

    @Test
    void anAssetIsRetiredWhenBothItsRecordsAreAtTheSameTime() throws Exception {
        interleaved(connection -> retire(connection, 1, 3), connection -> retire(connection, 2, 4));

        assertThat(text("select retired_run from asset")).isEqualTo("4");
    }

    @Test
    void whatBothRunsChangedOfAnAssetStays() throws Exception {
        interleaved(
                connection -> {
                    write(
                            connection,
                            "update source_record set document = ? where source_record_id = 1",
                            "{\"hostName\": \"web1\", \"domain\": \"corp.example.com\"}");
                    merge(connection, 3);
                },
                connection -> {
                    write(
                            connection,
                            "update source_record set document = ? where source_record_id = 2",
                            "{\"hostName\": \"web1\", \"type\": \"SERVER\"}");
                    merge(connection, 4);
                });

        assertThat(text("select domain || ' ' || type from asset")).isEqualTo("corp.example.com SERVER");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSystemThatChangesWhileAFindingIsFixedTakesTheOthersAlong(boolean fixedFirst) throws Exception {
        execute("""
                truncate definition, definition_count, finding_cohort, open_by_severity, open_by_system, open_by_definition,
                         open_by_first_run restart identity;
                update asset set os_name = 'Windows';
                insert into definition (connection_id, external_finding_id, fingerprint, document, created_run, updated_run)
                select id, 'CVE-' || id, '', '{}', 1, 1 from generate_series(1, 2) id;
                insert into definition_count values (1, 2), (2, 2);
                insert into finding_cohort (source_record_id, first_run, opened_run, block, definitions)
                select record, 1, 1, 0, array[definition_element(1), definition_element(2)] from generate_series(1, 2) record;
                insert into open_by_first_run values (1, 4);
                insert into open_by_severity (asset_id, os_name, unrated, info, low, medium, high, critical)
                values (1, 'Windows', 4, 0, 0, 0, 0, 0);
                insert into open_by_definition values ('Windows', '{1,2}', '{2,2}')""");
        OpenCountsLaw.holds(DATABASE);
        Work fixes = connection ->
                new CohortTable(connection).close(List.of(new PendingClosures.Absent(1, new int[] {1}, null)), 3);
        Work renames = connection -> {
            write(
                    connection,
                    "update source_record set document = ? where source_record_id = 2",
                    "{\"hostName\": \"web1\", \"operatingSystem\": {\"name\": \"Ubuntu\"}}");
            merge(connection, 4);
        };

        interleaved(fixedFirst ? fixes : renames, fixedFirst ? renames : fixes);

        assertThat(text("select os_name from asset")).isEqualTo("Ubuntu");
        OpenCountsLaw.holds(DATABASE);
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    /** Commits the first work only when the second one waits for it, or has ended without. */
    private static void interleaved(Work first, Work second) throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                Connection one = DATABASE.connect();
                Connection two = DATABASE.connect()) {
            one.setAutoCommit(false);
            two.setAutoCommit(false);
            first.on(one);
            Future<?> done = other.submit((Callable<Void>) () -> {
                second.on(two);
                two.commit();
                return null;
            });
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!done.isDone()
                    && !text("select count(*) from pg_locks where not granted").equals("1")) {
                assertThat(System.nanoTime())
                        .as("nobody waits, and nobody is done")
                        .isLessThan(end);
            }
            one.commit();
            done.get(30, TimeUnit.SECONDS);
        }
    }

    private static void retire(Connection connection, int recordId, int run) throws SQLException {
        new AssetTable(connection, CODEC).retire(connection.createArrayOf("int4", new Integer[] {recordId}), run);
    }

    private static void merge(Connection connection, int run) throws SQLException {
        new AssetTable(connection, CODEC).merge(Set.of(1), run);
    }

    /** The statement, with the document as its only parameter if there is one. */
    private static void write(Connection connection, String sql, String... document) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (String json : List.of(document)) {
                statement.setBytes(
                        1, COMPRESSOR.compress(CODEC.json(JSON.readTree(json).asObject()), "web1"));
            }
            statement.executeUpdate();
        }
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
