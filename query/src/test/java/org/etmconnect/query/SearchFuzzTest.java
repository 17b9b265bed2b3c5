// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.Subject;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What reads as a query is SQL that PostgreSQL understands, in each order and for each page. */
class SearchFuzzTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final InstantSource CLOCK = InstantSource.fixed(SmallInventory.NOW);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FindingSearch findings = new FindingSearch(DATABASE.dataSource(), CLOCK, LIMIT);
    private final AssetSearch assets = new AssetSearch(DATABASE.dataSource(), CLOCK, LIMIT);

    @BeforeAll
    static void fill() throws SQLException {
        Flyway.configure().dataSource(DATABASE.dataSource()).load().migrate();
        try (Connection connection = DATABASE.connect()) {
            new SmallInventory(7).writeTo(connection);
        }
    }

    @FuzzTest
    void everyQueryIsAnsweredInTime(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int order = data[0] & 0xff;
        String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        if (QqlParser.parse(text, Subject.FINDING) instanceof ParseOutcome.Parsed(Condition condition)) {
            FindingSort sort = FindingSort.values()[order % FindingSort.values().length];
            SearchOutcome<FindingRow> outcome = findings.page(condition, sort, Optional.empty(), 2);
            assertThat(outcome).isNotInstanceOf(SearchOutcome.TimedOut.class);
            if (outcome instanceof SearchOutcome.Found<FindingRow>(Page<FindingRow> page)
                    && page.next().isPresent()) {
                assertThat(findings.page(condition, sort, page.next(), 2)).isInstanceOf(SearchOutcome.Found.class);
            }
            // also a cursor is input
            findings.page(condition, sort, Optional.of(text), 2);
        }
        if (QqlParser.parse(text, Subject.ASSET) instanceof ParseOutcome.Parsed(Condition condition)) {
            AssetSort sort = AssetSort.values()[order % AssetSort.values().length];
            assertThat(assets.page(condition, sort, Optional.empty(), 2)).isNotInstanceOf(SearchOutcome.TimedOut.class);
            assets.page(condition, sort, Optional.of(text), 2);
        }
    }
}
