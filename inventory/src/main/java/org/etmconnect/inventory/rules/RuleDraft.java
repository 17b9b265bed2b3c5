// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.Set;
import org.etmconnect.inventory.identification.IdentityAttribute;

/**
 * A rule as someone wants it.
 *
 * @param name its name
 * @param description what it is for
 * @param attributes all must agree; may be empty where the name is that of a predefined rule
 * @param enabled whether it is on for connections that do not say otherwise
 */
public record RuleDraft(String name, String description, Set<IdentityAttribute> attributes, boolean enabled) {

    public RuleDraft {
        attributes = Set.copyOf(attributes);
    }
}
