// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OpenCountsLawTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> SYSTEMS = List.of("Windows 11", "Ubuntu 24.04", "macOS 15", "");

    private final Days clock = new Days();
    private final RunStore runs = new RunStore(DATABASE.pooled(), clock);

    /** A day later each time it is looked at. */
    private static final class Days extends Clock {
        private Instant now = Instant.parse("2026-03-01T08:00:00Z");

        @Override
        public Instant instant() {
            now = now.plus(Duration.ofDays(1));
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private record Host(String key, String name, String system, Set<String> cves) {}

    @BeforeEach
    void emptyInventory() throws SQLException {
        execute("""
                truncate connection, profile, run, run_log, quarantine, asset, source_record, identification_log, definition,
                         definition_count, finding_cohort, open_by_severity, open_by_system, open_by_definition,
                         open_by_first_run, source_record_absence, identification_operation, identification_split_record,
                         asset_merge, kept_history restart identity cascade;
                -- so that hosts have definitions of two blocks
                alter table definition alter column definition_id restart with 65535;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at,
                                        retention_days)
                select name, 'x', 'Vendor', 'Product', '{VULNERABILITY}', '{}', '{}', now(), 20
                from unnest('{North,South}'::text[]) as name;
                insert into profile (connection_id, name, transform_map, created_at)
                values (1, 'Default', 'map', now()), (2, 'Default', 'map', now())""");
    }

    /**
     * Two connections see the same few hosts, whose systems, findings and ratings change; runs overlap and are incomplete; hosts
     * are split, joined again and identified by other rules; some vanish, and old history is deleted.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsKeptIsWhatCountingGivesAfterAnyHistory(long seed) throws SQLException {
        Random random = new Random(seed);
        for (int step = 0; step < 30; step++) {
            int kind = random.nextInt(12);
            if (kind < 6) {
                run(1 + random.nextInt(2), random, random.nextInt(4) > 0);
            } else if (kind < 8) {
                overlapping(random);
            } else if (kind == 8) {
                split(random);
            } else if (kind == 9) {
                reidentify(random.nextBoolean());
            } else if (kind == 10) {
                new VanishedHosts(DATABASE.pooled(), clock).delete();
            } else {
                new KeptHistory(DATABASE.pooled(), clock).keep(Duration.ofDays(10));
            }
            OpenCountsLaw.holds(DATABASE);
        }
        assertThat(number("select count(*) from finding_cohort where fixed_run is null"))
                .isPositive();
        run(1, random, true);
        assertThat(number("select count(*) - count(distinct coalesce(os_name, '-')) from open_by_definition"))
                .as("rows that were not added up")
                .isZero();
    }

    @Test
    void aRunThatChangesNothingLeavesTheCountsBySystemAsTheyAre() throws SQLException {
        run(1, new Random(1), true);
        String before = text("select string_agg(xmin::text, ' ') from open_by_definition");

        run(1, new Random(1), true);

        assertThat(text("select string_agg(xmin::text, ' ') from open_by_definition"))
                .isEqualTo(before);
    }

    private void run(int connection, Random random, boolean sealed) {
        List<Host> hosts = hosts(connection, random);
        int run = begin(connection);
        try (InventoryWriter writer = writer(connection, run, sealed, hosts)) {
            apply(writer, random, hosts);
            writer.finish(sealed);
        }
        end(run);
    }

    private void overlapping(Random random) {
        List<Host> north = hosts(1, random);
        List<Host> south = hosts(2, random);
        int first = begin(1);
        int second = begin(2);
        try (InventoryWriter one = writer(1, first, true, north);
                InventoryWriter other = writer(2, second, true, south)) {
            apply(one, random, north.subList(0, north.size() / 2));
            apply(other, random, south);
            other.finish(true);
            apply(one, random, north.subList(north.size() / 2, north.size()));
            one.finish(true);
        }
        end(first);
        end(second);
    }

    private int begin(int connection) {
        int run = runs.queue(connection, connection, Run.Trigger.MANUAL, "map", Optional.empty())
                .id();
        assertThat(runs.begin(run, "test")).isTrue();
        return run;
    }

    private void end(int run) {
        runs.end(run, RunState.PROCESSED, List.of(), Optional.empty());
    }

    private static InventoryWriter writer(int connection, int run, boolean sealed, List<Host> hosts) {
        Set<String> listed = new HashSet<>();
        hosts.forEach(host -> listed.add(host.key()));
        return InventoryWriter.open(
                DATABASE.pooled(),
                new InventoryWriter.Options(
                        connection, run, sealed, IdentificationRule.defaults(), listed::contains, RunCounts.NONE, 0));
    }

    private static void apply(InventoryWriter writer, Random random, List<Host> hosts) {
        List<IncomingDefinition> definitions = new ArrayList<>();
        for (int cve = 0; cve < 6; cve++) {
            ObjectNode finding = JSON.createObjectNode().put("externalFindingId", "CVE-" + cve);
            int severity = (cve + random.nextInt(8) / 7) % 6;
            if (severity > 0) {
                finding.put("severity", severity);
            }
            definitions.add(new IncomingDefinition("CVE-" + cve, "", finding));
        }
        int[] ids = writer.define(definitions);
        List<IncomingRecord> batch = new ArrayList<>();
        for (Host host : hosts) {
            ObjectNode document =
                    JSON.createObjectNode().put("externalAssetId", host.key()).put("hostName", host.name());
            if (!host.system().isEmpty()) {
                document.putObject("operatingSystem").put("name", host.system());
            }
            int[] found = host.cves().stream()
                    .mapToInt(cve -> ids[Integer.parseInt(cve.substring(4))])
                    .toArray();
            batch.add(new IncomingRecord(host.key(), document, Optional.of(found)));
        }
        writer.apply(batch, List.of());
    }

    private static List<Host> hosts(int connection, Random random) {
        List<Host> hosts = new ArrayList<>();
        for (int host = 0; host < 8; host++) {
            if (random.nextInt(6) > 0) {
                Set<String> cves = new HashSet<>();
                for (int cve = 0; cve < 6; cve++) {
                    if (random.nextInt(3) > 0) {
                        cves.add("CVE-" + cve);
                    }
                }
                // mostly the same host to both, sometimes another
                hosts.add(new Host(
                        connection + "-" + host,
                        "name" + (host + random.nextInt(10) / 9 * 20),
                        SYSTEMS.get((host + random.nextInt(5) / 4) % SYSTEMS.size()),
                        cves));
            }
        }
        return hosts;
    }

    private void split(Random random) throws SQLException {
        AssetSplits splits = new AssetSplits(DATABASE.pooled(), clock);
        List<AssetSplit> made = splits.list(Optional.empty(), 10);
        if (!made.isEmpty() && random.nextBoolean()) {
            splits.undo(made.get(random.nextInt(made.size())).id(), "anna");
            return;
        }
        long record =
                number("select coalesce(max(source_record_id), 0) from source_record where asset_id in (select asset_id"
                        + " from source_record group by 1 having count(*) > 1)");
        if (record > 0) {
            long asset = number("select asset_id from source_record where source_record_id = " + record);
            splits.split((int) asset, Set.of((int) record), "anna", "");
        }
    }

    private void reidentify(boolean byName) {
        List<IdentificationRule> rules = byName ? IdentificationRule.defaults() : List.of();
        new Reidentification(DATABASE.pooled(), clock).apply(rules, Map.of(1, rules, 2, rules), 5, "anna");
    }

    private static long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = DATABASE.pooled().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DATABASE.pooled().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
