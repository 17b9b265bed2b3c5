// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.List;
import java.util.Optional;

/**
 * What other systems are told of an asset: what they know it by, and where it is.
 *
 * @param id its number in this inventory
 * @param key the vendor's own id of its oldest record, as destinations are given it
 * @param vendor who makes the product that reports it
 * @param product the product that reports it
 */
public record AssetIdentity(
        int id,
        String key,
        Optional<String> name,
        Optional<String> domain,
        Optional<String> type,
        Optional<String> operatingSystemName,
        Optional<String> operatingSystemVersion,
        Optional<String> cloudProvider,
        Optional<String> cloudInstance,
        List<String> addresses,
        List<String> macAddresses,
        String vendor,
        String product) {

    public AssetIdentity {
        addresses = List.copyOf(addresses);
        macAddresses = List.copyOf(macAddresses);
    }
}
