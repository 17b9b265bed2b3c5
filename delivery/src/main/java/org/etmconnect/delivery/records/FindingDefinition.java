// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.time.Instant;
import java.util.Optional;

/**
 * What all findings of one vulnerability from one connection share.
 *
 * @param id its number in this inventory; never used again
 * @param severity from 1 to 5
 * @param published what the map sent to firstFoundOn: by default the CVE's publication date
 */
public record FindingDefinition(
        int id,
        String externalFindingId,
        Optional<String> cveId,
        Optional<String> title,
        Optional<String> description,
        Optional<Integer> severity,
        Optional<String> sourceSeverity,
        Optional<Float> sourceRiskScore,
        Optional<Instant> published,
        Optional<String> category) {}
