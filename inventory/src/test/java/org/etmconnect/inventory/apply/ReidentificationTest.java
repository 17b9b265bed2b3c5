// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.etmconnect.inventory.assets.AssetDetails;
import org.etmconnect.inventory.assets.AssetReader;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.rules.RuleDraft;
import org.etmconnect.inventory.rules.RuleKind;
import org.etmconnect.inventory.rules.RuleList;
import org.etmconnect.inventory.rules.RuleOutcome;
import org.etmconnect.inventory.rules.RuleStore;
import org.etmconnect.inventory.rules.SavedRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules and splits over the stored inventory of two connections. */
class ReidentificationTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T08:00:00Z"), ZoneOffset.UTC);

    private final RunStore runs = new RunStore(DATABASE.pooled(), CLOCK);
    private final RuleStore rules = new RuleStore(DATABASE.pooled());
    private final Reidentification reidentification = new Reidentification(DATABASE.pooled(), CLOCK);
    private final AssetSplits splits = new AssetSplits(DATABASE.pooled(), CLOCK);
    private final AssetReader assets = new AssetReader(DATABASE.pooled());

    record Host(String key, String name, Optional<String> mac, Optional<String> address) {
        static Host named(String key, String name) {
            return new Host(key, name, Optional.empty(), Optional.empty());
        }
    }

    @AfterEach
    void aDecisionIsKeptOfAHostWithSeveralRecords() throws SQLException {
        SeveralRecords.areToldByDecisions(DATABASE);
    }

    @BeforeEach
    void emptyInventory() throws SQLException {
        execute("""
                truncate connection, profile, run, run_log, quarantine, asset, source_record, identification_log,
                         definition, definition_count, finding_cohort, open_by_severity, open_by_system, open_by_definition, open_by_first_run, identification_operation,
                         identification_split_record, asset_merge restart identity cascade;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                select name, 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now()
                from unnest('{North,South}'::text[]) as name;
                insert into profile (connection_id, name, transform_map, created_at)
                values (1, 'Default', 'map', now()), (2, 'Default', 'map', now())""");
        saved(rules.replace(List.of(new RuleDraft("Host name", "", Set.of(), true)), OptionalLong.empty()));
        saved(rules.reset());
    }

    @Test
    void theShippedRulesAreWhatIdentificationTakesByDefault() {
        assertThat(rules.connection(1).orElseThrow().rules()).isEqualTo(IdentificationRule.defaults());
    }

    @Test
    void aConnectionThatMakesNoAssetsSkipsWhatNoRuleDecidesAndCountsIt() throws SQLException {
        run(1, true, Host.named("n1", "web1"));
        saved(rules.configure(2, false, Map.of()));

        RunCounts counts = run(2, true, Host.named("s1", "web1"), Host.named("s2", "printer"));

        assertThat(counts.assetsSkipped()).isEqualTo(1);
        assertThat(counts.assetsNew()).isZero();
        assertThat(counts.recordsRead()).isEqualTo(2);
        assertThat(text("select count(*) from asset")).isEqualTo("1");
        assertThat(text("select string_agg(native_key, ',' order by native_key) from source_record"))
                .isEqualTo("n1,s1");
    }

    @Test
    void aRuleThatIsOffForAConnectionDoesNotDecideForItsRecords() throws SQLException {
        run(1, true, Host.named("n1", "web1"));
        saved(rules.configure(2, true, Map.of("Host name", false)));

        run(2, true, Host.named("s1", "web1"));

        assertThat(text("select count(*) from asset")).isEqualTo("2");
    }

    @Test
    void aNewRuleHoldsForNewRecordsAndForTheOthersOnceTheyAreReidentified() throws SQLException {
        run(1, true, addressed("n1", "web1", "10.1.0.1"), addressed("n2", "web2", "10.1.0.2"));
        run(2, true, addressed("s1", "app-a", "10.1.0.1"));
        assertThat(text("select count(*) from asset")).isEqualTo("3");
        RuleDraft byAddress = new RuleDraft(
                "Own", "", Set.of(IdentityAttribute.IP_ADDRESS, IdentityAttribute.OPERATING_SYSTEM), true);
        saved(rules.create(byAddress));

        run(2, true, addressed("s1", "app-a", "10.1.0.1"), addressed("s2", "app-b", "10.1.0.2"));
        assertThat(text("select count(*) from asset"))
                .as("s2 found web2, s1 stayed")
                .isEqualTo("3");

        RuleEffect tried = simulate(rules.list());
        assertThat(text("select count(*) from asset")).as("nothing is written").isEqualTo("3");
        RuleEffect done = apply();

        assertThat(tried.assetsMerged()).isEqualTo(1);
        assertThat(tried.merges()).hasSize(1).first().satisfies(merge -> {
            assertThat(merge.assetId()).contains(1);
            assertThat(merge.assets().stream().map(RuleEffect.Named::assetId)).containsExactly(1, 3);
            assertThat(merge.links().getFirst().rule()).isEqualTo("Own");
            assertThat(merge.links().getFirst().values())
                    .containsEntry(IdentityAttribute.IP_ADDRESS, Set.of("10.1.0.1"));
        });
        assertThat(done.merges()).isEqualTo(tried.merges());
        assertThat(text("select count(*) from asset")).isEqualTo("2");
        assertThat(assets.find(3)).isEmpty();
        assertThat(splits.mergedInto(3)).contains(1);
        assertThat(sentences(1))
                .contains("Record s1 made asset 3 in run 2: no identification rule found exactly one asset.")
                .contains(
                        "Record s1 went from asset 3 to this asset when the inventory was re-identified by anna: matched by"
                                + " Own: IP address 10.1.0.1; Operating system ubuntu.");
        assertThat(text("select addresses || name from asset where asset_id = 1"))
                .startsWith("10.1.0.1");
    }

    @Test
    void aSplitHoldsOverRunsAndReidentificationAndCanBeUndone() throws SQLException {
        run(1, true, Host.named("n1", "web1"));
        run(2, true, Host.named("s1", "web1"));
        AssetDetails together = assets.find(1).orElseThrow();
        assertThat(together.sources()).hasSize(2);
        int leaving = together.sources().getLast().id();

        AssetSplit split = ((SplitOutcome.Done) splits.split(1, Set.of(leaving), "anna", "two machines")).split();

        int made = split.splitAssetId();
        assertThat(owners()).isEqualTo("n1:1 s1:" + made);
        run(2, true, Host.named("s1", "web1"));
        apply();
        assertThat(owners()).isEqualTo("n1:1 s1:" + made);
        assertThat(sentences(1))
                .contains("Record s1 was split off from this asset to asset " + made
                        + " by anna (split 1): two machines. What was split is kept apart until the split is undone.");
        assertThat(sentences(made)).anyMatch(words -> words.contains("from asset 1 to this asset by anna"));
        assertThat(sentences(made)).anyMatch(words -> words.contains("matched by Host name"));
        assertThat(assets.find(made).orElseThrow().name()).contains("web1");

        assertThat(splits.undo(split.id(), "bert")).isInstanceOf(SplitOutcome.Done.class);
        assertThat(owners()).isEqualTo("n1:1 s1:1");
        assertThat(sentences(1)).last().asString().contains("split 1 was undone by bert");
        assertThat(splits.undo(split.id(), "bert")).isInstanceOf(SplitOutcome.Refused.class);
        assertThat(splits.list(Optional.of(1), 10).getFirst().undoneAt()).isPresent();
    }

    @Test
    void aSplitHoldsForARecordThatWasForgottenAndComesBack() throws SQLException {
        run(1, true, Host.named("n1", "web1"));
        run(2, true, Host.named("s1", "web1"));
        splits.split(1, Set.of(2), "anna", "");
        execute("delete from source_record where native_key = 's1'; delete from asset where asset_id <> 1");

        run(2, true, Host.named("s1", "web1"));

        assertThat(text("select count(*) from asset")).isEqualTo("2");
        assertThat(text("select considered::text from identification_log order by identification_id desc limit 1"))
                .contains("people split the record from it");
    }

    @Test
    void aSplitThatCannotBeIsRefusedInWords() {
        run(1, true, Host.named("n1", "web1"));
        run(2, true, Host.named("s1", "web1"));

        assertThat(splits.split(99, Set.of(1), "anna", "")).isEqualTo(new SplitOutcome.Missing("asset 99"));
        assertThat(splits.split(1, Set.of(1, 2), "anna", "")).isInstanceOf(SplitOutcome.Refused.class);
        assertThat(splits.split(1, Set.of(7), "anna", "").toString()).contains("has no record 7");
        assertThat(splits.undo(1, "anna")).isEqualTo(new SplitOutcome.Missing("split 1"));
    }

    @Test
    void whatIsSimulatedIsWhatReidentificationThenDoes() throws SQLException {
        for (int seed = 0; seed < 6; seed++) {
            emptyInventory();
            Random random = new Random(seed);
            for (int round = 0; round < 3; round++) {
                for (int connection = 1; connection <= 2; connection++) {
                    List<Host> hosts = new ArrayList<>();
                    for (int host = 0; host < 8; host++) {
                        if (random.nextInt(4) > 0) {
                            hosts.add(new Host(
                                    "host" + host,
                                    "name" + random.nextInt(6),
                                    random.nextBoolean()
                                            ? Optional.of("3c:22:fb:00:00:0" + random.nextInt(5))
                                            : Optional.empty(),
                                    Optional.of("10.0.0." + random.nextInt(6))));
                        }
                    }
                    run(connection, true, hosts.toArray(Host[]::new));
                }
            }
            List<Integer> ids = new ArrayList<>(
                    rules.list().rules().stream().skip(1).map(SavedRule::id).toList());
            java.util.Collections.shuffle(ids, random);
            saved(rules.order(ids, OptionalLong.empty()));
            rules.configure(
                    2,
                    true,
                    Map.of(
                            random.nextBoolean() ? "Host name" : "MAC address",
                            false,
                            "IP address",
                            random.nextBoolean()));

            RuleEffect tried = simulate(rules.list());
            RuleEffect done = apply();

            assertThat(done)
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .ignoringFields("operationId")
                    .isEqualTo(tried);
            assertThat(text("select count(distinct asset_id) from source_record"))
                    .as("seed %d", seed)
                    .isEqualTo(String.valueOf(tried.assetsAfter()))
                    .isEqualTo(text("select count(*) from asset"));
            for (RuleEffect.Split split : tried.splits()) {
                List<String> owners = new ArrayList<>();
                for (List<RuleEffect.Member> part : split.parts()) {
                    owners.add(text("select string_agg(distinct asset_id::text, ',') from source_record where"
                            + " source_record_id in ("
                            + String.join(
                                    ",",
                                    part.stream().map(r -> "" + r.recordId()).toList()) + ")"));
                }
                assertThat(owners).doesNotHaveDuplicates().noneMatch(owner -> owner.contains(","));
            }
            assertThat(
                            text(
                                    "select count(*) from asset a where a.created_run = 0 or (a.retired_run is null) <>"
                                            + " exists (select from source_record s where s.asset_id = a.asset_id and s.retired_run is null)"))
                    .isEqualTo("0");
            assertThat(simulate(rules.list()).recordsMoved())
                    .as("seed %d, again", seed)
                    .isZero();
        }
    }

    private RuleEffect simulate(RuleList list) {
        return reidentification.simulate(shared(list), byConnection(list), 50);
    }

    private RuleEffect apply() {
        RuleList list = rules.list();
        return reidentification.apply(shared(list), byConnection(list), 50, "anna");
    }

    private static List<IdentificationRule> shared(RuleList list) {
        return list.rules().stream()
                .filter(rule -> rule.kind() != RuleKind.SYSTEM)
                .map(SavedRule::rule)
                .toList();
    }

    private Map<Integer, List<IdentificationRule>> byConnection(RuleList list) {
        Map<Integer, List<IdentificationRule>> on = new HashMap<>();
        rules.connections(list.rules()).forEach((connection, its) -> on.put(connection, its.rules()));
        return on;
    }

    private static void saved(RuleOutcome outcome) {
        assertThat(outcome).isInstanceOf(RuleOutcome.Saved.class);
    }

    private RunCounts run(int connection, boolean sealed, Host... hosts) {
        int runId = runs.queue(connection, connection, Run.Trigger.MANUAL, "map", Optional.empty())
                .id();
        assertThat(runs.begin(runId, "test")).isTrue();
        var identification = rules.connection(connection).orElseThrow();
        Set<String> listed = new java.util.HashSet<>();
        for (Host host : hosts) {
            listed.add(host.key);
        }
        try (InventoryWriter writer = InventoryWriter.open(
                DATABASE.pooled(),
                new InventoryWriter.Options(
                        connection,
                        runId,
                        sealed,
                        identification.rules(),
                        listed::contains,
                        RunCounts.NONE,
                        0,
                        identification.createUnmanagedAsset(),
                        Optional.empty()))) {
            List<IncomingRecord> batch = new ArrayList<>();
            for (Host host : hosts) {
                batch.add(new IncomingRecord(host.key, document(host), Optional.empty()));
            }
            writer.apply(batch, List.of());
            writer.finish(sealed);
            runs.end(runId, RunState.PROCESSED, List.of(), Optional.empty());
            return writer.counts();
        }
    }

    private static ObjectNode document(Host host) {
        ObjectNode document =
                JSON.createObjectNode().put("externalAssetId", host.key).put("hostName", host.name);
        document.putObject("operatingSystem").put("name", "Ubuntu");
        ArrayNode interfaces = document.putArray("networkInterfaces");
        host.mac.ifPresent(mac -> interfaces.addObject().put("macAddress", mac));
        host.address.ifPresent(address -> interfaces.addObject().put("ipAddress", address));
        return document;
    }

    private static Host addressed(String key, String name, String address) {
        return new Host(key, name, Optional.empty(), Optional.of(address));
    }

    private List<String> sentences(int asset) {
        return assets.find(asset).orElseThrow().identifications().stream()
                .map(AssetDetails.IdentificationEntry::sentence)
                .toList();
    }

    private static String owners() throws SQLException {
        return text("select string_agg(native_key || ':' || asset_id, ' ' order by native_key) from source_record");
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = DATABASE.pooled().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DATABASE.pooled().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
