// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the gateway holds of one asset.
 *
 * @param identity its identityAttributes, as last sent
 * @param core its coreAttributes, as last sent
 * @param findings every finding ever sent for it, by id, as last sent
 */
public record ReceivedAsset(ObjectNode identity, ObjectNode core, SortedMap<String, ObjectNode> findings) {

    ReceivedAsset copy() {
        SortedMap<String, ObjectNode> copies = new TreeMap<>();
        findings.forEach((id, finding) -> copies.put(id, finding.deepCopy()));
        return new ReceivedAsset(identity.deepCopy(), core.deepCopy(), copies);
    }
}
