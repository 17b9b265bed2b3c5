// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class MapDiffTest {

    private static final MapRow KEY = MapRow.of("endpoint_id", "externalAssetId");
    private static final MapRow NAME = MapRow.of("endpoint_name", "hostName");
    private static final MapRow SHOUTED =
            new MapRow("endpoint_name", "hostName", java.util.Map.of(), Optional.empty(), Optional.of("value"), false);
    private static final MapRow DOMAIN = MapRow.of("domain", "domain");

    private static TransformMap map(MapRow... rows) {
        return new TransformMap("Mine", "", "Cortex XDR Endpoint", "ETM Host Asset", List.of(rows));
    }

    @Test
    void aRowIsAddedRemovedOrChangedByItsTarget() {
        assertThat(MapDiff.of(map(KEY, NAME), map(DOMAIN, KEY, SHOUTED)).rows())
                .containsExactly(
                        new MapDiff.RowChange.Added(new MapDiff.NumberedRow(1, DOMAIN)),
                        new MapDiff.RowChange.Changed(
                                new MapDiff.NumberedRow(2, NAME), new MapDiff.NumberedRow(3, SHOUTED)));
        assertThat(MapDiff.of(map(KEY, NAME), map(KEY)).rows())
                .containsExactly(new MapDiff.RowChange.Removed(new MapDiff.NumberedRow(2, NAME)));
    }

    @Test
    void theHeadIsComparedFieldByField() {
        TransformMap described = new TransformMap("Mine", "For servers", "S", "ETM Host Asset", List.of(KEY));

        assertThat(MapDiff.of(map(KEY), described).head())
                .containsExactly(
                        new MapDiff.HeadChange("description", "", "For servers"),
                        new MapDiff.HeadChange("source", "Cortex XDR Endpoint", "S"));
    }

    @Property(tries = 200)
    void orderAloneIsNoDifference(@ForAll @UniqueElements List<Integer> targets, @ForAll long seed) {
        List<MapRow> rows = new ArrayList<>(
                targets.stream().map(target -> MapRow.of("s", "t" + target)).toList());
        TransformMap before = map(rows.toArray(MapRow[]::new));
        Collections.shuffle(rows, new Random(seed));

        assertThat(MapDiff.of(before, map(rows.toArray(MapRow[]::new)))).isEqualTo(new MapDiff(List.of(), List.of()));
    }

    @Test
    void theTextsDifferLineByLine() {
        assertThat(MapDiff.text("version 1", "a\nb\nc\n", "version 2", "a\nB\nc\n"))
                .isEqualTo("--- version 1\n+++ version 2\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
        assertThat(MapDiff.text("version 1", "a\n", "version 2", "a\n")).isEmpty();
    }

    @Test
    void aProblemOfTheCompilerHasItsPlaceInTheText() {
        MapPlaces places = MapPlaces.of("""
                name: Mine
                source: S
                target: T
                rows:
                  - source: a
                    target: b
                  - {source: c, target: d}
                """);

        assertThat(places.of(MapProblem.error(1, "target", ""))).contains(new MapProblem.Place(6, 13));
        assertThat(places.of(MapProblem.error(2, "source", ""))).contains(new MapProblem.Place(7, 14));
        assertThat(places.of(MapProblem.error(2, "expression", ""))).contains(new MapProblem.Place(7, 5));
        assertThat(places.of(MapProblem.error(0, "source", ""))).contains(new MapProblem.Place(2, 9));
        assertThat(places.of(MapProblem.error(3, "source", ""))).isEmpty();
    }
}
