// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All rows of a query, over several batches. */
class StreamTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final int HOSTS = 500;
    private static final int FINDINGS = HOSTS * 7;

    private static HikariDataSource pool;

    private final FindingSearch findings = findings(Duration.ofSeconds(30));

    private static FindingSearch findings(Duration limit) {
        return new FindingSearch(pool, InstantSource.fixed(SmallInventory.NOW), limit);
    }

    @BeforeAll
    static void fill() throws SQLException {
        pool = SearchFixture.pool(DATABASE, 1);
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into connection (connection_id, name, connector, vendor, product, finding_types,"
                    + " field_values, network, created_at) values (1, 'C', 'x', 'V', 'P', '{}', '{}', '{}', now());"
                    + " insert into run (run_id, connection_id, trigger, state, transform_map, queued_at, observed_at,"
                    + " finished_at) values (1, 1, 'MANUAL', 'PROCESSED', 'm', '2026-01-01', '2026-01-01', '2026-01-01'),"
                    + " (2, 1, 'MANUAL', 'PROCESSED', 'm', '2026-01-02', '2026-01-02', '2026-01-02');"
                    + " insert into asset (asset_id, name, created_run, updated_run) select i, 'h' || i, 1, 1 from"
                    + " generate_series(1, " + HOSTS + ") i;"
                    + " insert into source_record (source_record_id, connection_id, native_key, asset_id, fingerprint,"
                    + " created_run, last_seen_run, document) select i, 1, i::text, i, '', 1, 2, '' from"
                    + " generate_series(1, " + HOSTS + ") i;"
                    + " insert into definition (definition_id, connection_id, external_finding_id, fingerprint, document,"
                    + " created_run, updated_run) select i, 1, 'CVE-' || i, '', '{}', 1, 1 from generate_series(1, 7) i;"
                    + " insert into finding_cohort (source_record_id, first_run, opened_run, block, definitions) select i, 1, 1, 0,"
                    + " '{-32767,-32766,-32765,-32764,-32763}'::smallint[] from generate_series(1, " + HOSTS
                    + ") i union all select i, 2, 2, 0, '{-32762,-32761}'::smallint[] from"
                    + " generate_series(1, " + HOSTS + ") i");
        }
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @Test
    void everyRowComesOnceThoughThereAreManyBatches() throws IOException {
        List<String> ids = new ArrayList<>();

        StreamOutcome outcome = findings.stream(query(""), row -> ids.add(row.id()));

        assertThat(outcome).isEqualTo(new StreamOutcome.Streamed(FINDINGS));
        assertThat(new HashSet<>(ids)).hasSize(FINDINGS).hasSameSizeAs(ids);
        assertThat(ids).startsWith("1-1", "1-2", "1-3").endsWith("500-7");
    }

    @Test
    void whatChangesMeanwhileIsNotSeen() throws IOException, SQLException {
        List<String> titles = new ArrayList<>();
        try (Connection other = DATABASE.connect()) {
            findings.stream(query(""), row -> {
                if (titles.isEmpty()) {
                    change(other, "update definition set title = 'later'");
                }
                titles.add(row.title().orElse("none"));
            });

            assertThat(titles).hasSize(FINDINGS).containsOnly("none");
            change(other, "update definition set title = null");
        }
    }

    @Test
    void aSinkThatIsGoneEndsTheReadingAndGivesTheConnectionBack() throws IOException {
        List<String> taken = new ArrayList<>();

        assertThatThrownBy(() -> findings.stream(query(""), row -> {
                    if (taken.size() == 1_500) {
                        throw new IOException("broken pipe");
                    }
                    taken.add(row.id());
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("broken pipe");

        assertThat(taken).hasSize(1_500);
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        assertThat(findings.stream(query(""), row -> {})).isEqualTo(new StreamOutcome.Streamed(FINDINGS));
    }

    /** Notes how it is called. */
    private static final class Notes implements RowSink<FindingRow> {
        private final List<Optional<Instant>> begun = new ArrayList<>();
        private int rows;

        @Override
        public void begin(Optional<Instant> asOf) {
            begun.add(asOf);
        }

        @Override
        public void row(FindingRow row) {
            assertThat(begun).isNotEmpty();
            rows++;
        }
    }

    @Test
    void thePastIsReadAsItWasAndSaysWhichTimeItIs() throws IOException {
        Notes notes = new Notes();

        findings.stream(query("asOf:1"), notes);

        assertThat(notes.rows).isEqualTo(HOSTS * 5);
        assertThat(notes.begun).containsExactly(Optional.of(Instant.parse("2026-01-01T00:00:00Z")));
    }

    @Test
    void aQueryWithoutRowsIsBegunAllTheSame() throws IOException {
        Notes notes = new Notes();

        assertThat(findings.stream(query("finding.severity:5"), notes)).isEqualTo(new StreamOutcome.Streamed(0));
        assertThat(notes.begun).containsExactly(Optional.empty());
    }

    @Test
    void aQueryThatCannotBeAnsweredIsNeverBegun() throws IOException {
        Notes notes = new Notes();

        assertThat(findings.stream(query("asOf:99"), notes)).isInstanceOf(StreamOutcome.Refused.class);
        Duration none = Duration.ofNanos(1);
        assertThat(findings(none).stream(query(""), notes)).isEqualTo(new StreamOutcome.TimedOut(none, 0));
        assertThat(notes.begun).isEmpty();
    }

    @Test
    void aSlowSinkDoesNotUseUpTheTimeOfTheDatabase() throws IOException {
        Duration limit = Duration.ofMillis(1_500);

        StreamOutcome outcome = findings(limit).stream(query(""), row -> {
            if (row.id().endsWith("00-1")) {
                sleep(Duration.ofMillis(400));
            }
        });

        assertThat(outcome).isEqualTo(new StreamOutcome.Streamed(FINDINGS));
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void change(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Condition query(String text) {
        return SearchFixture.condition(text, Subject.FINDING);
    }
}
