// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A load of an empty inventory does without the indexes by which later runs find assets. */
class FirstLoadTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Which records are one asset, and why. */
    private static final String DECISIONS = """
            select string_agg(s.native_key || ' ' || first.native_key || ' ' || coalesce(l.rule, '-') || ' '
                              || coalesce(l.matched::text, '-'), E'\\n' order by s.native_key)
            from source_record s
            join identification_log l using (source_record_id)
            cross join lateral (
                select min(native_key) as native_key from source_record o where o.asset_id = s.asset_id) first
            where s.native_key <> 'before'""";

    private static final String INDEXES =
            "select count(*) from pg_indexes where indexname in ('asset_by_mac', 'asset_by_address')";

    private RunStore runs;

    @BeforeEach
    void emptyInventory() throws SQLException {
        runs = new RunStore(DATABASE.dataSource(), Clock.systemUTC());
        execute("""
                truncate connection, profile, run, run_log, quarantine, asset, source_record, identification_log,
                         definition, definition_count, finding_cohort, open_by_severity, open_by_system, open_by_definition, open_by_first_run restart identity cascade;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                select name, 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now()
                from unnest(array['One', 'Other']) as name order by name desc;
                insert into profile (connection_id, name, transform_map, created_at)
                values (1, 'Default', 'map', now()), (2, 'Default', 'map', now())""");
    }

    @Test
    void itDecidesAsARunDoesThatFindsAssetsByTheIndexes() throws SQLException {
        for (int seed = 0; seed < 5; seed++) {
            emptyInventory();
            List<IncomingRecord> hosts = hosts(new Random(seed));
            try (InventoryWriter writer = writer(1)) {
                apply(writer, hosts);
                assertThat(text(INDEXES)).isEqualTo("0");
                writer.finish(true);
                assertThat(text(INDEXES)).isEqualTo("2");
            }
            String loaded = text(DECISIONS);

            emptyInventory();
            try (InventoryWriter writer = writer(1)) {
                writer.apply(List.of(host("before", "before", "10.99.0.1", "3c:22:fb:99:00:01")), List.of());
                writer.finish(true);
            }
            runs.end(1, RunState.PROCESSED, List.of(), Optional.empty());
            try (InventoryWriter writer = writer(1)) {
                assertThat(text(INDEXES)).isEqualTo("2");
                apply(writer, hosts);
                writer.finish(false);
            }
            assertThat(loaded).contains("MAC address").isEqualTo(text(DECISIONS));
        }
    }

    @Test
    void twoConnectionsThatLoadAtTheSameTimeFindEachOthersAssets() throws SQLException {
        try (InventoryWriter one = writer(1);
                InventoryWriter other = writer(2)) {
            one.apply(List.of(host("a1", "a", "10.0.0.1", "3c:22:fb:00:00:01")), List.of());
            other.apply(
                    List.of(
                            host("a2", "a-other", "10.0.0.2", "3c:22:fb:00:00:01"),
                            host("b2", "b", "10.0.0.3", "3c:22:fb:00:00:02")),
                    List.of());
            one.apply(List.of(host("b1", "b-other", "10.0.0.4", "3c:22:fb:00:00:02")), List.of());
            one.finish(true);
            other.finish(true);
        }
        assertThat(text("select string_agg(keys, ' ' order by keys) from"
                        + " (select string_agg(native_key, '+' order by native_key) as keys"
                        + " from source_record group by asset_id) k"))
                .isEqualTo("a1+a2 b1+b2");
    }

    @Test
    void aMacThatOnlyHasTheHashOfAnotherIdentifiesNobody() throws SQLException {
        assertThat(text("select hashes_of('3c:22:fb:00:1e:12') = hashes_of('3c:22:fb:00:f7:0e')"))
                .isEqualTo("t");
        try (InventoryWriter writer = writer(1)) {
            writer.apply(List.of(host("a", "a", "10.0.0.1", "3c:22:fb:00:1e:12")), List.of());
            writer.finish(true);
        }
        try (InventoryWriter writer = writer(2)) {
            writer.apply(
                    List.of(
                            host("other", "other", "10.0.0.2", "3c:22:fb:00:f7:0e"),
                            host("same", "same", "10.0.0.3", "3c:22:fb:00:1e:12")),
                    List.of());
            writer.finish(true);
        }
        assertThat(text("select string_agg(asset_id || native_key, ' ' order by native_key) from source_record"))
                .isEqualTo("1a 2other 1same");
    }

    @Test
    void whatPeopleMoveMeanwhileIsFoundByTheIndexes() throws SQLException {
        try (InventoryWriter writer = writer(1)) {
            writer.apply(List.of(host("a", "a", "10.0.0.1", "3c:22:fb:00:00:01")), List.of());
            try (Connection connection = DATABASE.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                InventoryLock.takeWhole(connection);
                statement.execute("update asset set mac_addresses = '3c:22:fb:00:00:07'");
                connection.commit();
            }
            writer.apply(List.of(host("again", "again", "10.0.0.2", "3c:22:fb:00:00:07")), List.of());
            writer.finish(true);
        }
        assertThat(text("select count(*) from asset")).isEqualTo("1");
    }

    @Test
    void aLoadThatWasCutOffGoesOnByTheIndexes() throws SQLException {
        int runId;
        try (InventoryWriter writer = writer(1)) {
            runId = 1;
            writer.apply(List.of(host("a", "a", "10.0.0.1", "3c:22:fb:00:00:01")), List.of());
        }
        assertThat(text(INDEXES)).isEqualTo("0");
        try (InventoryWriter writer = InventoryWriter.open(DATABASE.dataSource(), options(1, runId, 1))) {
            assertThat(text(INDEXES)).isEqualTo("2");
            writer.apply(List.of(host("a", "a", "10.0.0.1", "3c:22:fb:00:00:01")), List.of());
            writer.apply(List.of(host("again", "again", "10.0.0.2", "3c:22:fb:00:00:01")), List.of());
            writer.finish(true);
        }
        assertThat(text("select count(*) from asset")).isEqualTo("1");
    }

    @Test
    void whatIsKnownOfLoadedAssetsIsBoundedAndMissesNone() throws SQLException {
        Set<IdentityAttribute> asked =
                EnumSet.of(IdentityAttribute.HOST_NAME, IdentityAttribute.MAC_ADDRESS, IdentityAttribute.IP_ADDRESS);
        LoadedAssets assets = new LoadedAssets(asked, 1 << 20);
        for (int id = 1; id <= 10_000; id++) {
            assets.add(id, columns(id));
        }
        for (int id : List.of(1, 77, 9_999, 10_000)) {
            IdentityAttributes record = columns(id).identity();
            assertThat(assets.sharing(List.of(record))).contains(id).hasSizeLessThan(5);
        }
        execute("insert into asset (asset_id, created_run, updated_run) values (10000, 1, 1)");
        try (Connection connection = DATABASE.connect()) {
            assertThat(assets.areAll(connection)).isTrue();
            LoadedAssets few = new LoadedAssets(asked, 1 << 10);
            few.add(10_000, columns(10_000));
            assertThat(few.areAll(connection)).isTrue();
            for (int id = 1; id < 100; id++) {
                few.add(id, columns(id));
            }
            assertThat(few.areAll(connection)).isFalse();
        }
    }

    private static AssetColumns columns(int id) {
        return AssetColumns.merge(List.of(host("k" + id, "Name" + id, "10.1." + id / 250 + "." + id % 250, mac(id))
                .asset()));
    }

    private static String mac(int number) {
        return String.format("3c:22:fb:00:%02x:%02x", number / 256, number % 256);
    }

    /** Some of which share a name, an address or a MAC with others, within a batch and beyond. */
    private static List<IncomingRecord> hosts(Random random) {
        List<IncomingRecord> hosts = new ArrayList<>();
        for (int i = 100; i < 200; i++) {
            hosts.add(host(
                    "k" + i,
                    (random.nextBoolean() ? "Web" : "web") + random.nextInt(80),
                    "10.0.0." + random.nextInt(60),
                    mac(random.nextInt(120))));
        }
        return hosts;
    }

    private static IncomingRecord host(String key, String name, String address, String mac) {
        ObjectNode document =
                JSON.createObjectNode().put("externalAssetId", key).put("hostName", name);
        document.putObject("operatingSystem").put("name", "Linux");
        ArrayNode interfaces = document.putArray("networkInterfaces");
        interfaces.addObject().put("ipAddress", address).put("macAddress", mac);
        return new IncomingRecord(key, document, Optional.empty());
    }

    private static void apply(InventoryWriter writer, List<IncomingRecord> hosts) {
        for (int from = 0; from < hosts.size(); from += 7) {
            writer.apply(hosts.subList(from, Math.min(hosts.size(), from + 7)), List.of());
        }
    }

    private InventoryWriter writer(int connection) {
        int run = runs.queue(connection, connection, Run.Trigger.MANUAL, "map", Optional.empty())
                .id();
        assertThat(runs.begin(run, "test")).isTrue();
        return InventoryWriter.open(DATABASE.dataSource(), options(connection, run, 0));
    }

    private static InventoryWriter.Options options(int connection, int run, long appliedRecords) {
        List<IdentificationRule> rules = new ArrayList<>(IdentificationRule.defaults());
        rules.add(new IdentificationRule("IP address", EnumSet.of(IdentityAttribute.IP_ADDRESS)));
        return new InventoryWriter.Options(connection, run, true, rules, key -> false, RunCounts.NONE, appliedRecords);
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
