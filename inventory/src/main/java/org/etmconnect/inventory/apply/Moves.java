// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.etmconnect.inventory.identification.Decision;
import org.etmconnect.inventory.identification.IdentificationRule;

/**
 * From which asset to which the hosts of a forecast would go. Two ints for each host that the run would identify anew, so
 * that millions can be kept.
 */
final class Moves {

    private static final int EXAMPLES = 10;
    private static final int CANDIDATES = 200;

    /** In the high half the asset it would be, in the low half the one it is now; 0: it is none. */
    private long[] toFrom = new long[64];

    private int count;
    private final List<InventoryChanges.Move> joins = new ArrayList<>();
    private final List<InventoryChanges.Move> leaves = new ArrayList<>();

    /**
     * Notes one host.
     *
     * @param from the asset it is now; 0 if it is not known
     * @param to the asset it would be
     * @param isNew whether that asset would be made by this run
     */
    void add(String nativeKey, int from, int to, boolean isNew, Decision decision) {
        if (count == toFrom.length) {
            toFrom = Arrays.copyOf(toFrom, count * 2);
        }
        toFrom[count++] = (long) to << 32 | from;
        if (from == to) {
            return;
        }
        InventoryChanges.Move move = move(nativeKey, from, to, isNew, decision);
        if (decision instanceof Decision.Existing && joins.size() < EXAMPLES) {
            joins.add(move);
        }
        if (from != 0 && leaves.size() < CANDIDATES) {
            leaves.add(move);
        }
    }

    private static InventoryChanges.Move move(String nativeKey, int from, int to, boolean isNew, Decision decision) {
        Optional<Integer> now = from == 0 ? Optional.empty() : Optional.of(from);
        Optional<Integer> then = isNew ? Optional.empty() : Optional.of(to);
        String is = from == 0 ? "is not known" : "is asset " + from;
        return switch (decision) {
            case Decision.Existing existing ->
                new InventoryChanges.Move(
                        nativeKey,
                        now,
                        then,
                        Optional.of(existing.rule()),
                        "The host " + is + " and would be "
                                + (isNew ? "one asset with another new host" : "asset " + to) + " by the rule "
                                + existing.rule() + ": "
                                + String.join(
                                        ", ",
                                        existing.matched().values().stream()
                                                .flatMap(Set::stream)
                                                .toList()));
            case Decision.NewAsset made ->
                new InventoryChanges.Move(
                        nativeKey,
                        now,
                        then,
                        Optional.empty(),
                        "The host " + is + " and would be a new asset: its key is new, by which the rule "
                                + IdentificationRule.SOURCE_NATIVE_KEY + " would know it, and "
                                + (made.tried().isEmpty()
                                        ? "no other rule agrees"
                                        : made.tried().getLast().rule() + " does not decide ("
                                                + made.tried().getLast().why() + ")"));
        };
    }

    /** The assets that are there and of which some host moves, so that it matters whether others stay. */
    Set<Integer> touched() {
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < count; i++) {
            if (high(toFrom[i]) != low(toFrom[i])) {
                ids.add(high(toFrom[i]));
                ids.add(low(toFrom[i]));
            }
        }
        ids.remove(0);
        return ids;
    }

    List<InventoryChanges.Move> joins() {
        return joins;
    }

    /** Hosts that would leave one of these assets. */
    List<InventoryChanges.Move> leaving(Set<Integer> splitAssets) {
        return leaves.stream()
                .filter(move -> move.from().filter(splitAssets::contains).isPresent())
                .limit(EXAMPLES)
                .toList();
    }

    /**
     * How many assets would hold hosts of several origins.
     *
     * @param keepsHosts whether an asset that is there keeps hosts that do not move
     */
    long merged(IntPredicate keepsHosts) {
        long[] sorted = Arrays.copyOf(toFrom, count);
        Arrays.sort(sorted);
        long merged = 0;
        for (int start = 0; start < count; ) {
            int to = high(sorted[start]);
            int end = start;
            int origins = keepsHosts.test(to) ? 1 : 0;
            int before = -1;
            while (end < count && high(sorted[end]) == to) {
                int from = low(sorted[end]);
                boolean another = from == 0 || from != before;
                if (another && !(from == to && keepsHosts.test(to))) {
                    origins++;
                }
                before = from;
                end++;
            }
            if (origins > 1) {
                merged++;
            }
            start = end;
        }
        return merged;
    }

    /** The assets whose hosts would be several assets. */
    Set<Integer> split(IntPredicate keepsHosts) {
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = (long) low(toFrom[i]) << 32 | high(toFrom[i]);
        }
        Arrays.sort(sorted);
        Set<Integer> split = new HashSet<>();
        for (int start = 0; start < count; ) {
            int from = high(sorted[start]);
            int end = start;
            int destinations = keepsHosts.test(from) ? 1 : 0;
            int before = -1;
            while (end < count && high(sorted[end]) == from) {
                int to = low(sorted[end]);
                if (to != before && !(to == from && keepsHosts.test(from))) {
                    destinations++;
                }
                before = to;
                end++;
            }
            if (from != 0 && destinations > 1) {
                split.add(from);
            }
            start = end;
        }
        return split;
    }

    private static int high(long pair) {
        return (int) (pair >>> 32);
    }

    private static int low(long pair) {
        return (int) pair;
    }
}
