// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An asset and what is open on it.
 *
 * @param id its number in this inventory
 * @param key what destinations know it by: the vendor's own id of its oldest record, with {@code @} and the connection's
 *     number behind it if an older connection uses that id too
 * @param firstFound when a source first knew it, in the source's words
 * @param lastFound when a run of ours last found it
 * @param attributes the custom attributes that the map made, each a text or a list of texts
 * @param vendor who makes the product that reports it
 * @param product the product that reports it
 * @param active whether a source still reports it
 * @param findings its open findings; of a retired asset none
 */
public record AssetRecord(
        int id,
        String key,
        Optional<String> name,
        Optional<String> domain,
        Optional<String> type,
        Optional<String> osName,
        Optional<String> osVersion,
        Optional<Instant> firstFound,
        Optional<Instant> lastFound,
        List<String> addresses,
        List<String> macAddresses,
        Optional<String> cloudProvider,
        Optional<String> cloudInstance,
        ObjectNode attributes,
        String vendor,
        String product,
        boolean active,
        List<OpenFindings> findings) {

    /**
     * Open findings that were found together.
     *
     * @param firstFound when a run of ours first found them
     * @param lastFound when a run of ours last found them
     * @param definitions the numbers of their definitions, ascending; not copied, nobody changes them
     * @param vendor who makes the product that reports them
     * @param product the product that reports them
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record OpenFindings(
            Optional<Instant> firstFound,
            Optional<Instant> lastFound,
            int[] definitions,
            String vendor,
            String product) {}

    public AssetRecord {
        addresses = List.copyOf(addresses);
        macAddresses = List.copyOf(macAddresses);
        findings = List.copyOf(findings);
    }
}
