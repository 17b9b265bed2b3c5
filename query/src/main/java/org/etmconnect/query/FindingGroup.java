// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.Optional;

/**
 * Findings that have something in common.
 *
 * @param value what they have in common: a CVE id, a host's name, a severity from 1 to 5, a system's name; empty for those
 *     without
 * @param assetId the host, if they are grouped by it
 * @param severity the highest of a CVE, or the severity they are grouped by
 * @param findings how many they are
 * @param hosts on how many hosts they are; at least so many if {@code hostsCounted} is false
 * @param hostsCounted whether {@code hosts} is exact: of more than 250,000 findings, those of several vulnerabilities are not
 *     looked up to count each host once
 * @param query QQL that lists them
 */
public record FindingGroup(
        Optional<String> value,
        Optional<Integer> assetId,
        Optional<Integer> severity,
        long findings,
        long hosts,
        boolean hostsCounted,
        String query) {}
