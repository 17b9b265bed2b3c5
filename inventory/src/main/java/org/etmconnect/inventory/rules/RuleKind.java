// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

/** Where a rule comes from. */
public enum RuleKind {
    /** The source native key: always first, always on. */
    SYSTEM,
    /** Shipped: can be moved and switched, not changed. */
    PREDEFINED,
    /** Made by people. */
    CUSTOM
}
