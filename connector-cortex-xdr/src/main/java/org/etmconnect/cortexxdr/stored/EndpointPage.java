// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.StoredPage;

/**
 * What one page of endpoints proves.
 *
 * @param start offset of its window, inclusive, from 0
 * @param end offset of its window, exclusive
 * @param rows how many rows it holds
 * @param withoutId how many of them have no endpoint id
 * @param first the first id on it; empty if it has none
 * @param last the last id on it; empty if it has none
 * @param ascending whether its ids strictly ascend
 * @param total the tenant's own count of all endpoints, if the page told it
 * @param fetchedAt when it was read, UTC
 */
public record EndpointPage(
        long start,
        long end,
        long rows,
        long withoutId,
        String first,
        String last,
        boolean ascending,
        Optional<Long> total,
        Instant fetchedAt) {

    /** Ids are compared as the tenant sorts them: by their bytes, which for ASCII is by their chars. */
    public static final Comparator<String> ID_ORDER = Comparator.naturalOrder();

    /**
     * The facts of a page that was just read.
     *
     * @param ids the ids of its rows in order; empty text where a row has none
     */
    public static EndpointPage of(long start, long end, List<String> ids, Optional<Long> total) {
        List<String> known = ids.stream().filter(id -> !id.isEmpty()).toList();
        boolean ascending = true;
        for (int i = 1; i < known.size(); i++) {
            ascending &= ID_ORDER.compare(known.get(i - 1), known.get(i)) < 0;
        }
        return new EndpointPage(
                start,
                end,
                ids.size(),
                ids.size() - known.size(),
                known.isEmpty() ? "" : known.getFirst(),
                known.isEmpty() ? "" : known.getLast(),
                ascending,
                total,
                Instant.EPOCH);
    }

    /** The facts noted of a stored page. */
    public static EndpointPage of(StoredPage page) {
        Map<String, String> facts = page.facts();
        return new EndpointPage(
                Long.parseLong(facts.getOrDefault("window_start", "0")),
                Long.parseLong(facts.getOrDefault("window_end", "0")),
                page.rows(),
                Long.parseLong(facts.getOrDefault("rows_without_id", "0")),
                facts.getOrDefault("first_id", ""),
                facts.getOrDefault("last_id", ""),
                Boolean.parseBoolean(facts.getOrDefault("ascending", "true")),
                Optional.ofNullable(facts.get("total_count")).map(Long::valueOf),
                page.fetchedAt());
    }

    /** What to note of the page. */
    public Map<String, String> facts() {
        Map<String, String> facts = new HashMap<>();
        facts.put("window_start", Long.toString(start));
        facts.put("window_end", Long.toString(end));
        facts.put("short", Boolean.toString(isShort()));
        facts.put("ascending", Boolean.toString(ascending));
        if (withoutId > 0) {
            facts.put("rows_without_id", Long.toString(withoutId));
        }
        if (!first.isEmpty()) {
            facts.put("first_id", first);
            facts.put("last_id", last);
        }
        total.ifPresent(count -> facts.put("total_count", Long.toString(count)));
        return facts;
    }

    /** Whether it holds fewer rows than its window asked for, so that nothing followed it when it was read. */
    public boolean isShort() {
        return rows < end - start;
    }

    /** Whether it holds any id. */
    public boolean hasIds() {
        return !first.isEmpty();
    }

    /** Whether it begins and ends with the same ids as {@code other}. */
    public boolean repeats(EndpointPage other) {
        return first.equals(other.first) && last.equals(other.last);
    }

    /** Whether {@code id} must be on it if the tenant had it when the page was read. */
    public boolean spans(String id) {
        return hasIds() && ID_ORDER.compare(first, id) <= 0 && ID_ORDER.compare(id, last) <= 0;
    }
}
