// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RegroupingTest {

    private static final IdentificationRule MAC = rule("MAC address", IdentityAttribute.MAC_ADDRESS);
    private static final IdentificationRule FQDN = rule("FQDN", IdentityAttribute.HOST_NAME, IdentityAttribute.DOMAIN);
    private static final IdentificationRule NAME = rule("Host name", IdentityAttribute.HOST_NAME);
    private static final IdentificationRule ADDRESS = rule("IP address", IdentityAttribute.IP_ADDRESS);

    record Entry(
            int id,
            int asset,
            int connection,
            boolean live,
            Set<String> macs,
            String name,
            String domain,
            Set<String> ips) {

        IdentityAttributes attributes() {
            return IdentityAttributes.of(List.of(), macs, List.of(name), List.of(domain), ips, List.of(), List.of());
        }

        Entry movedTo(int newAsset) {
            return new Entry(id, newAsset, connection, live, macs, name, domain, ips);
        }
    }

    @Test
    void hostsOfTwoConnectionsThatAgreeBecomeTheOlderAsset() {
        Regrouping.Outcome outcome = regroup(
                List.of(NAME),
                List.of(),
                List.of(host(1, 10, 1, "web1"), host(2, 20, 2, "web1"), host(3, 30, 2, "db1")));

        assertThat(outcome.moves()).hasSize(1).first().satisfies(move -> {
            assertThat(move.recordId()).isEqualTo(2);
            assertThat(move.toAsset()).isEqualTo(10);
            assertThat(move.why().orElseThrow().rule()).isEqualTo(NAME);
        });
        assertThat(outcome.merged()).isEqualTo(Map.of(20, 10));
        assertThat(outcome.assetsBefore()).isEqualTo(3);
        assertThat(outcome.assetsAfter()).isEqualTo(2);
    }

    @Test
    void aNameThatOneConnectionListsTwiceJoinsNobody() {
        Regrouping.Outcome outcome = regroup(
                List.of(NAME),
                List.of(),
                List.of(host(1, 10, 1, "web1"), host(2, 20, 1, "web1"), host(3, 30, 2, "web1")));

        assertThat(outcome.moves()).isEmpty();
    }

    @Test
    void recordsThatNoRuleJoinsAnyMoreComeApart() {
        List<Entry> entries = List.of(host(1, 10, 1, "web1"), host(2, 10, 2, "web1"));

        Regrouping.Outcome outcome = regroup(List.of(MAC), List.of(), entries);

        assertThat(outcome.split()).containsExactly(10);
        assertThat(outcome.moves()).hasSize(1).first().satisfies(move -> {
            assertThat(move.recordId()).isEqualTo(2);
            assertThat(move.toAsset()).isNegative();
            assertThat(move.why()).isEmpty();
        });
        assertThat(regroup(List.of(NAME), List.of(), entries).moves()).isEmpty();
    }

    @Test
    void whatPeopleSplitStaysApartWhateverAgrees() {
        List<Entry> entries = List.of(
                new Entry(1, 10, 1, true, Set.of("3c:22:fb:00:00:01"), "web1", "", Set.of()),
                new Entry(2, 20, 2, true, Set.of("3c:22:fb:00:00:01"), "web1", "", Set.of()),
                new Entry(3, 30, 3, true, Set.of(), "web1", "", Set.of()));

        assertThat(regroup(List.of(MAC, NAME), List.of(), entries).merged()).isEqualTo(Map.of(20, 10, 30, 10));
        assertThat(regroup(List.of(MAC, NAME), List.of(new int[] {1, 2}), entries)
                        .moves())
                .isEmpty();
    }

    @Test
    void aChainOfCardsDoesNotJoinWhatOneConnectionListsAsTwoHosts() {
        List<Entry> entries = List.of(
                new Entry(1, 10, 1, true, Set.of("3c:22:fb:00:00:01"), "a", "", Set.of()),
                new Entry(2, 20, 1, true, Set.of("3c:22:fb:00:00:02"), "b", "", Set.of()),
                new Entry(3, 30, 2, true, Set.of("3c:22:fb:00:00:01", "3c:22:fb:00:00:02"), "c", "", Set.of()));

        assertThat(regroup(List.of(MAC), List.of(), entries).moves()).isEmpty();
    }

    @Test
    void aRuleThatIsOffForAConnectionJoinsNoneOfItsRecords() {
        Regrouping regrouping = new Regrouping(List.of(MAC, NAME), Map.of(1, List.of(MAC, NAME), 2, List.of(MAC)));
        Entry one = host(1, 10, 1, "web1");
        Entry other = host(2, 20, 2, "web1");
        regrouping.add(one.id, one.asset, one.connection, true, one.attributes());
        regrouping.add(other.id, other.asset, other.connection, true, other.attributes());

        assertThat(regrouping.regroup().moves()).isEmpty();
    }

    /** Whoever comes first, and in whatever order the database answers. */
    @Property(tries = 300)
    void theOrderOfRecordsMakesNoDifference(@ForAll("inventories") List<Entry> entries, @ForAll Random random) {
        List<Entry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, random);
        List<int[]> apart = splits(entries, random);

        assertThat(regroup(RULES, apart, shuffled)).isEqualTo(regroup(RULES, apart, entries));
    }

    /** Neither do the ids that records and assets were given: the same records end up together. */
    @Property(tries = 300)
    void newRecordsAreGroupedTheSameWhateverTheirIds(
            @ForAll("inventories") List<Entry> entries, @ForAll Random random) {
        List<Integer> ids = new ArrayList<>(entries.stream().map(Entry::id).toList());
        Collections.shuffle(ids, random);
        List<Entry> single = new ArrayList<>();
        List<Entry> renamed = new ArrayList<>();
        Map<Integer, Integer> newId = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            single.add(entry.movedTo(100 + i));
            newId.put(entry.id, ids.get(i));
            renamed.add(new Entry(
                    ids.get(i),
                    100 + ids.get(i),
                    entry.connection,
                    entry.live,
                    entry.macs,
                    entry.name,
                    entry.domain,
                    entry.ips));
        }

        Map<Integer, Integer> one = assets(single, regroup(RULES, List.of(), single));
        Map<Integer, Integer> other = assets(renamed, regroup(RULES, List.of(), renamed));

        for (Entry a : entries) {
            for (Entry b : entries) {
                assertThat(other.get(newId.get(a.id)).equals(other.get(newId.get(b.id))))
                        .isEqualTo(one.get(a.id).equals(one.get(b.id)));
            }
        }
    }

    @Property(tries = 1000)
    void doingItAgainChangesNothing(@ForAll("inventories") List<Entry> entries, @ForAll Random random) {
        List<int[]> apart = splits(entries, random);
        List<Entry> after = apply(entries, regroup(RULES, apart, entries));

        assertThat(regroup(RULES, apart, after).moves()).isEmpty();
    }

    @Property(tries = 300)
    void countsAgreeWithMovesAndSplitsHold(@ForAll("inventories") List<Entry> entries, @ForAll Random random) {
        List<int[]> apart = splits(entries, random);
        Regrouping.Outcome outcome = regroup(RULES, apart, entries);
        Map<Integer, Integer> after = assets(entries, outcome);

        assertThat(outcome.assetsBefore())
                .isEqualTo((int) entries.stream().map(Entry::asset).distinct().count());
        assertThat(outcome.assetsAfter())
                .isEqualTo((int) after.values().stream().distinct().count());
        assertThat(outcome.merged().keySet()).doesNotContainAnyElementsOf(after.values());
        for (int[] pair : apart) {
            assertThat(after.get(pair[0])).isNotEqualTo(after.get(pair[1]));
        }
    }

    private static final List<IdentificationRule> RULES = List.of(MAC, FQDN, NAME, ADDRESS);

    @Provide
    Arbitrary<List<Entry>> inventories() {
        Arbitrary<Set<String>> macs = Arbitraries.of("3c:22:fb:00:00:01", "3c:22:fb:00:00:02", "3c:22:fb:00:00:03")
                .set()
                .ofMaxSize(2);
        Arbitrary<Set<String>> ips =
                Arbitraries.of("10.0.0.1", "10.0.0.2", "10.0.0.3").set().ofMaxSize(2);
        Arbitrary<Entry> entry = Combinators.combine(
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(true, true, false),
                        macs,
                        Arbitraries.of("web1", "web2", "db1", ""),
                        Arbitraries.of("a.example.com", "b.example.com", ""),
                        ips)
                .as((asset, connection, live, mac, name, domain, ip) ->
                        new Entry(0, asset, connection, live, mac, name, domain, ip));
        return entry.list().ofMinSize(1).ofMaxSize(9).map(list -> {
            List<Entry> numbered = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                Entry each = list.get(i);
                numbered.add(new Entry(
                        i + 1, each.asset, each.connection, each.live, each.macs, each.name, each.domain, each.ips));
            }
            return numbered;
        });
    }

    private static List<int[]> splits(List<Entry> entries, Random random) {
        if (entries.size() < 2 || random.nextBoolean()) {
            return List.of();
        }
        int one = entries.get(random.nextInt(entries.size())).id;
        int other = entries.get(random.nextInt(entries.size())).id;
        return one == other ? List.of() : List.of(new int[] {one, other});
    }

    private static Regrouping.Outcome regroup(List<IdentificationRule> rules, List<int[]> apart, List<Entry> entries) {
        Map<Integer, List<IdentificationRule>> on = new TreeMap<>();
        entries.forEach(entry -> on.put(entry.connection, rules));
        Regrouping regrouping = new Regrouping(rules, on);
        entries.forEach(
                entry -> regrouping.add(entry.id, entry.asset, entry.connection, entry.live, entry.attributes()));
        apart.forEach(pair -> regrouping.keepApart(List.of(pair[0]), List.of(pair[1])));
        return regrouping.regroup();
    }

    private static Map<Integer, Integer> assets(List<Entry> entries, Regrouping.Outcome outcome) {
        Map<Integer, Integer> assets = new TreeMap<>();
        entries.forEach(entry -> assets.put(entry.id, entry.asset));
        outcome.moves().forEach(move -> assets.put(move.recordId(), move.toAsset()));
        return assets;
    }

    private static List<Entry> apply(List<Entry> entries, Regrouping.Outcome outcome) {
        Map<Integer, Integer> assets = assets(entries, outcome);
        return entries.stream()
                .map(entry -> {
                    int asset = assets.getOrDefault(entry.id, 0);
                    return entry.movedTo(asset > 0 ? asset : 1000 - asset);
                })
                .toList();
    }

    private static Entry host(int id, int asset, int connection, String name) {
        return new Entry(id, asset, connection, true, Set.of(), name, "", Set.of());
    }

    private static IdentificationRule rule(String name, IdentityAttribute... attributes) {
        return new IdentificationRule(name, Set.of(attributes));
    }
}
