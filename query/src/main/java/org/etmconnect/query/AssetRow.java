// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An asset as a list shows it.
 *
 * @param id its number in this inventory
 * @param firstFound when a source first knew it, in the source's words
 * @param lastFound when a run of ours last found it
 * @param status Active or Retired
 * @param sources the products that report it, sorted
 * @param openFindings its open findings by severity
 */
public record AssetRow(
        int id,
        Optional<String> name,
        Optional<String> operatingSystemName,
        Optional<String> operatingSystemVersion,
        Optional<String> domain,
        Optional<String> type,
        Optional<String> cloudProvider,
        List<String> addresses,
        List<String> macAddresses,
        Optional<Instant> firstFound,
        Optional<Instant> lastFound,
        String status,
        List<String> sources,
        SeverityCounts openFindings) {

    public AssetRow {
        addresses = List.copyOf(addresses);
        macAddresses = List.copyOf(macAddresses);
        sources = List.copyOf(sources);
    }
}
