// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.Set;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttribute;

/**
 * An identification rule in the database.
 *
 * @param id its id
 * @param kind where it comes from
 * @param name unique, not blank
 * @param description what it is for; may be empty
 * @param attributes all must agree; empty for the system's rule alone
 * @param enabled whether it is on for connections that do not say otherwise
 */
public record SavedRule(
        int id, RuleKind kind, String name, String description, Set<IdentityAttribute> attributes, boolean enabled) {

    public SavedRule {
        attributes = Set.copyOf(attributes);
    }

    /** As identification takes it; not for the system's rule. */
    public IdentificationRule rule() {
        return new IdentificationRule(name, attributes);
    }
}
