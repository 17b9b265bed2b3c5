// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * People's decision that records of an asset are not one host.
 *
 * @param id its id
 * @param assetId the asset that stayed
 * @param splitAssetId the asset made for the records that left
 * @param author who decided
 * @param at when
 * @param reason why; may be empty
 * @param stayed records that stayed, by connection and native key
 * @param left records that left
 * @param undoneAt when it was undone; empty while it holds
 */
public record AssetSplit(
        int id,
        int assetId,
        int splitAssetId,
        String author,
        Instant at,
        String reason,
        List<Key> stayed,
        List<Key> left,
        Optional<Instant> undoneAt) {

    /** A record as its vendor knows it. */
    public record Key(int connectionId, String nativeKey) {}
}
