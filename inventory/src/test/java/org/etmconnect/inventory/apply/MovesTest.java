// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.etmconnect.inventory.identification.Decision;
import org.junit.jupiter.api.Test;

class MovesTest {

    private static final Decision NEW = new Decision.NewAsset(List.of());

    private static final int FIRST_NEW = 6;

    record Host(int from, int to) {}

    private static Moves of(List<Host> hosts) {
        Moves moves = new Moves();
        hosts.forEach(host -> moves.add("h", host.from(), host.to(), host.to() >= FIRST_NEW, NEW));
        return moves;
    }

    @Test
    void aHostAloneThatGoesToANewAssetIsNeitherAMergeNorASplit() {
        Moves moves = of(List.of(new Host(1, 7)));

        assertThat(moves.merged(asset -> false)).isZero();
        assertThat(moves.split(asset -> false)).isEmpty();
        assertThat(moves.touched()).containsExactlyInAnyOrder(1, 7);
    }

    @Test
    void aHostThatLeavesOthersBehindSplitsItsAssetAndOneThatJoinsOthersMerges() {
        Moves moves = of(List.of(new Host(1, 2)));

        assertThat(moves.split(asset -> asset == 1)).containsExactly(1);
        assertThat(moves.merged(asset -> asset == 2)).isEqualTo(1);
        assertThat(moves.leaving(Set.of(1))).hasSize(1);
        assertThat(moves.leaving(Set.of())).isEmpty();
    }

    @Provide
    Arbitrary<List<Host>> hosts() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, FIRST_NEW - 1),
                        Arbitraries.integers().between(1, 9))
                .as(Host::new)
                .list()
                .ofMaxSize(300);
    }

    @Property(tries = 500)
    void countsAreThoseOfTheOriginsAndDestinationsOfEachAsset(
            @ForAll("hosts") List<Host> hosts, @ForAll Set<Integer> keeping) {
        Map<Integer, Set<String>> origins = new HashMap<>();
        Map<Integer, Set<Integer>> destinations = new HashMap<>();
        int number = 0;
        for (Host host : hosts) {
            String origin = host.from() == 0 ? "new " + number++ : "asset " + host.from();
            origins.computeIfAbsent(host.to(), to -> new HashSet<>()).add(origin);
            if (host.from() != 0) {
                destinations
                        .computeIfAbsent(host.from(), from -> new HashSet<>())
                        .add(host.to());
            }
        }
        origins.forEach((to, from) -> {
            if (keeping.contains(to)) {
                from.add("asset " + to);
            }
        });
        destinations.forEach((from, to) -> {
            if (keeping.contains(from)) {
                to.add(from);
            }
        });
        Moves moves = of(hosts);

        assertThat(moves.merged(keeping::contains))
                .isEqualTo(origins.values().stream()
                        .filter(from -> from.size() > 1)
                        .count());
        assertThat(moves.split(keeping::contains))
                .isEqualTo(destinations.entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 1)
                        .map(Map.Entry::getKey)
                        .collect(java.util.stream.Collectors.toSet()));
    }
}
