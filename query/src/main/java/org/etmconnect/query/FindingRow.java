// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Instant;
import java.util.Optional;

/**
 * A finding as a list shows it.
 *
 * @param id the numbers of its source record and its definition, as {@code 17-4}
 * @param severity from 1 to 5
 * @param sourceSeverity the severity in the source's own words
 * @param sourceRiskScore the source's own score
 * @param status NEW, ACTIVE, FIXED or REOPENED
 * @param firstFound when a run of ours first found it
 * @param lastFound when a run of ours last found it
 * @param fixedOn when a run no longer found it; empty while it is open
 * @param reopenedOn when a run found it again after it was fixed
 * @param cvePublished what the map sent to firstFoundOn: by default the CVE's publication date
 */
public record FindingRow(
        String id,
        int assetId,
        Optional<String> assetName,
        String externalFindingId,
        Optional<String> cveId,
        Optional<String> title,
        Optional<String> description,
        Optional<Integer> severity,
        Optional<String> sourceSeverity,
        Optional<Double> sourceRiskScore,
        String status,
        Optional<Instant> firstFound,
        Optional<Instant> lastFound,
        Optional<Instant> fixedOn,
        Optional<Instant> reopenedOn,
        Optional<Instant> cvePublished,
        String vendorName,
        String vendorProductName,
        String connectionName) {

    /** The number of its definition, which findings of the same vulnerability from the same connection share. */
    public int definitionId() {
        return Integer.parseInt(id.substring(id.indexOf('-') + 1));
    }
}
