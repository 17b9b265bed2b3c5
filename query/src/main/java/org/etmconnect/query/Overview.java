// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state of the whole inventory in a few figures. Lists are the most telling ones only.
 *
 * @param at when it was read
 * @param activeAssets hosts that a connection reports
 * @param retiredAssets hosts that none reports any more
 * @param openFindings open findings by severity from 1 to 5; 0 stands for those without one
 * @param widestCves the CVEs that are open on most hosts, the widest first
 * @param criticalHosts the hosts with most open findings of severity 5, the worst first
 * @param ages open findings by the time since this product first found them, the youngest first
 * @param days what opened, was fixed and was reopened on each day with a run, the oldest first
 */
public record Overview(
        Instant at,
        long activeAssets,
        long retiredAssets,
        Map<Integer, Long> openFindings,
        List<WidestCve> widestCves,
        List<CriticalHost> criticalHosts,
        List<Age> ages,
        List<Day> days) {

    public Overview {
        openFindings = Map.copyOf(openFindings);
        widestCves = List.copyOf(widestCves);
        criticalHosts = List.copyOf(criticalHosts);
        ages = List.copyOf(ages);
        days = List.copyOf(days);
    }

    /**
     * A CVE and how widely it is open.
     *
     * @param cveId the CVE's id, or the finding's own id where it has none
     * @param openFindings on so many source records it is open
     */
    public record WidestCve(String cveId, Optional<Integer> severity, Optional<Double> riskScore, long openFindings) {}

    /**
     * A host and how badly it is off.
     *
     * @param critical its open findings of severity 5
     */
    public record CriticalHost(int assetId, Optional<String> name, long critical) {}

    /**
     * A span of ages.
     *
     * @param fromDays at least so many days
     * @param toDays fewer than so many days; empty if there is no end
     */
    public record Age(int fromDays, Optional<Integer> toDays, long openFindings) {}

    /**
     * What the runs of a day brought.
     *
     * @param day in UTC
     */
    public record Day(LocalDate day, long opened, long fixed, long reopened) {}
}
