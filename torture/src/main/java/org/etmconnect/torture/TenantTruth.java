// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationDay;

/**
 * What the tenant has on one day, by the simulator's own word.
 *
 * @param findings the CVEs of each host by its endpoint id; dismissed ones do not count
 */
record TenantTruth(Map<String, Set<String>> findings) {

    static TenantTruth of(Population population, int number) {
        PopulationDay day = population.day(number);
        Map<String, Set<String>> findings = new HashMap<>();
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            Set<String> cves = new HashSet<>();
            for (int cve : day.cvesOf(rank)) {
                if (!day.cve(cve).excluded()) {
                    cves.add(day.cveName(cve));
                }
            }
            findings.put(day.endpointId(rank), cves);
        }
        return new TenantTruth(findings);
    }

    boolean has(String host) {
        return findings.containsKey(host);
    }

    boolean has(String host, String cve) {
        return findings.getOrDefault(host, Set.of()).contains(cve);
    }

    long open() {
        return findings.values().stream().mapToLong(Set::size).sum();
    }
}
