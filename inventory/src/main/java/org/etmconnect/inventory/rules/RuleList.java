// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.List;

/**
 * All rules in order, the system's first.
 *
 * @param version counts the changes of rules and of connections' switches
 * @param rules the rules
 */
public record RuleList(long version, List<SavedRule> rules) {

    public RuleList {
        rules = List.copyOf(rules);
    }
}
