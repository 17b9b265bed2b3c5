// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** To which asset a record belongs, and why. */
public sealed interface Decision {

    /** The rules that were tried before and did not decide. */
    List<Tried> tried();

    /**
     * It belongs to an asset that is there.
     *
     * @param assetId the asset
     * @param rule the name of the rule that decided
     * @param matched the values on which both agree
     * @param tried the rules tried before
     */
    record Existing(int assetId, String rule, Map<IdentityAttribute, Set<String>> matched, List<Tried> tried)
            implements Decision {}

    /**
     * No rule decided: a new asset is made.
     *
     * @param tried the rules tried
     */
    record NewAsset(List<Tried> tried) implements Decision {}

    /**
     * A rule that did not decide although assets agreed on it.
     *
     * @param rule its name
     * @param candidates the assets that agree on all its attributes
     * @param why why none of them was taken, a sentence
     */
    record Tried(String rule, List<Integer> candidates, String why) {}
}
