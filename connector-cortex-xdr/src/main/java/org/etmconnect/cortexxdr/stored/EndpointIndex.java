// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.StoredPage;

/**
 * Which stored pages of endpoints can hold an id, and which ids can stand on two pages, by what is noted of the pages.
 * Holds nothing for each host. Immutable.
 */
public final class EndpointIndex {

    /** In the order of their keys. */
    private final List<StoredPage> pages;

    private final IdentityHashMap<EndpointPage, StoredPage> storedOf = new IdentityHashMap<>();
    /** Those with ids, by their first ones. */
    private final List<EndpointPage> byFirst = new ArrayList<>();
    /** The greatest last id of each of those and of all before it. */
    private final List<String> reach = new ArrayList<>();
    /** Pages that share more with another than an end. */
    private final Set<String> overlapping = new HashSet<>();
    /** Ids at the ends of pages, where neighbours share a row. */
    private final Set<String> ends = new HashSet<>();

    private final boolean ordered;

    /** @param pages all pages of endpoints, in the order of their keys */
    public EndpointIndex(List<StoredPage> pages) {
        this.pages = pages;
        for (StoredPage page : pages) {
            EndpointPage facts = EndpointPage.of(page);
            storedOf.put(facts, page);
            byFirst.add(facts);
        }
        ordered = byFirst.stream()
                .allMatch(page -> page.ascending() && (page.hasIds() || page.rows() <= page.withoutId()));
        byFirst.removeIf(page -> !page.hasIds());
        byFirst.sort(Comparator.comparing(EndpointPage::first, EndpointPage.ID_ORDER)
                .thenComparing(EndpointPage::last, EndpointPage.ID_ORDER));
        EndpointPage furthest = null;
        for (EndpointPage page : byFirst) {
            ends.add(page.first());
            ends.add(page.last());
            if (furthest != null && EndpointPage.ID_ORDER.compare(page.first(), furthest.last()) < 0) {
                overlapping.add(stored(page).key());
                overlapping.add(stored(furthest).key());
            }
            if (furthest == null || EndpointPage.ID_ORDER.compare(page.last(), furthest.last()) >= 0) {
                furthest = page;
            }
            reach.add(furthest.last());
        }
    }

    /** All pages, in the order of their keys. */
    public List<StoredPage> pages() {
        return pages;
    }

    /** What is noted of them, in any order. */
    public List<EndpointPage> facts() {
        return List.copyOf(storedOf.keySet());
    }

    /** The page of which one of {@link #facts} is noted. */
    public StoredPage stored(EndpointPage page) {
        StoredPage stored = storedOf.get(page);
        if (stored == null) {
            throw new IllegalArgumentException("Not a page of this index: " + page);
        }
        return stored;
    }

    /** Whether the row with this id on this page may be a copy of one on another. */
    public boolean mayComeTwice(StoredPage page, String id) {
        return !ordered || overlapping.contains(page.key()) || ends.contains(id);
    }

    /** The pages that hold the id if any does, in the order of their keys. */
    public List<StoredPage> pagesOf(String id) {
        if (!ordered) {
            return pages;
        }
        List<StoredPage> spanning = new ArrayList<>();
        for (int i = lastBeginningBy(id); i >= 0 && EndpointPage.ID_ORDER.compare(reach.get(i), id) >= 0; i--) {
            if (byFirst.get(i).spans(id)) {
                spanning.add(stored(byFirst.get(i)));
            }
        }
        spanning.sort(Comparator.comparing(StoredPage::key));
        return spanning;
    }

    private int lastBeginningBy(String id) {
        int low = 0;
        int high = byFirst.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (EndpointPage.ID_ORDER.compare(byFirst.get(middle).first(), id) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
