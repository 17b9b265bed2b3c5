// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etmconnect.inventory.assets.AssetReader;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class InventoryWriterTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T08:00:00Z"), ZoneOffset.UTC);

    private RunStore runs;

    @AfterEach
    void aDecisionIsKeptOfAHostWithSeveralRecords() throws SQLException {
        SeveralRecords.areToldByDecisions(DATABASE);
    }

    @BeforeEach
    void emptyInventory() throws SQLException {
        runs = new RunStore(DATABASE.pooled(), CLOCK);
        execute("""
                truncate connection, profile, run, run_log, quarantine, asset, source_record, identification_log,
                         definition, definition_count, finding_cohort, open_by_severity, open_by_system, open_by_definition, open_by_first_run,
                         kept_history restart identity cascade;
                -- so that hosts have definitions of two blocks
                alter table definition alter column definition_id restart with 65535;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                values ('Tenant', 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now());
                insert into profile (connection_id, name, transform_map, created_at) values (1, 'Default', 'map', now())""");
    }

    @Test
    void aSecondRunOverUnchangedHostsWritesNothing() throws SQLException {
        List<Host> hosts = List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2")), new Host("b", "web2", Set.of()));
        run(hosts, true);
        String before = text("select string_agg(s::text || s.ctid || s.xmin, ' ' order by 1) from source_record s")
                + text("select string_agg(c::text || c.ctid || c.xmin, ' ' order by 1) from finding_cohort c")
                + text("select string_agg(a::text || a.ctid || a.xmin, ' ' order by 1) from asset a");

        RunCounts counts = run(hosts, true);

        assertThat(counts.assetsUnchanged()).isEqualTo(2);
        assertThat(counts.findingsUnchanged()).isEqualTo(2);
        assertThat(counts.assetsNew() + counts.assetsUpdated() + counts.findingsNew() + counts.findingsFixed())
                .isZero();
        String after = text("select string_agg(s::text || s.ctid || s.xmin, ' ' order by 1) from source_record s")
                + text("select string_agg(c::text || c.ctid || c.xmin, ' ' order by 1) from finding_cohort c")
                + text("select string_agg(a::text || a.ctid || a.xmin, ' ' order by 1) from asset a");
        assertThat(after).isEqualTo(before);
        assertThat(text("select string_agg(last_seen_run::text, ',') from source_record_seen"))
                .isEqualTo("2,2");
    }

    @Test
    void aHostThatVanishesIsRetiredWithItsFindingsAndComesBackWithItsHistory() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1")), new Host("b", "web2", Set.of("CVE-1"))), true);

        RunCounts gone = run(List.of(new Host("b", "web2", Set.of("CVE-1"))), true);
        assertThat(gone.assetsRetired()).isEqualTo(1);
        assertThat(gone.findingsFixed()).isEqualTo(1);
        assertThat(text("select retired_run from asset where name = 'web1'")).isEqualTo("2");
        assertThat(text("select last_seen_run from source_record_seen where retired_run is not null"))
                .isEqualTo("1");

        RunCounts back =
                run(List.of(new Host("a", "web1", Set.of("CVE-1")), new Host("b", "web2", Set.of("CVE-1"))), true);
        assertThat(back.assetsReturned()).isEqualTo(1);
        assertThat(back.assetsNew()).isZero();
        assertThat(back.findingsReopened()).isEqualTo(1);
        assertThat(text("select count(*) from asset where retired_run is null")).isEqualTo("2");
    }

    @Test
    void anUnsealedRunAddsAndUpdatesButClosesAndRetiresNothing() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2")), new Host("b", "web2", Set.of("CVE-1"))), true);

        RunCounts counts = run(List.of(new Host("a", "web1-renamed", Set.of("CVE-3"))), false);

        assertThat(counts.findingsNew()).isEqualTo(1);
        assertThat(counts.findingsFixed() + counts.assetsRetired()).isZero();
        assertThat(text("select string_agg(name, ',' order by name) from asset where retired_run is null"))
                .isEqualTo("web1-renamed,web2");
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("4");
        assertThat(text("select string_agg(native_key || last_seen_run, ',' order by native_key)"
                        + " from (select native_key, v.last_seen_run from source_record_seen v"
                        + " join source_record using (source_record_id)) seen"))
                .isEqualTo("a2,b1");

        RunCounts sealed = run(List.of(new Host("a", "web1-renamed", Set.of("CVE-3"))), true);
        assertThat(sealed.findingsFixed()).isEqualTo(3);
        assertThat(sealed.assetsRetired()).isEqualTo(1);
    }

    @Test
    void findingsStayAsTheyAreWhereTheRunDoesNotKnowThem() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1"))), true);

        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            writer.define(List.of());
            writer.apply(List.of(new IncomingRecord("a", document("a", "web1"), Optional.empty())), List.of());
            writer.finish(true);
        }

        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("1");
    }

    @Test
    void aHostThatCouldNotBeMappedIsNotRetired() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1"))), true);

        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            writer.define(List.of());
            writer.apply(List.of(), List.of("a"));
            writer.finish(true);
        }

        assertThat(text("select count(*) from asset where retired_run is null")).isEqualTo("1");
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("1");
    }

    @Test
    void aRunThatWasCutOffCountsNothingTwice() throws SQLException {
        List<Host> hosts = List.of(new Host("a", "web1", Set.of("CVE-1")), new Host("b", "web2", Set.of("CVE-1")));
        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            writer.apply(incoming(writer, hosts.subList(0, 1)), List.of());
        }
        Run cutOff = runs.find(runId).orElseThrow();
        assertThat(cutOff.appliedRecords()).isEqualTo(1);

        try (InventoryWriter writer = writer(runId, true, cutOff.appliedRecords(), cutOff.counts())) {
            for (Host host : hosts) {
                writer.apply(incoming(writer, List.of(host)), List.of());
            }
            writer.finish(true);
            assertThat(writer.counts().assetsNew()).isEqualTo(2);
            assertThat(writer.counts().findingsNew()).isEqualTo(2);
            assertThat(writer.counts().assetsUnchanged()).isZero();
            assertThat(writer.counts().recordsRead()).isEqualTo(2);
        }
        assertThat(runs.find(runId).orElseThrow().counts().assetsNew()).isEqualTo(2);
    }

    @Test
    void aChangedVulnerabilityIsUpdatedOnceAndTouchesNoHost() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1"))), true);
        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            ObjectNode finding = finding("CVE-1");
            finding.put("severity", 5);
            int[] ids = writer.define(List.of(new IncomingDefinition("CVE-1", "", finding)));
            writer.apply(List.of(new IncomingRecord("a", document("a", "web1"), Optional.of(ids))), List.of());
            writer.finish(true);
            assertThat(writer.counts().definitionsUpdated()).isEqualTo(1);
            assertThat(writer.counts().findingsUnchanged()).isEqualTo(1);
        }
        assertThat(text("select severity from definition")).isEqualTo("5");
    }

    @Test
    void anAddressOfSeveralLinesIsSeveralAddresses() throws SQLException {
        int run = queue();
        try (InventoryWriter writer = writer(run, true, 0, RunCounts.NONE)) {
            ObjectNode document = document("a", "web1");
            document.putArray("networkInterfaces").addObject().put("ipAddress", "10.0.0.1\r\nfe80::1\n10.0.0.1");
            writer.apply(List.of(new IncomingRecord("a", document, Optional.empty())), List.of());
            writer.finish(true);
        }

        assertThat(new AssetReader(DATABASE.pooled()).find(1))
                .hasValueSatisfying(asset -> assertThat(asset.addresses()).containsExactly("10.0.0.1", "fe80::1"));
    }

    @Test
    void theIdentificationLogSaysWhichRuleDecided() throws SQLException {
        int first = queue();
        try (InventoryWriter writer = writer(first, true, 0, RunCounts.NONE)) {
            ObjectNode document = document("a", "web1");
            document.putArray("networkInterfaces").addObject().put("macAddress", "3C-22-FB-00-00-01");
            writer.apply(List.of(new IncomingRecord("a", document, Optional.empty())), List.of());
            writer.finish(true);
        }
        end(first);
        int second = queue();
        try (InventoryWriter writer = writer(second, true, 0, RunCounts.NONE)) {
            ObjectNode document = document("reinstalled", "web1-new");
            document.putArray("networkInterfaces").addObject().put("macAddress", "3c:22:fb:00:00:01");
            writer.apply(List.of(new IncomingRecord("reinstalled", document, Optional.empty())), List.of());
            writer.finish(true);
        }

        assertThat(text("select count(*) from asset")).isEqualTo("1");
        assertThat(text("select rule || matched::text from identification_log where run_id = " + second))
                .isEqualTo("MAC address{\"MAC address\": [\"3c:22:fb:00:00:01\"]}");
        assertThat(text("select name from asset")).isEqualTo("web1-new");
    }

    /** Random histories of a small tenant: the inventory agrees with a model of single findings, in state and in counts. */
    @Test
    void randomHistoriesAgreeWithAModelOfSingleFindings() throws SQLException {
        for (int seed = 0; seed < 12; seed++) {
            emptyInventory();
            Random random = new Random(seed);
            Map<String, int[]> first = new TreeMap<>();
            Map<String, int[]> open = new TreeMap<>();
            Map<String, Integer> fixed = new TreeMap<>();
            Set<String> live = new TreeSet<>();
            for (int run = 1; run <= 8; run++) {
                boolean sealed = random.nextInt(4) > 0;
                List<Host> hosts = new ArrayList<>();
                for (int host = 0; host < 6; host++) {
                    if (random.nextInt(5) > 0) {
                        Set<String> cves = new TreeSet<>();
                        for (int cve = 0; cve < 5; cve++) {
                            if (random.nextInt(3) > 0) {
                                cves.add("CVE-" + cve);
                            }
                        }
                        hosts.add(new Host("host" + host, "name" + host + (random.nextInt(6) == 0 ? "x" : ""), cves));
                    }
                }
                int opened = 0;
                int reopened = 0;
                int closed = 0;
                Set<String> found = new TreeSet<>();
                for (Host host : hosts) {
                    for (String cve : host.cves) {
                        String key = host.nativeKey + " " + cve;
                        found.add(key);
                        if (!open.containsKey(key)) {
                            if (first.containsKey(key)) {
                                reopened++;
                            } else {
                                opened++;
                                first.put(key, new int[] {run});
                            }
                            fixed.remove(key);
                            open.put(key, new int[] {run});
                        }
                    }
                }
                Set<String> present = new TreeSet<>();
                hosts.forEach(host -> present.add(host.nativeKey));
                int retired = 0;
                if (sealed) {
                    for (String key : List.copyOf(open.keySet())) {
                        if (!found.contains(key)) {
                            open.remove(key);
                            fixed.put(key, run);
                            closed++;
                        }
                    }
                    for (String host : List.copyOf(live)) {
                        if (!present.contains(host)) {
                            live.remove(host);
                            retired++;
                        }
                    }
                }
                live.addAll(present);

                RunCounts counts = run(hosts, sealed);

                assertThat(List.of(
                                counts.findingsNew(),
                                counts.findingsReopened(),
                                counts.findingsFixed(),
                                counts.assetsRetired()))
                        .as("seed %d run %d", seed, run)
                        .containsExactly((long) opened, (long) reopened, (long) closed, (long) retired);
                Map<String, String> expected = new TreeMap<>();
                open.forEach((key, since) -> expected.put(key, "first " + first.get(key)[0] + " opened " + since[0]));
                fixed.forEach((key, at) -> expected.put(key, "first " + first.get(key)[0] + " fixed " + at));
                assertThat(findings()).as("seed %d run %d", seed, run).isEqualTo(expected);
                assertThat(
                                text(
                                        "select count(*) from definition_count c where open_findings <> (select count(*)"
                                                + " from finding_cohort f where f.fixed_run is null"
                                                + " and f.block = definition_block(c.definition_id) and f.definitions @> array[definition_element(c.definition_id)])"))
                        .isEqualTo("0");
                OpenCountsLaw.holds(DATABASE);
                assertThat(text("select coalesce(string_agg(native_key, ',' order by native_key), '')"
                                + " from source_record where retired_run is null"))
                        .isEqualTo(String.join(",", live));
            }
        }
    }

    @Test
    void aVulnerabilityThatIsRatedAnewIsCountedSoOnEveryHost() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2")), new Host("b", "web2", Set.of("CVE-1"))), true);

        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            writer.define(
                    List.of(new IncomingDefinition("CVE-1", "", finding("CVE-1").put("severity", 5))));
            writer.finish(false);
        }

        assertThat(text("select string_agg(critical || '/' || medium, ' ' order by asset_id)"
                        + " from open_by_severity"))
                .isEqualTo("1/1 1/0");
        OpenCountsLaw.holds(DATABASE);
    }

    private Map<String, String> findings() throws SQLException {
        Map<String, String> findings = new TreeMap<>();
        try (Connection connection = DATABASE.pooled().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select s.native_key || ' ' || d.external_finding_id,
                               'first ' || f.first_run || coalesce(' fixed ' || f.fixed_run, ' opened ' || f.opened_run)
                        from finding_cohort f
                        join source_record s using (source_record_id)
                        cross join definition_ids(f.block, f.definitions) as id
                        join definition d on d.definition_id = id
                        where f.reopened_run is null""")) {
            while (row.next()) {
                assertThat(findings.put(row.getString(1), row.getString(2)))
                        .as(row.getString(1))
                        .isNull();
            }
        }
        return findings;
    }

    private record Host(String nativeKey, String name, Set<String> cves) {}

    @Test
    void whatAVanishedHostHasLeftIsDeletedWhenItsDaysAreOverAndNotBefore() throws SQLException {
        execute("update connection set retention_days = 30");
        Host stays = new Host("b", "web2", Set.of("CVE-1"));
        run(List.of(new Host("a", "web1", Set.of("CVE-1")), stays), true);
        run(List.of(stays), true);
        Instant now = CLOCK.instant();

        assertThat(vanishedBy(now.plus(Duration.ofDays(29)))).isZero();
        assertThat(text("select count(*) from source_record")).isEqualTo("2");
        assertThat(vanishedBy(now.plus(Duration.ofDays(31)))).isEqualTo(1);

        assertThat(text("select string_agg(name, ',') from asset")).isEqualTo("web2");
        assertThat(text("select string_agg(native_key, ',') from source_record"))
                .isEqualTo("b");
        assertThat(text("select count(*) from finding_cohort")).isEqualTo("1");
        assertThat(text("select string_agg(asset_id::text, ',') from identification"))
                .isEqualTo("2");
        assertThat(text("select open_findings from definition_count")).isEqualTo("1");
        execute("update connection set retention_days = null");
        run(List.of(), true);
        assertThat(vanishedBy(now.plus(Duration.ofDays(3_000)))).isZero();
    }

    @Test
    void aHostThatMakesItsOwnAssetNeedsNoRowThatSaysSo() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1"))), true);

        assertThat(text("select count(*) from identification_log")).isEqualTo("0");
        assertThat(text("select row(asset_id, source_record_id, run_id, rule) from identification"))
                .isEqualTo("(1,1,1,)");
    }

    @Test
    void whatIsKnownOfAHostsMovesOutlivesAnAssetThatItWasInMeanwhile() throws SQLException {
        execute("update connection set retention_days = 30");
        Host stays = new Host("b", "web2", Set.of("CVE-1"));
        run(List.of(new Host("a", "web1", Set.of("CVE-1")), stays), true);
        execute("""
                insert into identification_operation (kind, author, at) values ('REIDENTIFY', 'anna', now());
                insert into identification_log (asset_id, source_record_id, operation_id, from_asset_id)
                values (1, 2, 1, 2), (2, 2, 1, 1)""");
        run(List.of(stays), true);

        assertThat(vanishedBy(CLOCK.instant().plus(Duration.ofDays(31)))).isEqualTo(1);

        assertThat(
                        text(
                                "select string_agg(asset_id::text, ',' order by identification_id nulls first) from identification"))
                .isEqualTo("2,1,2");
    }

    @Test
    void aRunAfterOneThatFixedFindingsWritesNothingIfNothingChanged() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2"))), true);
        List<Host> hosts = List.of(new Host("a", "web1", Set.of("CVE-1")));
        assertThat(run(hosts, true).findingsFixed()).isEqualTo(1);
        String versions = "select string_agg(s::text || s.ctid || s.xmin, ' ' order by 1) from source_record s";
        String before = text(versions);

        assertThat(run(hosts, true).findingsUnchanged()).isEqualTo(1);

        assertThat(text(versions)).isEqualTo(before);
    }

    @Test
    void aRunThatWouldCloseMoreThanItsShareWaitsForAWordAndThenClosesThatAndNoMore() throws SQLException {
        execute("update connection set hold_percent = 50, hold_at_least = 2");
        Host whole = new Host("c", "web3", Set.of("CVE-1", "CVE-3"));
        run(
                List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2")), new Host("b", "web2", Set.of("CVE-1")), whole),
                true);

        RunCounts counts = run(List.of(new Host("a", "web1", Set.of("CVE-1"))), true);

        assertThat(counts.findingsFixed() + counts.assetsRetired()).isZero();
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("5");
        assertThat(text("select last_complete_run from connection")).isEqualTo("1");
        HeldClosures held = new HeldClosures(DATABASE.pooled(), CLOCK);
        assertThat(held.of(List.of(1, 2)))
                .containsOnlyKeys(2)
                .containsEntry(2, new Held(2, Held.State.HELD, 4, 5, 2, 3, Optional.empty(), Optional.empty()));
        assertThat(held.hosts(2, 10, 0))
                .extracting(HeldClosures.Host::nativeKey, HeldClosures.Host::retired, HeldClosures.Host::findings)
                .containsExactly(tuple("c", true, 2), tuple("b", true, 1), tuple("a", false, 1));
        assertThat(held.vulnerabilities(2, 10, 0))
                .extracting(HeldClosures.Vulnerability::externalFindingId, HeldClosures.Vulnerability::hosts)
                .containsExactly(tuple("CVE-1", 2), tuple("CVE-3", 1), tuple("CVE-2", 1));

        assertThat(held.confirm(2, "alice"))
                .isInstanceOfSatisfying(
                        HeldClosures.Outcome.Done.class,
                        done -> assertThat(done.held())
                                .extracting(Held::state, Held::decidedBy)
                                .containsExactly(Held.State.CONFIRMED, Optional.of("alice")));

        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("1");
        assertThat(
                        text(
                                "select string_agg(distinct fixed_run::text, ',') from finding_cohort where fixed_run is not null"))
                .isEqualTo("2");
        assertThat(text("select string_agg(name, ',') from asset where retired_run is null"))
                .isEqualTo("web1");
        assertThat(text("select last_complete_run from connection")).isEqualTo("2");
        Run confirmed = runs.find(2).orElseThrow();
        assertThat(confirmed.state()).isEqualTo(RunState.PROCESSED);
        assertThat(confirmed.counts().findingsFixed()).isEqualTo(4);
        assertThat(confirmed.counts().assetsRetired()).isEqualTo(2);
        assertThat(held.confirm(2, "bob")).isInstanceOf(HeldClosures.Outcome.Decided.class);
        assertThat(run(List.of(new Host("a", "web1", Set.of("CVE-1")), whole), true)
                        .findingsReopened())
                .isEqualTo(2);
    }

    @Test
    void whatIsRejectedStaysOpenAndTheNextRunAsksAgain() throws SQLException {
        execute("update connection set hold_percent = 50, hold_at_least = 2");
        run(List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2"))), true);
        List<Host> nothing = List.of(new Host("a", "web1", Set.of()));
        run(nothing, true);
        HeldClosures held = new HeldClosures(DATABASE.pooled(), CLOCK);

        assertThat(held.reject(2, "alice")).isInstanceOf(HeldClosures.Outcome.Done.class);

        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("2");
        run(nothing, true);
        assertThat(held.of(List.of(2, 3)).values())
                .extracting(Held::state)
                .containsExactlyInAnyOrder(Held.State.REJECTED, Held.State.HELD);
    }

    @Test
    void aLaterRunThatFindsThemAgainTakesTheDecisionAway() throws SQLException {
        execute("update connection set hold_percent = 50, hold_at_least = 2");
        List<Host> hosts = List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2")));
        run(hosts, true);
        run(List.of(new Host("a", "web1", Set.of())), true);

        run(hosts, true);

        HeldClosures held = new HeldClosures(DATABASE.pooled(), CLOCK);
        assertThat(held.confirm(2, "alice"))
                .isInstanceOfSatisfying(
                        HeldClosures.Outcome.Decided.class,
                        decided -> assertThat(decided.held().state()).isEqualTo(Held.State.SUPERSEDED));
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("2");
        assertThat(text("select count(*) from pending_closure")).isEqualTo("0");
    }

    @Test
    void aRunThatWasCutOffBeforeItClosedClosesEverythingWhenItGoesOn() throws SQLException {
        run(List.of(new Host("a", "web1", Set.of("CVE-1")), new Host("b", "web2", Set.of("CVE-1"))), true);
        List<Host> now = List.of(new Host("a", "web1", Set.of()), new Host("b", "web2", Set.of()));
        int runId = queue();
        try (InventoryWriter writer = writer(runId, true, 0, RunCounts.NONE)) {
            writer.apply(incoming(writer, now.subList(0, 1)), List.of());
        }
        Run cutOff = runs.find(runId).orElseThrow();

        try (InventoryWriter writer = writer(runId, true, cutOff.appliedRecords(), cutOff.counts())) {
            for (Host host : now) {
                writer.apply(incoming(writer, List.of(host)), List.of());
            }
            writer.finish(true);
            assertThat(writer.counts().findingsFixed()).isEqualTo(2);
            assertThat(writer.counts().findingsUnchanged()).isZero();
        }
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("0");
    }

    @Test
    void historyIsNotDeletedUnderABatchThatMayHaveReadIt() throws Exception {
        run(List.of(new Host("a", "web1", Set.of("CVE-1", "CVE-2"))), true);
        run(List.of(new Host("a", "web1", Set.of("CVE-2"))), true);
        KeptHistory history = new KeptHistory(
                DATABASE.pooled(), InstantSource.fixed(CLOCK.instant().plus(Duration.ofDays(101))));
        try (Connection batch = DATABASE.pooled().getConnection();
                ExecutorService night = Executors.newSingleThreadExecutor()) {
            batch.setAutoCommit(false);
            InventoryLock.share(batch);

            Future<Map<String, Long>> deletion = night.submit(() -> history.keep(Duration.ofDays(100)));

            for (int tries = 0; tries < 200 && history.since().isEmpty(); tries++) {
                Thread.sleep(20);
            }
            assertThat(history.since())
                    .as("from now on it is not asked for any more")
                    .contains(CLOCK.instant().plus(Duration.ofDays(1)));
            Thread.sleep(300);
            assertThat(deletion.isDone()).isFalse();
            assertThat(text("select count(*) from finding_cohort where fixed_run is not null"))
                    .isEqualTo("1");
            batch.rollback();
            assertThat(deletion.get()).containsEntry("finding_cohort", 1L);
        }
        assertThat(text("select sum(open_findings) from definition_count")).isEqualTo("1");
        assertThat(text("select string_agg(first_run || ' ' || opened_run, ',') from finding_cohort"))
                .as("what is open stays as it was")
                .isEqualTo("1 1");
    }

    private static long vanishedBy(Instant now) {
        return new VanishedHosts(DATABASE.pooled(), InstantSource.fixed(now)).delete();
    }

    private RunCounts run(List<Host> hosts, boolean sealed) {
        int runId = queue();
        try (InventoryWriter writer = writer(runId, sealed, 0, RunCounts.NONE)) {
            int half = hosts.size() / 2;
            writer.apply(incoming(writer, hosts.subList(0, half)), List.of());
            writer.apply(incoming(writer, hosts.subList(half, hosts.size())), List.of());
            writer.finish(sealed);
            end(runId);
            return writer.counts();
        }
    }

    private int queue() {
        int id = runs.queue(1, 1, Run.Trigger.MANUAL, "map", Optional.empty()).id();
        assertThat(runs.begin(id, "test")).isTrue();
        return id;
    }

    private void end(int runId) {
        runs.end(runId, RunState.PROCESSED, List.of(), Optional.empty());
    }

    private static InventoryWriter writer(int runId, boolean mayClose, long appliedRecords, RunCounts counts) {
        return InventoryWriter.open(
                DATABASE.pooled(),
                new InventoryWriter.Options(
                        1, runId, mayClose, IdentificationRule.defaults(), key -> true, counts, appliedRecords));
    }

    private static List<IncomingRecord> incoming(InventoryWriter writer, List<Host> hosts) {
        List<String> names = hosts.stream()
                .flatMap(host -> host.cves.stream())
                .distinct()
                .sorted()
                .toList();
        int[] ids = writer.define(names.stream()
                .map(name -> new IncomingDefinition(name, "", finding(name)))
                .toList());
        return hosts.stream()
                .map(host -> new IncomingRecord(
                        host.nativeKey,
                        document(host.nativeKey, host.name),
                        Optional.of(host.cves.stream()
                                .mapToInt(cve -> ids[names.indexOf(cve)])
                                .toArray())))
                .toList();
    }

    private static ObjectNode document(String nativeKey, String name) {
        ObjectNode document =
                JSON.createObjectNode().put("externalAssetId", nativeKey).put("hostName", name);
        document.putObject("operatingSystem").put("name", name.endsWith("x") ? "Linux" : "Windows");
        return document;
    }

    private static ObjectNode finding(String name) {
        ObjectNode finding = JSON.createObjectNode()
                .put("externalFindingId", name)
                .put("name", name)
                .put("severity", 1 + Character.digit(name.charAt(name.length() - 1), 10) % 5)
                .put("firstFoundOn", "2024-05-06T07:08:09.000Z");
        finding.putObject("findingType").putObject("vulnerability").put("cveId", name);
        return finding;
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
