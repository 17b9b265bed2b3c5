// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Speed is only worth comparing between layouts that give the same answers. */
class LayoutsAgreeTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    /** Fewer hosts than a page has rows, so that a page holds all hosts of a definition. */
    private static final FleetSets FLEET = FleetSets.simulated(7, 90, 20);

    private static final FleetSets LATER = FLEET.withHostsChanged(7, 3);

    @Test
    void allLayoutsGiveTheSameAnswers() throws Exception {
        int[][] expected = LATER.inverted();
        Map<String, Long> rows = new HashMap<>();
        try (Connection connection = DATABASE.connect()) {
            LayoutRun run = new LayoutRun(connection, FLEET, LATER, 10, 7);
            for (Layout layout : LayoutBenchmark.layouts()) {
                Measurement measured = run.measure(layout, 1, 0);
                measured.rowsInPages()
                        .forEach((question, count) -> assertThat(rows.computeIfAbsent(question, first -> count))
                                .as("%s by %s", layout.name(), question)
                                .isEqualTo(count)
                                .isGreaterThan(100));
                try (PreparedStatement page = connection.prepareStatement(layout.pageByDefinition())) {
                    for (int definition = 1; definition <= LATER.definitions(); definition++) {
                        assertThat(hosts(page, definition))
                                .as("%s: definition %d", layout.name(), definition)
                                .containsExactly(expected[definition]);
                    }
                }
            }
        }
    }

    @Test
    void aChangedHostLosesTwoAndGainsThree() {
        int[] changed = LATER.recordsDifferingFrom(FLEET);
        assertThat(changed).hasSizeBetween(20, 30);
        for (int record : changed) {
            List<Integer> before = Arrays.stream(FLEET.open(record)).boxed().toList();
            List<Integer> after = Arrays.stream(LATER.open(record)).boxed().toList();
            assertThat(before.stream().filter(definition -> !after.contains(definition)))
                    .hasSize(2);
            assertThat(after.stream().filter(definition -> !before.contains(definition)))
                    .hasSize(3);
        }
    }

    private static int[] hosts(PreparedStatement page, int definition) throws SQLException {
        page.setInt(1, definition);
        List<Integer> hosts = new ArrayList<>();
        try (ResultSet rows = page.executeQuery()) {
            while (rows.next()) {
                hosts.add(rows.getInt(1));
            }
        }
        return hosts.stream().mapToInt(Integer::intValue).toArray();
    }
}
