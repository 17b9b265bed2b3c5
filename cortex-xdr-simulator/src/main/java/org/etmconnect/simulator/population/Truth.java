// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is true of a population for somebody who looked at it on certain days, counted host by host (by endpoint id,
 * never by host name). A <em>finding</em> is one CVE on one host. "Before" means on the day looked at last before
 * this one; "ever" means on any day looked at before. On the first day everything is new.
 *
 * @param day the day these numbers are for
 * @param assets hosts of this day
 * @param assetsNew hosts of this day that were not there ever
 * @param assetsReturned hosts of this day that were there once, but not before
 * @param assetsRetired hosts that were there before and are gone
 * @param openFindings CVEs on hosts of this day
 * @param openBySeverity the open findings by the severity the CVE has on this day; every severity has an entry
 * @param newFindings open now and never open ever; all findings of a new host are new
 * @param fixedFindings open before and not open now; all open findings of a host that retired count as fixed
 * @param reopenedFindings open now, not open before, but open once; so are the findings of a returned host which it
 *     had when it was last seen
 */
public record Truth(
        int day,
        long assets,
        long assetsNew,
        long assetsReturned,
        long assetsRetired,
        long openFindings,
        Map<Severity, Long> openBySeverity,
        long newFindings,
        long fixedFindings,
        long reopenedFindings) {

    /** Which CVEs count. */
    public enum Dismissed {
        /** CVEs that the tenant dismissed ({@code is_excluded} is YES) count like all others. */
        COUNTED,
        /** CVEs that the tenant dismissed do not count at all. */
        LEFT_OUT
    }

    /** Keeps its own copy of the map. */
    public Truth {
        openBySeverity = Map.copyOf(openBySeverity);
    }

    private static final class Tally {
        long assets;
        long assetsNew;
        long assetsReturned;
        long assetsRetired;
        long open;
        long opened;
        long fixed;
        long reopened;
        final long[] openOfCve;

        Tally(int cves) {
            openOfCve = new long[cves];
        }
    }

    /**
     * The truth on each of {@code days}, for somebody who looked on these days in this order and no other. The same
     * day may come several times. Takes about a second for ten million findings a day, and no memory to speak of.
     *
     * @param days at least one; each 0 to {@link Population#LAST_DAY}, else {@link IllegalArgumentException}
     * @return one truth for each element of {@code days}, in their order
     */
    public static List<Truth> over(Population population, List<Integer> days, Dismissed dismissed) {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("no day given; give at least one, e.g. 0");
        }
        days.forEach(Population::checkDay);
        int cves = population.cveCount();
        BitSet skipped = new BitSet(cves);
        for (int cve = 0; cve < cves; cve++) {
            skipped.set(cve, dismissed == Dismissed.LEFT_OUT && population.isExcluded(cve));
        }
        List<Tally> tallies = new ArrayList<>();
        days.forEach(day -> tallies.add(new Tally(cves)));
        Fleet fleet = population.fleet();
        IntBuffer buffer = new IntBuffer();
        BitSet ever = new BitSet(cves);
        BitSet before = new BitSet(cves);
        BitSet now = new BitSet(cves);
        for (int slot = 0; slot < fleet.slots(); slot++) {
            boolean wasThereEver = false;
            boolean wasThereBefore = false;
            ever.clear();
            before.clear();
            for (int d = 0; d < days.size(); d++) {
                int day = days.get(d);
                Tally tally = tallies.get(d);
                boolean isThere = fleet.isLive(slot, day);
                now.clear();
                if (isThere) {
                    int size = population.collect(fleet.state(slot, day), buffer);
                    for (int i = 0; i < size; i++) {
                        int cve = buffer.get(i);
                        if (skipped.get(cve)) {
                            continue;
                        }
                        now.set(cve);
                        tally.open++;
                        tally.openOfCve[cve]++;
                        if (!ever.get(cve)) {
                            tally.opened++;
                        } else if (!before.get(cve)) {
                            tally.reopened++;
                        }
                    }
                    tally.assets++;
                    if (!wasThereEver) {
                        tally.assetsNew++;
                    } else if (!wasThereBefore) {
                        tally.assetsReturned++;
                    }
                } else if (wasThereBefore) {
                    tally.assetsRetired++;
                }
                before.andNot(now);
                tally.fixed += before.cardinality();
                ever.or(now);
                BitSet swap = before;
                before = now;
                now = swap;
                wasThereBefore = isThere;
                wasThereEver |= isThere;
            }
        }
        List<Truth> truths = new ArrayList<>();
        for (int d = 0; d < days.size(); d++) {
            Tally tally = tallies.get(d);
            Map<Severity, Long> bySeverity = new EnumMap<>(Severity.class);
            for (Severity severity : Severity.values()) {
                bySeverity.put(severity, 0L);
            }
            for (int cve = 0; cve < cves; cve++) {
                bySeverity.merge(population.severity(cve, days.get(d)), tally.openOfCve[cve], Long::sum);
            }
            truths.add(new Truth(
                    days.get(d),
                    tally.assets,
                    tally.assetsNew,
                    tally.assetsReturned,
                    tally.assetsRetired,
                    tally.open,
                    bySeverity,
                    tally.opened,
                    tally.fixed,
                    tally.reopened));
        }
        return List.copyOf(truths);
    }
}
