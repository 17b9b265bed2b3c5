// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.etmconnect.connector.StoredPage;

/** What is known of endpoints by the notes on their pages alone. */
class EndpointIndexTest {

    private record Listing(List<StoredPage> pages, Map<StoredPage, List<String>> ids) {}

    /** Windows over a list of ids that moves while it is read; some are read again. */
    private static Listing listing(Random random) {
        Listing listing = new Listing(new ArrayList<>(), new HashMap<>());
        int window = 2 + random.nextInt(6);
        for (int i = 0; i < 12; i++) {
            int from = Math.max(0, i * (window - 1) + (random.nextInt(3) == 0 ? random.nextInt(7) - 3 : 0));
            List<String> ids = new ArrayList<>();
            for (int id = from; id < from + 1 + random.nextInt(window); id++) {
                ids.add("%04d".formatted(id));
            }
            EndpointPage facts = EndpointPage.of(from, from + window, ids, Optional.empty());
            StoredPage page = new StoredPage(
                    Streams.ENDPOINTS, "p%02d".formatted(i), "", ids.size(), 1, "", Instant.EPOCH, facts.facts());
            listing.pages().add(page);
            listing.ids().put(page, ids);
        }
        return listing;
    }

    @Property
    void anIdOnTwoPagesIsKnownToComeTwice(@ForAll long seed) {
        Listing listing = listing(new Random(seed));
        EndpointIndex index = new EndpointIndex(listing.pages());
        Map<String, Integer> count = new HashMap<>();
        listing.ids().values().forEach(ids -> ids.forEach(id -> count.merge(id, 1, Integer::sum)));
        listing.ids()
                .forEach((page, ids) -> ids.forEach(id -> {
                    if (count.get(id) > 1) {
                        assertThat(index.mayComeTwice(page, id)).isTrue();
                    }
                }));
    }

    @Property
    void everyPageThatHoldsAnIdIsFoundByIt(@ForAll long seed) {
        Listing listing = listing(new Random(seed));
        EndpointIndex index = new EndpointIndex(listing.pages());
        Set<String> all = new HashSet<>();
        listing.ids().values().forEach(all::addAll);
        for (String id : all) {
            List<StoredPage> holding = listing.pages().stream()
                    .filter(page -> listing.ids().get(page).contains(id))
                    .toList();
            assertThat(index.pagesOf(id))
                    .containsAll(holding)
                    .isSortedAccordingTo((a, b) -> a.key().compareTo(b.key()));
        }
    }
}
