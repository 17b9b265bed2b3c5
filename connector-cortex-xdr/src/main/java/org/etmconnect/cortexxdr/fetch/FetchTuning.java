// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.time.Duration;

/**
 * The sizes and waits of a fetch.
 *
 * @param window rows asked for with one page of endpoints; the API takes 100 at most
 * @param windowsPerSplit pages that one split reads in a row
 * @param splitsAhead splits of endpoints that may be open at once
 * @param repairRounds how often gaps are read again before they are reported
 * @param repairPages pages that one repair may spend
 * @param rowLimit rows asked of one query; the API's result streams end at 1,000,000
 * @param idsPerLookup endpoints asked for with one query over va_endpoints
 * @param parallelQueries queries under way at once; the tenant allows 4 over all programs, so one is left to others
 * @param firstPoll wait before a query's state is asked for the first time
 * @param longestPoll the waits grow up to this
 * @param queryPatience when a query is given up
 */
public record FetchTuning(
        int window,
        int windowsPerSplit,
        int splitsAhead,
        int repairRounds,
        int repairPages,
        long rowLimit,
        int idsPerLookup,
        int parallelQueries,
        Duration firstPoll,
        Duration longestPoll,
        Duration queryPatience) {

    /** As the vendor's limits allow. */
    public static FetchTuning standard() {
        return new FetchTuning(
                100,
                5,
                16,
                6,
                60,
                1_000_000,
                500,
                3,
                Duration.ofMillis(300),
                Duration.ofSeconds(5),
                Duration.ofMinutes(15));
    }

    /** The same with another pace of polling. */
    public FetchTuning polling(Duration first, Duration longest) {
        return new FetchTuning(
                window,
                windowsPerSplit,
                splitsAhead,
                repairRounds,
                repairPages,
                rowLimit,
                idsPerLookup,
                parallelQueries,
                first,
                longest,
                queryPatience);
    }

    /** The same, polling so many times as often; {@code times} is at least 1. */
    public FetchTuning hurried(int times) {
        return polling(firstPoll.dividedBy(times), longestPoll.dividedBy(times));
    }

    /** From one window's offset to the next: they share a row, by which they are seen to join. */
    int step() {
        return window - 1;
    }
}
