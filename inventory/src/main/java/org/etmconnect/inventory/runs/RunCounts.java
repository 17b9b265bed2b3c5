// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

/**
 * What a run did, in numbers. Assets are counted by source record.
 *
 * @param assetsNew assets that were not known before
 * @param assetsUpdated known ones whose mapped document changed, or that another record joined
 * @param assetsUnchanged known ones that are as they were
 * @param assetsRetired ones that the connection does not report any more
 * @param assetsReturned retired ones that it reports again; also counted as updated or unchanged
 * @param findingsNew findings found for the first time
 * @param findingsReopened findings found again that were fixed
 * @param findingsFixed findings not found any more, those of retired assets included
 * @param findingsUnchanged findings that were open and still are
 * @param definitionsNew vulnerabilities not known before
 * @param definitionsUpdated known ones of which the vendor says something new
 * @param quarantined rows, records and findings that could not be used
 * @param apiCalls requests spent on the vendor
 * @param throttled how many of them it asked to be slower
 * @param pagesFetched pages stored
 * @param recordsRead hosts read from the snapshot
 * @param assetsSkipped hosts that no identification rule found an asset for, of a connection that makes none
 */
public record RunCounts(
        long assetsNew,
        long assetsUpdated,
        long assetsUnchanged,
        long assetsRetired,
        long assetsReturned,
        long findingsNew,
        long findingsReopened,
        long findingsFixed,
        long findingsUnchanged,
        long definitionsNew,
        long definitionsUpdated,
        long quarantined,
        long apiCalls,
        long throttled,
        long pagesFetched,
        long recordsRead,
        long assetsSkipped) {

    public static final RunCounts NONE = new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** With none skipped. */
    public RunCounts(
            long assetsNew,
            long assetsUpdated,
            long assetsUnchanged,
            long assetsRetired,
            long assetsReturned,
            long findingsNew,
            long findingsReopened,
            long findingsFixed,
            long findingsUnchanged,
            long definitionsNew,
            long definitionsUpdated,
            long quarantined,
            long apiCalls,
            long throttled,
            long pagesFetched,
            long recordsRead) {
        this(
                assetsNew,
                assetsUpdated,
                assetsUnchanged,
                assetsRetired,
                assetsReturned,
                findingsNew,
                findingsReopened,
                findingsFixed,
                findingsUnchanged,
                definitionsNew,
                definitionsUpdated,
                quarantined,
                apiCalls,
                throttled,
                pagesFetched,
                recordsRead,
                0);
    }

    /** Both together. */
    public RunCounts plus(RunCounts other) {
        return new RunCounts(
                assetsNew + other.assetsNew,
                assetsUpdated + other.assetsUpdated,
                assetsUnchanged + other.assetsUnchanged,
                assetsRetired + other.assetsRetired,
                assetsReturned + other.assetsReturned,
                findingsNew + other.findingsNew,
                findingsReopened + other.findingsReopened,
                findingsFixed + other.findingsFixed,
                findingsUnchanged + other.findingsUnchanged,
                definitionsNew + other.definitionsNew,
                definitionsUpdated + other.definitionsUpdated,
                quarantined + other.quarantined,
                apiCalls + other.apiCalls,
                throttled + other.throttled,
                pagesFetched + other.pagesFetched,
                recordsRead + other.recordsRead,
                assetsSkipped + other.assetsSkipped);
    }

    /** These, with what the fetch spent. */
    public RunCounts withFetch(long calls, long slowedDown, long pages) {
        return plus(new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, calls, slowedDown, pages, 0));
    }

    /** These, with more skipped. */
    public RunCounts withSkipped(long more) {
        return plus(new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, more));
    }

    /** These, with so many quarantined in all. */
    public RunCounts withQuarantined(long all) {
        return plus(new RunCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, all - quarantined, 0, 0, 0, 0));
    }

    /** Of these, what the fetch spent. */
    public RunCounts ofFetch() {
        return NONE.withFetch(apiCalls, throttled, pagesFetched);
    }
}
