// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Works out anew which source records are one host, for a whole inventory at once. Who was added first makes no
 * difference. A record that a rule still joins with others of its asset stays with them; then each rule, in order, joins
 * what agrees on it, unless it would join what cannot be one host. Used by one thread.
 *
 * <p>Values are compared by a 64-bit hash: the chance that any two of ten million values are taken for one another is
 * about one in 400,000.
 */
public final class Regrouping {

    private final List<IdentificationRule> rules;
    private final Map<Integer, Set<IdentificationRule>> rulesOfConnection;
    private final List<KeyList> keys = new ArrayList<>();

    private int count;
    private int[] records = new int[1024];
    private int[] assets = new int[1024];
    private int[] connections = new int[1024];
    private boolean[] live = new boolean[1024];
    private final List<Apart> apart = new ArrayList<>();

    private record Apart(Set<Integer> one, Set<Integer> other) {}

    /**
     * Two records that agree.
     *
     * @param rule on what
     * @param oneRecord id of one of them
     * @param otherRecord id of the other
     */
    public record Link(IdentificationRule rule, int oneRecord, int otherRecord) {}

    /**
     * A record that goes to another asset.
     *
     * @param recordId the record
     * @param fromAsset where it was
     * @param toAsset an asset that is there; or, below zero, a new one: equal numbers are the same new asset
     * @param why what joins it there; empty if it leaves because nothing joins it to {@code fromAsset} any more
     */
    public record Move(int recordId, int fromAsset, int toAsset, Optional<Link> why) {}

    /**
     * What changes.
     *
     * @param records how many records there are
     * @param assetsBefore how many assets they made
     * @param assetsAfter how many they make
     * @param moves records that change their asset, by record id
     * @param merged assets that are no more, with the one that has their first record now
     * @param split assets whose records are several hosts now
     * @param links what joins assets, by the asset they make: an id, or a new asset's number
     */
    public record Outcome(
            int records,
            int assetsBefore,
            int assetsAfter,
            List<Move> moves,
            Map<Integer, Integer> merged,
            Set<Integer> split,
            Map<Integer, List<Link>> links) {}

    /**
     * @param rules all rules that are on for any connection, in order
     * @param rulesOfConnection those that are on, by connection
     */
    public Regrouping(
            List<IdentificationRule> rules, Map<Integer, ? extends Collection<IdentificationRule>> rulesOfConnection) {
        this.rules = List.copyOf(rules);
        Map<Integer, Set<IdentificationRule>> copy = new HashMap<>();
        rulesOfConnection.forEach((connection, on) -> copy.put(connection, Set.copyOf(on)));
        this.rulesOfConnection = copy;
        rules.forEach(rule -> keys.add(new KeyList()));
    }

    /**
     * Adds a source record.
     *
     * @param recordId unique
     * @param assetId where it belongs now
     * @param connectionId its connection
     * @param isLive whether its connection still lists it
     * @param attributes its values
     */
    public void add(int recordId, int assetId, int connectionId, boolean isLive, IdentityAttributes attributes) {
        if (count == records.length) {
            records = Arrays.copyOf(records, count * 2);
            assets = Arrays.copyOf(assets, count * 2);
            connections = Arrays.copyOf(connections, count * 2);
            live = Arrays.copyOf(live, count * 2);
        }
        records[count] = recordId;
        assets[count] = assetId;
        connections[count] = connectionId;
        live[count] = isLive;
        Set<IdentificationRule> on = rulesOfConnection.getOrDefault(connectionId, Set.of());
        for (int rule = 0; rule < keys.size(); rule++) {
            if (on.contains(rules.get(rule))) {
                addKeys(keys.get(rule), rules.get(rule), attributes);
            }
        }
        count++;
    }

    private void addKeys(KeyList list, IdentificationRule rule, IdentityAttributes attributes) {
        long[] combinations = {0x9E37_79B9_7F4A_7C15L};
        for (IdentityAttribute attribute : IdentityAttribute.values()) {
            if (!rule.attributes().contains(attribute)) {
                continue;
            }
            Set<String> values = attributes.of(attribute);
            long[] longer = new long[combinations.length * values.size()];
            int next = 0;
            for (long combination : combinations) {
                for (String value : values) {
                    longer[next++] = hash(combination, value);
                }
            }
            combinations = longer;
        }
        for (long key : combinations) {
            list.add(key, count);
        }
    }

    private static long hash(long start, String value) {
        long hash = start;
        for (int i = 0; i < value.length(); i++) {
            hash = (hash ^ value.charAt(i)) * 0x0000_0100_0000_01B3L;
            hash ^= hash >>> 29;
        }
        return mix(hash ^ value.length());
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
        return mixed ^ (mixed >>> 33);
    }

    /** No record of the one side may be joined with one of the other: people split them. */
    public void keepApart(Collection<Integer> oneRecords, Collection<Integer> otherRecords) {
        apart.add(new Apart(Set.copyOf(oneRecords), Set.copyOf(otherRecords)));
    }

    /** Works it out. */
    public Outcome regroup() {
        Grouping grouping = new Grouping();
        grouping.joinWithinAssets();
        grouping.rememberParts();
        grouping.joinAll();
        return grouping.outcome();
    }

    /** Keys of one rule with the records that have them. */
    private static final class KeyList {
        private long[] keys = new long[256];
        private int[] owners = new int[256];
        private int size;

        void add(long key, int owner) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, size * 2);
                owners = Arrays.copyOf(owners, size * 2);
            }
            keys[size] = key;
            owners[size++] = owner;
        }
    }

    /** Which records are together so far. Records are known by their rank, the place among all by record id. */
    private final class Grouping {

        private final int[] indexOfRank = new int[count];
        private final int[] rankOfIndex = new int[count];
        private final int[] parent = new int[count];
        /** The group's members in a ring, so that two groups become one by one swap. */
        private final int[] ring = new int[count];

        private final Map<Integer, List<Integer>> apartOfRank = new HashMap<>();
        private int[] part = new int[0];
        private final List<RankLink> links = new ArrayList<>();

        private record RankLink(int rule, int one, int other) {}

        Grouping() {
            long[] order = new long[count];
            for (int i = 0; i < count; i++) {
                order[i] = ((long) records[i] << 32) | i;
            }
            Arrays.sort(order);
            Map<Integer, Integer> rankOfRecord = new HashMap<>();
            for (int rank = 0; rank < count; rank++) {
                int index = (int) order[rank];
                indexOfRank[rank] = index;
                rankOfIndex[index] = rank;
                parent[rank] = rank;
                ring[rank] = rank;
                if (!apart.isEmpty()) {
                    rankOfRecord.put(records[index], rank);
                }
            }
            for (int i = 0; i < apart.size(); i++) {
                int decision = i;
                apart.get(i).one().forEach(record -> mark(rankOfRecord.get(record), decision * 2));
                apart.get(i).other().forEach(record -> mark(rankOfRecord.get(record), decision * 2 + 1));
            }
        }

        private void mark(@org.jspecify.annotations.Nullable Integer rank, int side) {
            if (rank != null) {
                apartOfRank.computeIfAbsent(rank, key -> new ArrayList<>(1)).add(side);
            }
        }

        private int root(int rank) {
            int root = rank;
            while (parent[root] != root) {
                parent[root] = parent[parent[root]];
                root = parent[root];
            }
            return root;
        }

        private void unite(int one, int other) {
            int first = root(one);
            int second = root(other);
            if (first != second) {
                parent[Math.max(first, second)] = Math.min(first, second);
                int next = ring[first];
                ring[first] = ring[second];
                ring[second] = next;
            }
        }

        void joinWithinAssets() {
            Map<Integer, Integer> sizes = new HashMap<>();
            for (int i = 0; i < count; i++) {
                sizes.merge(assets[i], 1, Integer::sum);
            }
            List<List<int[]>> sharing = new ArrayList<>();
            for (KeyList list : keys) {
                KeyList within = new KeyList();
                for (int i = 0; i < list.size; i++) {
                    int asset = assets[list.owners[i]];
                    if (sizes.getOrDefault(asset, 0) > 1) {
                        within.add(mix(list.keys[i] + 31L * asset), list.owners[i]);
                    }
                }
                sharing.add(sharing(within));
            }
            joinUntilNothingChanges(sharing, false);
        }

        void rememberParts() {
            part = new int[count];
            for (int rank = 0; rank < count; rank++) {
                part[rank] = root(rank);
            }
        }

        void joinAll() {
            joinUntilNothingChanges(keys.stream().map(this::sharing).toList(), true);
        }

        /** What a rule joins can make clear what was ambiguous for one before it. */
        private void joinUntilNothingChanges(List<List<int[]>> sharing, boolean remember) {
            boolean changed = true;
            while (changed) {
                changed = false;
                for (int rule = 0; rule < rules.size(); rule++) {
                    changed |= join(rule, sharing.get(rule), remember);
                }
            }
        }

        private boolean join(int rule, List<int[]> sharing, boolean remember) {
            boolean strong = rules.get(rule).strong();
            // Groups that keys hold together, before it is known whether they may be.
            Map<Integer, Integer> together = new HashMap<>();
            List<int[]> usable = new ArrayList<>();
            for (int[] ranks : sharing) {
                Set<Integer> roots = roots(ranks);
                if (roots.size() > 1
                        && !apart(roots)
                        && (strong ? heldByOneKey(roots, List.of(ranks)) : !listedTwice(roots))) {
                    usable.add(ranks);
                    int first = -1;
                    for (int root : roots) {
                        if (first < 0) {
                            first = root;
                            together.putIfAbsent(root, root);
                        } else {
                            together.putIfAbsent(root, root);
                            int one = find(together, first);
                            int other = find(together, root);
                            together.put(Math.max(one, other), Math.min(one, other));
                        }
                    }
                }
            }
            Map<Integer, Set<Integer>> components = new TreeMap<>();
            for (int root : List.copyOf(together.keySet())) {
                components
                        .computeIfAbsent(find(together, root), key -> new TreeSet<>())
                        .add(root);
            }
            Map<Integer, List<int[]>> keysOfComponent = new HashMap<>();
            for (int[] ranks : usable) {
                keysOfComponent
                        .computeIfAbsent(find(together, root(ranks[0])), key -> new ArrayList<>(1))
                        .add(ranks);
            }
            boolean changed = false;
            for (Map.Entry<Integer, Set<Integer>> component : components.entrySet()) {
                Set<Integer> roots = component.getValue();
                List<int[]> itsKeys = keysOfComponent.getOrDefault(component.getKey(), List.of());
                if (itsKeys.size() > 1
                        && (apart(roots) || (strong ? !heldByOneKey(roots, itsKeys) : listedTwice(roots)))) {
                    continue;
                }
                changed = true;
                for (int[] ranks : itsKeys) {
                    for (int i = 1; i < ranks.length; i++) {
                        if (root(ranks[0]) != root(ranks[i])) {
                            if (remember) {
                                links.add(new RankLink(rule, ranks[0], ranks[i]));
                            }
                            unite(ranks[0], ranks[i]);
                        }
                    }
                }
            }
            return changed;
        }

        private static int find(Map<Integer, Integer> parents, int start) {
            int at = start;
            while (true) {
                int next = parents.getOrDefault(at, at);
                if (next == at) {
                    return at;
                }
                at = next;
            }
        }

        /** The records of each key that several have: ascending, each once. Keys in the order of their first record. */
        private List<int[]> sharing(KeyList list) {
            int slots = Integer.highestOneBit(Math.max(8, list.size)) * 4;
            long[] slotKey = new long[slots];
            int[] head = new int[slots];
            Arrays.fill(head, -1);
            int[] next = new int[list.size];
            List<Integer> several = new ArrayList<>();
            for (int i = 0; i < list.size; i++) {
                int slot = (int) (list.keys[i] & (slots - 1));
                while (head[slot] >= 0 && slotKey[slot] != list.keys[i]) {
                    slot = (slot + 1) & (slots - 1);
                }
                if (head[slot] >= 0 && next[head[slot]] < 0) {
                    several.add(slot);
                }
                slotKey[slot] = list.keys[i];
                next[i] = head[slot];
                head[slot] = i;
            }
            List<int[]> sharing = new ArrayList<>();
            for (int slot : several) {
                TreeSet<Integer> ranks = new TreeSet<>();
                for (int at = head[slot]; at >= 0; at = next[at]) {
                    ranks.add(rankOfIndex[list.owners[at]]);
                }
                if (ranks.size() > 1) {
                    sharing.add(ranks.stream().mapToInt(Integer::intValue).toArray());
                }
            }
            sharing.sort(Arrays::compare);
            return sharing;
        }

        private Set<Integer> roots(int[] ranks) {
            Set<Integer> roots = new TreeSet<>();
            for (int rank : ranks) {
                roots.add(root(rank));
            }
            return roots;
        }

        private Set<Integer> liveConnections(int root) {
            Set<Integer> lists = new HashSet<>();
            int rank = root;
            do {
                if (live[indexOfRank[rank]]) {
                    lists.add(connections[indexOfRank[rank]]);
                }
                rank = ring[rank];
            } while (rank != root);
            return lists;
        }

        /** Whether a connection lists two of these groups as two hosts. */
        private boolean listedTwice(Set<Integer> roots) {
            Set<Integer> listing = new HashSet<>();
            for (int root : roots) {
                for (int connection : liveConnections(root)) {
                    if (!listing.add(connection)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Whether all records that one connection lists as several hosts have one key, rather than being joined by way of others. */
        private boolean heldByOneKey(Set<Integer> roots, List<int[]> itsKeys) {
            Map<Integer, Set<Integer>> rootsOfConnection = new HashMap<>();
            for (int root : roots) {
                for (int connection : liveConnections(root)) {
                    rootsOfConnection
                            .computeIfAbsent(connection, key -> new HashSet<>())
                            .add(root);
                }
            }
            for (Map.Entry<Integer, Set<Integer>> listed : rootsOfConnection.entrySet()) {
                if (listed.getValue().size() > 1) {
                    List<Integer> its = liveRecords(listed.getValue(), listed.getKey());
                    if (itsKeys.stream().noneMatch(ranks -> containsAll(ranks, its))) {
                        return false;
                    }
                }
            }
            return true;
        }

        private List<Integer> liveRecords(Set<Integer> roots, int connection) {
            List<Integer> its = new ArrayList<>();
            for (int root : roots) {
                int rank = root;
                do {
                    if (live[indexOfRank[rank]] && connections[indexOfRank[rank]] == connection) {
                        its.add(rank);
                    }
                    rank = ring[rank];
                } while (rank != root);
            }
            return its;
        }

        private static boolean containsAll(int[] ascending, List<Integer> ranks) {
            return ranks.stream().allMatch(rank -> Arrays.binarySearch(ascending, rank) >= 0);
        }

        private boolean apart(Set<Integer> roots) {
            if (apartOfRank.isEmpty()) {
                return false;
            }
            Set<Integer> sides = new HashSet<>();
            for (int root : roots) {
                int rank = root;
                do {
                    sides.addAll(apartOfRank.getOrDefault(rank, List.of()));
                    rank = ring[rank];
                } while (rank != root);
            }
            return sides.stream().anyMatch(side -> sides.contains(side ^ 1));
        }

        Outcome outcome() {
            // An asset goes where its first record goes; of several that go to one group, the oldest stays.
            Map<Integer, Integer> groupOfAsset = new LinkedHashMap<>();
            Map<Integer, Set<Integer>> groupsOfAsset = new TreeMap<>();
            for (int rank = 0; rank < count; rank++) {
                int asset = assets[indexOfRank[rank]];
                groupOfAsset.putIfAbsent(asset, root(rank));
                groupsOfAsset.computeIfAbsent(asset, key -> new HashSet<>()).add(root(rank));
            }
            Map<Integer, Integer> assetOfGroup = new HashMap<>();
            groupOfAsset.forEach((asset, group) -> assetOfGroup.merge(group, asset, Math::min));
            int made = 0;
            Set<Integer> groups = new HashSet<>();
            for (int rank = 0; rank < count; rank++) {
                groups.add(root(rank));
                if (!assetOfGroup.containsKey(root(rank))) {
                    made++;
                    assetOfGroup.put(root(rank), -made);
                }
            }
            Map<Integer, RankLink> linkOfPart = new HashMap<>();
            Map<Integer, List<Link>> linksOfAsset = new TreeMap<>();
            for (RankLink link : links) {
                linkOfPart.putIfAbsent(part[link.one()], link);
                linkOfPart.putIfAbsent(part[link.other()], link);
                linksOfAsset
                        .computeIfAbsent(target(assetOfGroup, link.one()), key -> new ArrayList<>(1))
                        .add(link(link));
            }
            List<Move> moves = new ArrayList<>();
            for (int rank = 0; rank < count; rank++) {
                int from = assets[indexOfRank[rank]];
                int to = target(assetOfGroup, rank);
                if (from != to) {
                    moves.add(new Move(
                            records[indexOfRank[rank]],
                            from,
                            to,
                            Optional.ofNullable(linkOfPart.get(part[rank])).map(this::link)));
                }
            }
            Map<Integer, Integer> merged = new TreeMap<>();
            groupOfAsset.forEach((asset, group) -> {
                int now = assetOfGroup.getOrDefault(group, asset);
                if (now != asset) {
                    merged.put(asset, now);
                }
            });
            Set<Integer> split = new TreeSet<>();
            groupsOfAsset.forEach((asset, its) -> {
                if (its.size() > 1) {
                    split.add(asset);
                }
            });
            return new Outcome(count, groupOfAsset.size(), groups.size(), moves, merged, split, linksOfAsset);
        }

        private int target(Map<Integer, Integer> assetOfGroup, int rank) {
            return assetOfGroup.getOrDefault(root(rank), 0);
        }

        private Link link(RankLink link) {
            return new Link(
                    rules.get(link.rule()), records[indexOfRank[link.one()]], records[indexOfRank[link.other()]]);
        }
    }
}
