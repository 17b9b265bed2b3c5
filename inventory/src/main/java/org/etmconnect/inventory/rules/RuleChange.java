// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.util.Optional;
import java.util.Set;
import org.etmconnect.inventory.identification.IdentityAttribute;

/** What shall be different about a rule; what is empty stays. */
public record RuleChange(
        Optional<String> name,
        Optional<String> description,
        Optional<Set<IdentityAttribute>> attributes,
        Optional<Boolean> enabled) {}
