// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.etmconnect.connector.Split;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.stored.EndpointCover;
import org.etmconnect.cortexxdr.stored.EndpointPage;
import org.etmconnect.cortexxdr.stored.Streams;

/**
 * Divides the reading of endpoints into splits: the first page, then ranges of windows as far as the tenant's count
 * reaches, the last of them open-ended since a count may be wrong, then repairs of what the ids leave open. Planned by one
 * thread; what it costs does not grow with what has been read.
 */
final class EndpointPlan {

    static final String FROM = "from";
    static final String TO = "to";
    static final String ROUND = "round";
    static final String GAP = "gap";
    static final String AFTER = "after";
    static final String BEFORE = "before";
    static final String OFFSET = "offset";

    private static final String SPLIT = Streams.ENDPOINTS + "/";
    private static final String REPAIR = SPLIT + "repair-";

    private final FetchTuning tuning;
    /** The smallest offset at which a window came back short. */
    private final AtomicLong listEnd = new AtomicLong(Long.MAX_VALUE);

    /**
     * So many a list is parted into at most, whatever count the tenant gives; the last has no end, and is read by one call after
     * the other. Enough for 49 million hosts.
     */
    private static final int MOST_RANGES = 100_000;

    private List<Split> ranges = List.of();
    /** How many of the first ranges need no look any more: they are read, or came to an end without that. */
    private int settled;

    private boolean unreadSettled;

    EndpointPlan(FetchTuning tuning) {
        this.tuning = tuning;
    }

    /**
     * What can be started.
     *
     * @param splits splits to start now
     * @param over whether nothing of the endpoints is under way or left to do
     */
    record Next(List<Split> splits, boolean over) {}

    /**
     * @param started ids of splits handed out in this process
     * @param ended ids of splits that came to an end in this process, well or not
     */
    Next next(StoredPages stored, Set<String> started, Set<String> ended) {
        Optional<EndpointPage> first =
                stored.page(Streams.ENDPOINTS, PageKeys.window(0)).map(EndpointPage::of);
        if (first.isEmpty()) {
            Split split = range(SPLIT + "first", 0, OptionalLong.of(tuning.step()));
            return new Next(started.contains(split.id()) ? List.of() : List.of(split), false);
        }
        if (!first.get().isShort()) {
            if (ranges.isEmpty()) {
                ranges = ranges(first.get().total());
                shortWindow(stored).ifPresent(this::listEndsAt);
            }
            Unread unread = unread(stored, started, ended);
            if (unread.any()) {
                return new Next(unread.toStart(), false);
            }
        }
        if (started.stream().anyMatch(id -> id.startsWith(SPLIT) && !ended.contains(id))) {
            return new Next(List.of(), false);
        }
        List<Split> repairs = repairs(stored, pages(stored), started);
        return new Next(repairs, repairs.isEmpty());
    }

    private record Unread(boolean any, List<Split> toStart) {}

    private Unread unread(StoredPages stored, Set<String> started, Set<String> ended) {
        while (settled < ranges.size()) {
            Split split = ranges.get(settled);
            // In this order: a split may end meanwhile.
            boolean over = ended.contains(split.id());
            boolean read = isRead(split, stored);
            if (!read && !over) {
                break;
            }
            unreadSettled |= !read;
            settled++;
        }
        boolean any = unreadSettled;
        int open = 0;
        List<Split> toStart = new ArrayList<>();
        for (int i = settled; i < ranges.size() && open + toStart.size() < tuning.splitsAhead(); i++) {
            Split split = ranges.get(i);
            if (isRead(split, stored)) {
                continue;
            }
            any = true;
            if (!started.contains(split.id())) {
                toStart.add(split);
            } else if (!ended.contains(split.id())) {
                open++;
            }
        }
        return new Unread(any, toStart);
    }

    /** A window came back short. Safe to be told by any thread. */
    void listEndsAt(long start) {
        listEnd.accumulateAndGet(start, Math::min);
    }

    static List<EndpointPage> pages(StoredPages stored) {
        return stored.pages(Streams.ENDPOINTS).stream().map(EndpointPage::of).toList();
    }

    private List<Split> ranges(Optional<Long> total) {
        long step = tuning.step();
        long span = step * tuning.windowsPerSplit();
        List<Split> splits = new ArrayList<>();
        long from = step;
        while (total.isPresent() && from + span < total.get() && splits.size() < MOST_RANGES) {
            splits.add(range(SPLIT + from + "-" + (from + span), from, OptionalLong.of(from + span)));
            from += span;
        }
        splits.add(range(SPLIT + from + "-", from, OptionalLong.empty()));
        return splits;
    }

    private static Split range(String id, long from, OptionalLong to) {
        return new Split(
                id,
                Streams.ENDPOINTS,
                to.isPresent()
                        ? Map.of(FROM, Long.toString(from), TO, Long.toString(to.getAsLong()))
                        : Map.of(FROM, Long.toString(from)));
    }

    /** A range is read when all its windows are stored, up to a short one that shows the list's end. */
    private boolean isRead(Split split, StoredPages stored) {
        long from = Long.parseLong(split.parameters().get(FROM));
        long to = Optional.ofNullable(split.parameters().get(TO))
                .map(Long::valueOf)
                .orElse(Long.MAX_VALUE);
        long end = listEnd.get();
        if (to == Long.MAX_VALUE && end == Long.MAX_VALUE) {
            return false;
        }
        for (long start = from; start < to && start <= end; start += tuning.step()) {
            if (stored.page(Streams.ENDPOINTS, PageKeys.window(start)).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** What an earlier process stored. */
    private static OptionalLong shortWindow(StoredPages stored) {
        return stored.pages(Streams.ENDPOINTS).stream()
                .filter(page -> !PageKeys.isRepair(page.key()))
                .map(EndpointPage::of)
                .filter(EndpointPage::isShort)
                .mapToLong(EndpointPage::start)
                .min();
    }

    private List<Split> repairs(StoredPages stored, List<EndpointPage> pages, Set<String> started) {
        EndpointCover cover = EndpointCover.of(pages);
        List<EndpointCover.Gap> gaps = cover.gaps();
        int round = 1 + Math.max(lastStoredRound(stored), lastStartedRound(started));
        if (!cover.ordered() || round > tuning.repairRounds()) {
            return List.of();
        }
        return IntStream.range(0, gaps.size())
                .mapToObj(i -> repair(round, i, gaps.get(i)))
                .toList();
    }

    private static Split repair(int round, int number, EndpointCover.Gap gap) {
        return new Split(
                REPAIR + round + "-" + number,
                Streams.ENDPOINTS,
                Map.of(
                        ROUND, Integer.toString(round),
                        GAP, Integer.toString(number),
                        AFTER, gap.after(),
                        BEFORE, gap.before(),
                        OFFSET, Long.toString(gap.offset())));
    }

    private static int lastStoredRound(StoredPages stored) {
        return stored.pages(Streams.ENDPOINTS).stream()
                .map(StoredPage::key)
                .filter(PageKeys::isRepair)
                .mapToInt(PageKeys::repairRound)
                .max()
                .orElse(0);
    }

    private static int lastStartedRound(Set<String> started) {
        return started.stream()
                .filter(id -> id.startsWith(REPAIR))
                .mapToInt(id -> Integer.parseInt(id.substring(REPAIR.length(), id.lastIndexOf('-'))))
                .max()
                .orElse(0);
    }
}
