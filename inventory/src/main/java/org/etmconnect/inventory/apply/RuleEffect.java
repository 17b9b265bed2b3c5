// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.inventory.identification.IdentityAttribute;

/**
 * What identification rules make of the inventory.
 *
 * @param operationId what was done, as the identification log knows it; empty if it was only tried
 * @param records source records looked at
 * @param assetsBefore assets that they made
 * @param assetsAfter assets that they make
 * @param assetsMerged assets that are no more, because all their records belong to others
 * @param assetsSplit assets whose records are several hosts
 * @param recordsMoved records that belong to another asset
 * @param merges examples of assets that become one, by id
 * @param splits examples of assets that become several, by id
 */
public record RuleEffect(
        Optional<Integer> operationId,
        int records,
        int assetsBefore,
        int assetsAfter,
        int assetsMerged,
        int assetsSplit,
        int recordsMoved,
        List<Merge> merges,
        List<Split> splits) {

    /**
     * Assets that become one.
     *
     * @param assetId the one that stays; empty if parts of others make a new one
     * @param assets those that come together
     * @param links why
     */
    public record Merge(Optional<Integer> assetId, List<Named> assets, List<Link> links) {}

    /**
     * An asset that becomes several.
     *
     * @param asset the asset
     * @param parts its records as they come apart
     */
    public record Split(Named asset, List<List<Member>> parts) {}

    /** An asset with its name, if it has one. */
    public record Named(int assetId, Optional<String> name) {}

    /** A source record. */
    public record Member(int recordId, int connectionId, String nativeKey, Optional<String> name) {}

    /**
     * Two records that agree.
     *
     * @param rule the rule's name
     * @param values on what, by attribute
     */
    public record Link(String rule, Map<IdentityAttribute, Set<String>> values, Member one, Member other) {}
}
