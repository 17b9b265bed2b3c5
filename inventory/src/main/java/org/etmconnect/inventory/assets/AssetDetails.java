// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.assets;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * One asset in full.
 *
 * @param id its id
 * @param name host name, if known
 * @param domain if known
 * @param type if known
 * @param operatingSystem name, if known
 * @param operatingSystemVersion if known
 * @param addresses all IP addresses
 * @param macAddresses all MAC addresses
 * @param cloudProvider if known
 * @param customAttributes by name; each a text or a list of texts
 * @param firstFoundBySource when the vendor first saw it, if it says so
 * @param firstFound when a run first found it
 * @param lastFound when a run last saw it
 * @param retiredOn when a run no longer found it; empty while it is reported
 * @param openFindings how many findings are open, by severity 1 to 5; 0 for those without
 * @param sources what each connection says of it
 * @param identifications why its sources belong to it, the oldest first
 */
public record AssetDetails(
        int id,
        Optional<String> name,
        Optional<String> domain,
        Optional<String> type,
        Optional<String> operatingSystem,
        Optional<String> operatingSystemVersion,
        List<String> addresses,
        List<String> macAddresses,
        Optional<String> cloudProvider,
        ObjectNode customAttributes,
        Optional<Instant> firstFoundBySource,
        Instant firstFound,
        Instant lastFound,
        Optional<Instant> retiredOn,
        Map<Integer, Long> openFindings,
        List<Source> sources,
        List<IdentificationEntry> identifications) {

    /**
     * A source record.
     *
     * @param id its id
     * @param connectionId its connection
     * @param connectionName the connection's name
     * @param product the vendor's product, e.g. {@code Cortex XDR}
     * @param nativeKey the vendor's key of the host
     * @param firstFound when a run first found it
     * @param lastFound when a run last saw it
     * @param lastSeenRun that run
     * @param retiredOn when a run no longer found it; empty while it is reported
     * @param document the mapped document
     */
    public record Source(
            int id,
            int connectionId,
            String connectionName,
            String product,
            String nativeKey,
            Instant firstFound,
            Instant lastFound,
            int lastSeenRun,
            Optional<Instant> retiredOn,
            ObjectNode document) {}

    /**
     * Why a source record belongs to the asset, or does not any more.
     *
     * @param sourceRecordId the record
     * @param runId the run that decided; empty if people did
     * @param at when
     * @param rule the rule that decided; empty if none did
     * @param matched the values on which both agreed, by attribute
     * @param sentence the same in words, with the rules that were tried before
     */
    public record IdentificationEntry(
            int sourceRecordId,
            Optional<Integer> runId,
            Instant at,
            Optional<String> rule,
            Map<String, Set<String>> matched,
            String sentence) {}
}
