// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.List;

/**
 * One CVE as it is described on one day. Its text is invented: the ids look real and say nothing about the real CVE
 * of that number.
 *
 * @param index its place in the population, 0 to {@code cveCount() - 1}, the same on all days
 * @param cveId 16 lower case hexadecimal digits that grow with {@code index}
 * @param name {@code CVE-YYYY-NNNN…}, unique
 * @param score CVSS base score, 0.0 to 10.0, one decimal, in the range of {@code severity}
 * @param published epoch milliseconds, UTC
 * @param modified epoch milliseconds, UTC; moves on every day, as the tenant recalculates its data
 * @param type {@code OPERATING_SYSTEM} or {@code APPLICATION}
 * @param excluded whether the tenant dismissed it
 */
public record Cve(
        int index,
        String cveId,
        String name,
        String description,
        Severity severity,
        double score,
        double exploitability,
        double impact,
        List<String> products,
        List<Platform> platforms,
        long published,
        long modified,
        String type,
        boolean excluded) {}
