// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which ids the stored pages of endpoints prove to be complete.
 *
 * <p>Pages are windows by offset over a list that may change while it is read, so offsets prove nothing. Ids do: the
 * list is sorted by id, so a page from id a to id b holds every endpoint between a and b. The page at offset 0 holds
 * everything below its last id, and a page shorter than its window everything above its first. Neighbouring windows
 * share one row, so that neighbours which do join are seen to.
 */
public final class EndpointCover {

    private final List<EndpointPage> pages;
    private final List<Gap> gaps;
    private final boolean ordered;

    /**
     * Ids between which nothing proves that there is no endpoint.
     *
     * @param after the last id known to be covered; empty for the beginning of all ids
     * @param before the first id known to be covered after that; empty for the end of all ids
     * @param offset where the page before the gap begins, as an offset into the tenant's list
     */
    public record Gap(String after, String before, long offset) {

        /** What it means, for a person. */
        public String inWords() {
            String from = after.isEmpty() ? "Below endpoint " + before : "Between endpoint " + after;
            String to = after.isEmpty() ? "" : before.isEmpty() ? " and the end of the list" : " and " + before;
            return from + to + ", nothing proves that no host is missing.";
        }
    }

    private EndpointCover(List<EndpointPage> pages, List<Gap> gaps, boolean ordered) {
        this.pages = pages;
        this.gaps = gaps;
        this.ordered = ordered;
    }

    /** What {@code pages}, in any order, prove. */
    public static EndpointCover of(List<EndpointPage> pages) {
        boolean ordered = pages.stream().allMatch(EndpointPage::ascending);
        List<EndpointPage> byId = pages.stream()
                .filter(EndpointPage::hasIds)
                .sorted(Comparator.comparing(EndpointPage::first, EndpointPage.ID_ORDER)
                        .thenComparing(EndpointPage::last, EndpointPage.ID_ORDER))
                .toList();
        return new EndpointCover(byId, gaps(pages, byId), ordered);
    }

    private static List<Gap> gaps(List<EndpointPage> all, List<EndpointPage> byId) {
        if (byId.isEmpty()) {
            boolean emptyTenant = all.stream().anyMatch(page -> page.start() == 0 && page.isShort());
            return emptyTenant ? List.of() : List.of(new Gap("", "", 0));
        }
        String bottom = all.stream()
                .filter(page -> page.start() == 0 && page.hasIds())
                .map(EndpointPage::last)
                .max(EndpointPage.ID_ORDER)
                .orElse("");
        Optional<String> top = all.stream()
                .filter(page -> page.isShort() && page.hasIds())
                .map(EndpointPage::first)
                .min(EndpointPage.ID_ORDER);
        List<Gap> gaps = new ArrayList<>();
        String reach = bottom;
        long offset = 0;
        for (EndpointPage page : byId) {
            if (top.isPresent() && EndpointPage.ID_ORDER.compare(reach, top.get()) >= 0) {
                break;
            }
            if (EndpointPage.ID_ORDER.compare(page.first(), reach) > 0) {
                gaps.add(new Gap(reach, page.first(), offset));
            }
            if (EndpointPage.ID_ORDER.compare(page.last(), reach) > 0 || reach.equals(page.last())) {
                reach = page.last();
                offset = page.start();
            }
        }
        if (top.isEmpty() || EndpointPage.ID_ORDER.compare(reach, top.get()) < 0) {
            gaps.add(new Gap(reach, "", offset));
        }
        return gaps;
    }

    /** Whether all pages came in the order asked for. If not, ids prove nothing. */
    public boolean ordered() {
        return ordered;
    }

    /** Where an endpoint could be missing, in the order of ids. */
    public List<Gap> gaps() {
        return gaps;
    }

    /** Reads the ids of a page, for the few that overlap by more than one row. */
    @FunctionalInterface
    public interface IdReader {
        List<String> ids(EndpointPage page) throws IOException;
    }

    /**
     * How many different ids the pages hold. Counts from the noted facts; reads ids only of pages that overlap others by
     * more than the one row that all neighbours share.
     */
    public long distinctIds(IdReader reader) throws IOException {
        if (!ordered) {
            return distinct(pages, reader);
        }
        long count = 0;
        String reach = "";
        List<EndpointPage> overlapping = new ArrayList<>();
        for (EndpointPage page : pages) {
            if (!overlapping.isEmpty() && EndpointPage.ID_ORDER.compare(page.first(), reach) >= 0) {
                count += distinct(overlapping, reader);
                overlapping.clear();
                if (page.first().equals(reach)) {
                    count--;
                }
            }
            overlapping.add(page);
            reach = EndpointPage.ID_ORDER.compare(page.last(), reach) > 0 ? page.last() : reach;
        }
        return overlapping.isEmpty() ? count : count + distinct(overlapping, reader);
    }

    private static long distinct(List<EndpointPage> overlapping, IdReader reader) throws IOException {
        if (overlapping.size() == 1 && overlapping.getFirst().ascending()) {
            EndpointPage only = overlapping.getFirst();
            return only.rows() - only.withoutId();
        }
        Set<String> ids = new HashSet<>();
        for (EndpointPage page : overlapping) {
            ids.addAll(reader.ids(page));
        }
        ids.remove("");
        return ids.size();
    }
}
